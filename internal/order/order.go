// Package order moves one of several things up or down among its siblings. It must not know what the things are.
package order

import "slices"

// Moved returns the ids with one of them a place further up or down. It is false where nothing moves: at the end, or with an id that
// is not among them.
func Moved(ids []int64, id int64, up bool) ([]int64, bool) {
	at := slices.Index(ids, id)
	to := at + 1
	if up {
		to = at - 1
	}
	if at < 0 || to < 0 || to >= len(ids) {
		return ids, false
	}
	moved := slices.Clone(ids)
	moved[at], moved[to] = moved[to], moved[at]
	return moved, true
}
