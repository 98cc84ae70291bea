package kit

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"huiyin/web"
)

// assets are the static files under names that carry their hash, so that a browser may keep them for ever.
type assets struct {
	byHashed map[string]asset  // "css/base.0f3a….css" → the file
	hashed   map[string]string // "css/base.css" → its address
}

type asset struct {
	mime   string
	plain  []byte
	zipped []byte // nil where it does not pay
}

func newAssets() (*assets, error) {
	a := &assets{byHashed: map[string]asset{}, hashed: map[string]string{}}
	err := fs.WalkDir(web.FS, "static", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := web.FS.ReadFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(file, "static/")
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
		kind := mime.TypeByExtension(ext)
		if ext == ".js" {
			kind = "text/javascript; charset=utf-8"
		}
		if kind == "" {
			kind = "application/octet-stream"
		}
		one := asset{mime: kind, plain: body}
		if z := zip(body, gzip.BestCompression); len(z) < len(body)*9/10 {
			one.zipped = z
		}
		a.byHashed[hashed], a.hashed[name] = one, "/assets/"+hashed
		return nil
	})
	return a, err
}

// Asset returns the address of a static file.
func (k *Kit) Asset(name string) string {
	if a, ok := k.assets.hashed[name]; ok {
		return a
	}
	return "/assets/" + name
}

// ServeAssets answers /assets/*; city.css and the emblem are made from settings.
func (k *Kit) ServeAssets(engine gin.IRouter) {
	k.note(http.MethodGet, "/assets/*name", Public, Portal)
	engine.GET("/assets/*name", func(gc *gin.Context) {
		name := strings.TrimPrefix(gc.Param("name"), "/")
		if a, ok := k.assets.byHashed[name]; ok {
			serve(gc, a, "public, max-age=31536000, immutable")
			return
		}
		if made, ok := k.madeAsset(gc, name); ok {
			serve(gc, made, "public, max-age=86400")
			return
		}
		gc.Status(http.StatusNotFound)
	})
	k.note(http.MethodGet, "/favicon.ico", Public, Portal)
	engine.GET("/favicon.ico", func(gc *gin.Context) { gc.Redirect(http.StatusMovedPermanently, k.Asset("favicon.svg")) })
}

func serve(gc *gin.Context, a asset, cache string) {
	gc.Header("Cache-Control", cache)
	gc.Header("Vary", "Accept-Encoding")
	body := a.plain
	if a.zipped != nil && acceptsGzip(gc.Request) {
		gc.Header("Content-Encoding", "gzip")
		body = a.zipped
	}
	gc.Data(http.StatusOK, a.mime, body)
}
