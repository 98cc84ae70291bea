package models

import (
	"slices"
	"strconv"
	"strings"
)

// Authors are the ids of everybody who wrote on a text, as a column holds them: ",7,12,". None of them may judge it.
type Authors string

// maxAuthors keeps the column within its 400 characters: some forty people. Of more, the last takes the place of the one before.
const maxAuthors = 400

// With adds a person.
func (a Authors) With(id int64) Authors {
	one := strconv.FormatInt(id, 10)
	ids := strings.FieldsFunc(string(a), func(r rune) bool { return r == ',' })
	switch {
	case slices.Contains(ids, one):
		return a
	case len(a)+len(one)+1 > maxAuthors:
		ids[len(ids)-1] = one
	default:
		ids = append(ids, one)
	}
	return Authors("," + strings.Join(ids, ",") + ",")
}

// Include reports whether the person is one of them.
func (a Authors) Include(id int64) bool {
	return strings.Contains(string(a), ","+strconv.FormatInt(id, 10)+",")
}
