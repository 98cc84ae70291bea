package cases_test

import (
	"strings"
	"testing"

	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// Staff read a resident's words with numbers that reach or prove somebody covered, until a look that is recorded; the resident reads them as written.
func TestNumbersInAQuestionAreCovered(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		const text = "我家住解放路12号3单元501，电话13912345678，身份证11010119900307803X，路灯坏了一周。"
		n := c.Submit(fixture.Phone, func(in *cases.SubmitInput) { in.Text = text }).Case.Number
		c.Accept(n, fixture.Handler)
		handler := c.Actor(fixture.Handler)
		seen := must[*cases.Thread](t)(c.Cases.Open(t.Context(), handler, n))
		if got := seen.Messages[0].Body; got != "我家住解放路12号3单元501，电话139****5678，身份证110101************，路灯坏了一周。" {
			t.Errorf("staff read %s", got)
		}
		var joined strings.Builder
		for _, p := range seen.Messages[0].Parts {
			joined.WriteString(p.Text)
		}
		if joined.String() != seen.Messages[0].Body || len(seen.Messages[0].Parts) != 5 {
			t.Errorf("parts: %+v", seen.Messages[0].Parts)
		}
		look := must[cases.Revealed](t)(c.Cases.Reveal(t.Context(), handler, n))
		if len(look.Messages) != 1 || look.Messages[0].Text != text || look.Phone != fixture.Phone {
			t.Errorf("a look shows %+v", look)
		}
		if seen.Uncover(); seen.Messages[0].Body != text || seen.Messages[0].Parts != nil {
			t.Errorf("uncovered: %+v", seen.Messages[0])
		}
		own := must[*cases.Thread](t)(c.Cases.Open(t.Context(), c.Resident(fixture.Phone), n))
		if own.Messages[0].Body != text {
			t.Errorf("the resident reads %s", own.Messages[0].Body)
		}
	})
}
