package kit

import (
	"io"
	"mime"
	"net/http"
	"time"
)

// Download is a file on its way to whoever may read it.
type Download struct {
	Name, MIME string
	At         time.Time // of its last change; zero: nothing is said of it
	Body       io.ReadSeekCloser
}

// Serve writes the file and closes it. Browsers save it: whatever somebody uploaded never becomes a page of ours, nor stays in a cache.
func (d Download) Serve(w http.ResponseWriter, r *http.Request) {
	defer func() { _ = d.Body.Close() }() // only read
	h := w.Header()
	h.Set("Content-Type", d.MIME)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	http.ServeContent(w, r, "", d.At, d.Body)
}
