package portal

import (
	"huiyin/services/cases"
)

var actOf = map[string]cases.Action{
	"follow-up": cases.ActFollowUp, "supplement": cases.ActSupplement, "reopen": cases.ActReopen, "rate": cases.ActRate,
}

// elsewhere is the form in which words go on whose own form is gone, because the matter has moved while they were written.
var elsewhere = map[string]string{"supplement": "follow-up", "follow-up": "supplement", "reopen": "follow-up"}

// settle finds a place for what was typed: its own form, another one, or only a box to copy it from.
func (m *typedMessage) settle(t *cases.Thread) {
	if m.Text == "" && len(m.Files) == 0 || t.Can(actOf[m.Kind]) {
		return
	}
	if to := elsewhere[m.Kind]; to != "" && t.Can(actOf[to]) {
		m.Kind, m.Moved = to, true
		return
	}
	m.Kind, m.Unsent = "", true
}
