package v1

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
)

// docsPage is the document as the page shows it.
type docsPage struct {
	Origin   string
	Chapters []docsChapter
	Problems []docsProblem
	Shapes   []docsShape
}

type docsChapter struct {
	Name, Title string
	Ops         []docsOp
}

type docsOp struct {
	ID, Method, Path, Summary, Access string
	Params                            []docsParam
	Body                              []docsParam
	BodyType                          string
	Status                            string
	Answer                            docsType
	Errors                            []string
}

type docsParam struct {
	Name, In, Doc string
	Type          docsType
	Required      bool
	Range         string
}

// docsType names a type; Shape is set when it is described further down.
type docsType struct{ Text, Shape string }

type docsProblem struct {
	Name, Title string
	Status      int
}

type docsShape struct {
	Name   string
	Fields []docsParam
}

func (s *server) docs(c *kit.Ctx) error {
	document := s.api.OpenAPI()
	page := docsPage{Origin: c.Kit.BaseURL}
	for _, t := range tags {
		chapter := docsChapter{Name: t.Name, Title: c.T(t.Title)}
		for _, o := range s.ops {
			if o.Tag == t.Name {
				chapter.Ops = append(chapter.Ops, s.docsOp(c, o))
			}
		}
		page.Chapters = append(page.Chapters, chapter)
	}
	for _, k := range kit.ProblemKinds {
		page.Problems = append(page.Problems, docsProblem{Name: k.Name, Title: c.T(k.Title), Status: kit.Status(k.Kind)})
	}
	for _, k := range kit.StatusKinds {
		page.Problems = append(page.Problems, docsProblem{Name: k.Name, Title: c.T(k.Title), Status: k.Status})
	}
	for name, schema := range document.Components.Schemas.Map() {
		if schema.Type == huma.TypeObject {
			page.Shapes = append(page.Shapes, docsShape{Name: name, Fields: fields(c.L, schema)})
		}
	}
	slices.SortFunc(page.Shapes, func(a, b docsShape) int { return cmp.Compare(a.Name, b.Name) })
	c.Section("docs")
	return c.Page(http.StatusOK, "docs", page)
}

func (s *server) docsOp(c *kit.Ctx, o op) docsOp {
	d := docsOp{ID: o.ID, Method: o.Method, Path: Prefix + o.Path, Summary: c.T(o.Summary), Access: accessName(o.Access).Localize(c.L)}
	operation := operationAt(s.api.OpenAPI().Paths[Prefix+o.Path], o.Method)
	for _, p := range operation.Parameters {
		if p.Name == "Accept-Language" || p.Name == "lang" {
			continue
		}
		d.Params = append(d.Params, docsParam{Name: p.Name, In: p.In, Doc: c.T(p.Description), Type: typeOf(p.Schema), Required: p.Required, Range: rangeOf(p.Schema)})
	}
	if b := operation.RequestBody; b != nil {
		for kind, media := range b.Content {
			schema := media.Schema
			if schema.Ref != "" {
				schema = s.api.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
			}
			d.BodyType, d.Body = kind, fields(c.L, schema)
		}
	}
	for status, r := range operation.Responses {
		if status[0] != '2' {
			d.Errors = append(d.Errors, status)
			continue
		}
		d.Status = status
		for _, media := range r.Content {
			d.Answer = typeOf(media.Schema)
		}
	}
	slices.Sort(d.Errors)
	return d
}

func operationAt(p *huma.PathItem, method string) *huma.Operation {
	switch method {
	case http.MethodPost:
		return p.Post
	case http.MethodPut:
		return p.Put
	case http.MethodPatch:
		return p.Patch
	case http.MethodDelete:
		return p.Delete
	}
	return p.Get
}

// fields lists an object's properties: what must be there first, then by name.
func fields(l *i18n.Localizer, schema *huma.Schema) []docsParam {
	var list []docsParam
	for name, p := range schema.Properties {
		list = append(list, docsParam{Name: name, Doc: l.T(p.Description), Type: typeOf(p), Required: slices.Contains(schema.Required, name), Range: rangeOf(p)})
	}
	slices.SortFunc(list, func(a, b docsParam) int {
		if a.Required != b.Required {
			if a.Required {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return list
}

func typeOf(schema *huma.Schema) docsType {
	switch {
	case schema == nil:
		return docsType{}
	case schema.Ref != "":
		name := schema.Ref[strings.LastIndex(schema.Ref, "/")+1:]
		return docsType{Text: name, Shape: name}
	case schema.Type == huma.TypeArray:
		of := typeOf(schema.Items)
		return docsType{Text: of.Text + "[]", Shape: of.Shape}
	case schema.Format != "" && schema.Format != "int64":
		return docsType{Text: schema.Format}
	}
	return docsType{Text: schema.Type}
}

func rangeOf(schema *huma.Schema) string {
	if schema == nil {
		return ""
	}
	var parts []string
	if len(schema.Enum) > 0 {
		for _, v := range schema.Enum {
			parts = append(parts, fmt.Sprint(v))
		}
		return strings.Join(parts, " | ")
	}
	bound := func(low, high string, from, to bool) {
		switch {
		case from && to:
			parts = append(parts, low+"–"+high)
		case from:
			parts = append(parts, "≥ "+low)
		case to:
			parts = append(parts, "≤ "+high)
		}
	}
	if to, ok := shown(schema, "maxLength"); ok {
		from, some := shown(schema, "minLength")
		bound(fmt.Sprint(from), fmt.Sprint(to), some, true)
	}
	if to, ok := shown(schema, "maximum"); ok {
		from, some := shown(schema, "minimum")
		bound(fmt.Sprint(from), fmt.Sprint(to), some, true)
		return strings.Join(parts, ", ")
	}
	low, high := schema.Minimum, schema.Maximum
	bound(number(low), number(high), low != nil && *low > -1<<53+1, high != nil && *high < 1<<53-1)
	if schema.MinLength != nil || schema.MaxLength != nil {
		bound(count(schema.MinLength), count(schema.MaxLength), schema.MinLength != nil, schema.MaxLength != nil)
	}
	return strings.Join(parts, ", ")
}

func number(n *float64) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

func count(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}
