package console

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"huiyin/api/kit"
	"huiyin/internal/fault"
)

// The kinds of field that part "settings-field" draws; the empty kind is one line of text.
const (
	textareaField = "textarea"
	selectField   = "select"
	checkField    = "check"  // one box, Value "1" when ticked
	checksField   = "checks" // several boxes, Value the ticked ones with commas between
	numberField   = "number"
	colorField    = "color"
)

// field is one input of a settings form, in the reader's words. Value is what was typed, or what is in force.
type field struct {
	Name, Label, Hint, Kind, Value, Unit, Bounds, Source, Lang string
	Options                                                    []option
	Abouts                                                     map[string]string // of several boxes: what each means
	Rows, Max                                                  int
	Required                                                   bool
	Elsewhere                                                  bool // needed, but another part of the form may hold it
}

// Has reports whether one of several boxes is ticked.
func (f field) Has(value string) bool { return slices.Contains(strings.Split(f.Value, ","), value) }

// shown says the value as a person reads it.
func (f field) shown(c *kit.Ctx) string {
	switch f.Kind {
	case checkField:
		if f.Value == "1" {
			return c.T("是")
		}
		return c.T("否")
	case selectField, checksField:
		var labels []string
		for _, o := range f.Options {
			if f.Has(o.Value) {
				labels = append(labels, o.Label)
			}
		}
		return strings.Join(labels, c.T("、"))
	}
	return f.Value
}

// difference is one field whose value in force is another than the one that was typed.
type difference struct{ Label, Present string }

func differences(c *kit.Ctx, typed, present []field) []difference {
	var list []difference
	for _, p := range present {
		i := slices.IndexFunc(typed, func(t field) bool { return t.Name == p.Name })
		if i >= 0 && plainBreaks(typed[i].Value) != plainBreaks(p.Value) {
			list = append(list, difference{p.Label, p.shown(c)})
		}
	}
	return list
}

func plainBreaks(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// formPage is a page with one form of fields.
type formPage struct {
	frame
	Intro          string
	Notes          []string
	Fields         []field
	Version        int64
	Action, Button string
	Sure           string // what is agreed to by sending the form: Warnings say what it does, under Grave
	Grave          string
	Warnings       []string
	Back           string
	Preview        string // label of a button that shows what was typed, do=preview
}

// form reads what was sent; what is not a number is told beside its field.
type form struct {
	c     *kit.Ctx
	wrong fault.Fields
}

func readForm(c *kit.Ctx) (*form, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, err
	}
	return &form{c: c}, nil
}

func (f *form) text(name string) string { return f.c.PostForm(name) }
func (f *form) flag(name string) bool   { return f.c.PostForm(name) == "1" }

// id reads what a select sends; anything else is 0, which the use case judges.
func (f *form) id(name string) int64 {
	n, err := strconv.ParseInt(f.c.PostForm(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (f *form) version() int64 { return f.id("version") }

func (f *form) number(name string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(f.c.PostForm(name)), 10, 32)
	if err != nil {
		f.wrong.Add(name, "请填一个整数。")
	}
	return n
}

// typed puts what was sent into the fields.
func typed(c *kit.Ctx, fields []field) []field {
	for i, f := range fields {
		if f.Kind == checksField {
			fields[i].Value = strings.Join(c.PostFormArray(f.Name), ",")
		} else {
			fields[i].Value = c.PostForm(f.Name)
		}
	}
	return fields
}

// again shows a form once more with what was typed; where somebody was faster, present tells what is in force now, and the form goes
// on from there.
func again(c *kit.Ctx, err error, page string, p *formPage, data any, present func() ([]field, int64, error)) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.Conflict && present != nil {
		now, version, err := present()
		if err != nil {
			return err
		}
		if version != p.Version {
			p.Differences, p.Version = differences(c, p.Fields, now), version
		}
	}
	return c.FormAgain(err, page, func(errs []kit.FieldError) any {
		p.Errors = inOrder(errs, p.Fields)
		return data
	})
}

// inOrder names the errors by the labels of the form and puts them into its order; one about an item of a list ("off[2]") belongs to the list.
func inOrder(errs []kit.FieldError, fields []field) []kit.FieldError {
	place := func(name string) int {
		return slices.IndexFunc(fields, func(f field) bool { return f.Name == name })
	}
	for i, e := range errs {
		if list, _, ok := strings.Cut(e.Name, "["); ok && place(e.Name) < 0 {
			errs[i].Name = list
		}
	}
	for i, e := range errs {
		if at := place(e.Name); at >= 0 {
			errs[i].Label = fields[at].Label
		}
	}
	slices.SortStableFunc(errs, func(a, b kit.FieldError) int { return cmp.Compare(place(a.Name), place(b.Name)) })
	return errs
}

// agreed reports whether these very values were agreed to. Where they were not, the page becomes the form once more, with what saving it
// does and the button that agrees.
func (p *formPage) agreed(f *form, grave, button string, warnings ...string) bool {
	values := make([]string, 0, len(p.Fields))
	for _, field := range p.Fields {
		values = append(values, strings.TrimSpace(f.text(field.Name)))
	}
	sure := strings.Join(values, ",")
	if f.text("sure") == sure {
		return true
	}
	p.Fields, p.Version = typed(f.c, p.Fields), f.version()
	p.Grave, p.Warnings, p.Sure, p.Button, p.Back = grave, warnings, sure, button, p.Action
	return false
}

// labelled names errors by what their inputs are called.
func labelled(c *kit.Ctx, errs []kit.FieldError, labels map[string]string) []kit.FieldError {
	for i, e := range errs {
		errs[i].Label = c.T(labels[e.Name])
	}
	return errs
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func flagValue(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// queryID reads an id of the address; anything else is 0.
func queryID(c *kit.Ctx, name string) int64 {
	n, err := strconv.ParseInt(c.Query(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
