package kit

import (
	"errors"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin/binding"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

// Bind fills in from the form or the query by its form tags. A number that is none, or a body that is too large, is the person's to mend.
func (c *Ctx) Bind(in any) error {
	var b binding.Binding = binding.Form
	if c.ContentType() == binding.MIMEMultipartPOSTForm {
		b = binding.FormMultipart
	}
	if c.Request.Method == http.MethodGet {
		b = binding.Query
	}
	err := c.ShouldBindWith(in, b)
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return fault.Wrap(err, fault.Invalid, i18n.N("填写的内容里有一处格式不对，请检查后再提交。"))
}

// Uploads returns the files of one input, at most MaxUploads; empty inputs are left out.
func (c *Ctx) Uploads(name string) ([]*multipart.FileHeader, error) {
	if c.ContentType() != binding.MIMEMultipartPOSTForm {
		return nil, nil
	}
	form, err := c.MultipartForm()
	if err != nil {
		return nil, err
	}
	var list []*multipart.FileHeader
	for _, h := range form.File[name] {
		if h.Size > 0 || h.Filename != "" {
			list = append(list, h)
		}
	}
	if len(list) > MaxUploads {
		return nil, fault.New(fault.Invalid, i18n.N("一次最多上传 %[1]d 个附件。"), MaxUploads)
	}
	return list, nil
}

// MaxUploads is how many files one request may carry.
const MaxUploads = 6

// ID returns a numeric path parameter; anything else is a page that does not exist.
func (c *Ctx) ID(name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, NotFound()
	}
	return n, nil
}

// NotFound is the failure of an address that leads nowhere.
func NotFound() error {
	return fault.New(fault.NotFound, i18n.N("没有这个页面。可能地址不对，也可能内容已经撤下。"))
}
