package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/gin-gonic/gin"
)

// captured is a page as the product answered it once.
type captured struct {
	Status int
	Header map[string][]string
	Body   []byte
}

// serveBare answers every path of the file with the bytes and headers captured there, by a gin handler that does nothing else.
func serveBare(addr, file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var pages map[string]captured
	if err := json.Unmarshal(raw, &pages); err != nil {
		return err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	for path, page := range pages {
		engine.GET(path, func(c *gin.Context) {
			h := c.Writer.Header()
			for name, v := range page.Header {
				h[name] = v
			}
			c.Writer.WriteHeader(page.Status)
			_, _ = c.Writer.Write(page.Body)
		})
	}
	return http.ListenAndServe(addr, engine) //nolint:gosec // a bare server is what is measured
}

// capture asks the product for a page once, as the load generator will.
func capture(addr, path, cookie string) (captured, error) {
	req, err := http.NewRequest(http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return captured{}, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return captured{}, err
	}
	defer res.Body.Close()
	var body strings.Builder
	if _, err := io.Copy(&body, res.Body); err != nil {
		return captured{}, err
	}
	header := map[string][]string(res.Header)
	delete(header, "Date") // the server's own
	delete(header, "Content-Length")
	return captured{Status: res.StatusCode, Header: header, Body: []byte(body.String())}, nil
}
