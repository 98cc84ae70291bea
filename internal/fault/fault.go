// Package fault gives every error two faces: the internal one for the log, and a safe one for the person who meets it.
//
// The safe face is a gettext message id (the zh-CN text itself) with arguments; it is translated at the edge.
// The package knows nothing of HTTP: api maps a Kind to a status code.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure it is; there are only as many as a caller can act on.
type Kind int

// The kinds. Internal is the zero value, so that an error nobody classified is never shown.
const (
	Internal        Kind = iota
	Invalid              // the input is wrong, field by field
	Unauthenticated      // nobody is signed in
	Forbidden            // somebody is, and may not
	NotFound             // it is not there, or not for this person to know of
	Gone                 // it was there for everybody, and is not any more
	Conflict             // somebody was faster, or the state has moved on
	TooMany              // a rate limit
	TooLarge             // more bytes than we take
	Unavailable          // a part we depend on is down; trying later helps
)

// Field is what is wrong with one input, named as in the form and the JSON ("title", "attachments[2]").
type Field struct {
	Name string
	Msg  string // message id
	Args []any
}

// Error is a classified failure.
type Error struct {
	Kind   Kind
	Msg    string // message id of the safe face
	Args   []any
	Fields []Field // for Invalid
	// Reason is a stable machine-readable code for programs ("already_rated"), empty when the kind says it all.
	Reason string
	// Detail carries what the caller may show beside the message, such as the present version of a stale form.
	Detail any
	cause  error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Msg)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Msg)
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.cause }

// New returns a failure of that kind whose safe face is the message.
func New(kind Kind, msg string, args ...any) *Error {
	return &Error{Kind: kind, Msg: msg, Args: args}
}

// Wrap classifies err: it stays in the log, the message is what the person sees.
func Wrap(err error, kind Kind, msg string, args ...any) *Error {
	return &Error{Kind: kind, Msg: msg, Args: args, cause: err}
}

// WithReason sets the machine-readable code and returns e.
func (e *Error) WithReason(code string) *Error {
	e.Reason = code
	return e
}

// WithDetail sets the detail and returns e.
func (e *Error) WithDetail(d any) *Error {
	e.Detail = d
	return e
}

// KindOf returns the kind of err, Internal when nobody classified it.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of that kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Fields collects what is wrong with an input; its Err is nil while nothing is.
type Fields []Field

// Add notes that something is wrong with the named field.
func (f *Fields) Add(name, msg string, args ...any) {
	*f = append(*f, Field{Name: name, Msg: msg, Args: args})
}

// Err returns an Invalid failure, or nil when no field is wrong.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Msg: InvalidMsg, Fields: f}
}

// InvalidMsg is the sentence above a form with errors.
//
//i18n:keys
const InvalidMsg = "有几处需要改一下，已在下面标出。"
