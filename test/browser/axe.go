// Package browser holds what the browser tests carry with them, and the tests that walk through the running product as a person does.
package browser

import _ "embed"

// Axe is axe-core 4.14.1, unchanged (npm axe-core; MPL-2.0, see LICENSE-axe-core.txt). It is for tests only and never shipped.
//
//go:embed axe.min.js
var Axe string
