package access_test

import (
	"net/http"
	"strings"
	"testing"

	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// operations names, for every form of residents and handlers, the operations that do the same; none, and why, as docs/api.md says too.
var operations = map[string]string{
	"/consult/new": "POST /cases", "/consult/start": "POST /uploads", "/consult/draft": "POST /uploads",
	"/track": "POST /receipts", "/me/sign-in": "POST /phone-codes, POST /sessions", "/me/sign-out": "DELETE /sessions/current",
	"/me/delete": "DELETE /me", "/me/profile": "PATCH /me", "/me/sessions/:id/revoke": "DELETE /sessions/:id",
	"/library/:id/favourite": "PUT /library/:id/favourite, DELETE /library/:id/favourite", "/library/:id/vote": "POST /library/:id/votes",
	"/track/:number/consent": "POST /cases/:number/consent", "/track/:number/consent/withdraw": "DELETE /cases/:number/consent",
	"/track/:number/follow-up": "POST /cases/:number/follow-ups", "/track/:number/rate": "POST /cases/:number/rating",
	"/track/:number/reopen": "POST /cases/:number/reopening", "/track/:number/supplement": "POST /cases/:number/supplements",
	"/track/:number/withdraw": "POST /cases/:number/withdrawal",

	"/console/sign-in": "POST /staff/sessions", "/console/sign-in/second_factor": "POST /staff/second-factor",
	"/console/sign-in/password": "PUT /staff/password", "/console/sign-out": "DELETE /sessions/current",
	"/console/sign-in/enrol":    "POST /staff/authenticator, POST /staff/authenticator/confirmation",
	"/console/account/language": "PATCH /staff/me", "/console/account/notices": "PUT /staff/notice-preferences",
	"/console/account/password": "PUT /staff/password", "/console/account/sessions/:id/revoke": "DELETE /sessions/:id",
	"/console/account/tokens": "POST /staff/tokens", "/console/account/tokens/:id/revoke": "DELETE /staff/tokens/:id",
	"/console/account/totp/begin": "POST /staff/authenticator", "/console/account/totp/confirm": "POST /staff/authenticator/confirmation",
	"/console/account/totp/disable": "POST /staff/authenticator/removal", "/console/account/totp/recovery": "POST /staff/recovery-codes",
	"/console/notices/read": "POST /staff/notices/read, POST /staff/notices/:id/read", "/console/deliveries/:id/resend": "POST /staff/deliveries/:id/resend",
	"/console/cases/assign": "POST /staff/bulk-assign", "/console/cases/by-phone": "POST /staff/find-by-phone",

	"/console/cases/:number/accept": "POST /staff/cases/:number/accept", "/console/cases/:number/approve": "POST /staff/cases/:number/approve",
	"/console/cases/:number/assign": "POST /staff/cases/:number/assign", "/console/cases/:number/transfer": "POST /staff/cases/:number/transfer",
	"/console/cases/:number/deliveries/:id/resend": "POST /staff/deliveries/:id/resend",
	"/console/cases/:number/draft":                 "PUT /staff/cases/:number/reply-draft, POST /staff/cases/:number/reply-attachments",
	"/console/cases/:number/files/:id/remove":      "DELETE /staff/cases/:number/reply-attachments/:id",
	"/console/cases/:number/note":                  "POST /staff/cases/:number/notes", "/console/cases/:number/recall": "POST /staff/cases/:number/recall",
	"/console/cases/:number/return": "POST /staff/cases/:number/return", "/console/cases/:number/reveal": "POST /staff/cases/:number/reveal",
	"/console/cases/:number/send": "POST /staff/cases/:number/send", "/console/cases/:number/submit": "POST /staff/cases/:number/submit-review",
	"/console/cases/:number/publication":           "PUT /staff/cases/:number/publication",
	"/console/cases/:number/publication/confirm":   "POST /staff/cases/:number/publication/confirm",
	"/console/cases/:number/publication/publish":   "POST /staff/cases/:number/publication/publish",
	"/console/cases/:number/publication/recall":    "POST /staff/cases/:number/publication/recall",
	"/console/cases/:number/publication/return":    "POST /staff/cases/:number/publication/return",
	"/console/cases/:number/publication/unpublish": "POST /staff/cases/:number/publication/unpublish",

	"/console/audit/verify": "", // the auditor's: neither a resident's nor a handler's
}

// TestWhatAPersonDoesAProgramDoes asks of every form for its operation. The settings are the administrators' own.
func TestWhatAPersonDoesAProgramDoes(t *testing.T) {
	routes := fixture.New(t, testenv.SQLite(t)).Web().Kit.Routes()
	there := map[string]bool{}
	for _, r := range routes {
		there[r.Method+" "+r.Path] = true
	}
	for _, r := range routes {
		if r.Method != http.MethodPost || strings.HasPrefix(r.Path, "/api/") || strings.HasPrefix(r.Path, "/console/settings/") {
			continue
		}
		does, known := operations[r.Path]
		if !known {
			t.Errorf("%s: which operation does the same?", r.Path)
		}
		for one := range strings.SplitSeq(does, ", ") {
			method, path, _ := strings.Cut(one, " ")
			if does != "" && !there[method+" /api/v1"+path] {
				t.Errorf("%s: there is no %s", r.Path, one)
			}
		}
	}
	for path := range operations {
		if !there["POST "+path] {
			t.Errorf("%s: there is no such form", path)
		}
	}
}
