package kit

import (
	"errors"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
)

// more is how much of a body beyond its bound is read and thrown away: a client that writes all of it before it listens would else
// find the connection reset, and never hear why.
const more = 16 << 20

// boundedBody is a body with a bound.
type boundedBody struct {
	io.ReadCloser // stops at the bound
	whole         io.Reader
}

func bounded(gc *gin.Context) io.ReadCloser {
	whole := gc.Request.Body
	return &boundedBody{http.MaxBytesReader(gc.Writer, whole, maxBody(gc.Request)), whole}
}

// Read is that of the bounded body; where it stops, the rest is drained once.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok && b.whole != nil {
		_, _ = io.CopyN(io.Discard, b.whole, more)
		b.whole = nil
	}
	return n, err
}
