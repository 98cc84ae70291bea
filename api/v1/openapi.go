package v1

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"
	"github.com/gin-gonic/gin"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
)

// documents serves the OpenAPI document and a page made from it that needs no script and no other host.
func (s *server) documents(engine *gin.Engine) {
	asJSON, asYAML, err := s.document(s.kit.Catalogs.For(i18n.English))
	if err != nil {
		panic(fmt.Sprint("v1: the document cannot be written: ", err)) // a mistake in the code: no input leads here
	}
	file := func(path, kind string, body []byte) {
		s.kit.Note(http.MethodGet, path, kit.Public, kit.API)
		engine.GET(path, func(gc *gin.Context) {
			gc.Header("Access-Control-Allow-Origin", "*") // it is public and the same for everybody
			gc.Header("Cache-Control", "public, max-age=3600")
			gc.Data(http.StatusOK, kind, body)
		})
	}
	file("/openapi.json", "application/openapi+json; charset=utf-8", asJSON)
	file("/openapi.yaml", "application/openapi+yaml; charset=utf-8", asYAML)
	s.kit.Group(engine, kit.Portal).Cached("/docs", s.docs)
}

// headers documents what answers carry beside their bodies.
func (s *server) headers() {
	header := func(doc string) *huma.Header {
		return &huma.Header{Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, o := range s.ops {
		operation := operationAt(s.api.OpenAPI().Paths[Prefix+o.Path], o.Method)
		if ok := operation.Responses["200"]; ok != nil && ok.Content == nil { // a file as it was uploaded
			ok.Content = map[string]*huma.MediaType{"application/octet-stream": {}}
		}
		for status, r := range operation.Responses {
			if r.Headers == nil {
				r.Headers = map[string]*huma.Param{}
			}
			switch {
			case status == "429" || status == "503":
				r.Headers["Retry-After"] = header(retryDoc)
			case strings.HasPrefix(status, "2") && o.Creates != nothing:
				r.Headers["Idempotency-Replayed"] = header(replayedDoc)
			}
		}
	}
}

var (
	retryDoc    = i18n.N("过多少秒再试")
	replayedDoc = i18n.N("有它，表示这是带同一个键的第一次请求的答复")
)

// document writes what huma knows of the operations, its message ids as sentences of one language.
func (s *server) document(l *i18n.Localizer) (asJSON, asYAML []byte, err error) {
	raw, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return nil, nil, err
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, nil, err
	}
	say(l, tree)
	if asJSON, err = json.MarshalIndent(tree, "", " "); err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	err = yaml.Convert(&out, bytes.NewReader(asJSON))
	return asJSON, out.Bytes(), err
}

// say translates the texts for persons within part of a document. A property that is called so is an object, not a text.
func say(l *i18n.Localizer, part any) {
	switch part := part.(type) {
	case []any:
		for _, one := range part {
			say(l, one)
		}
	case map[string]any:
		for name, one := range part {
			if text, ok := one.(string); ok && (name == "description" || name == "summary") {
				part[name] = l.T(text)
				continue
			}
			say(l, one)
		}
	}
}
