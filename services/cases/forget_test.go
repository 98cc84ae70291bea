package cases_test

import (
	"testing"
	"time"

	"huiyin/models"
	"huiyin/test/fixture"
)

// Who asks to be forgotten leaves no name, no place and no address behind; the question stays and is answered.
func TestAnErasedResidentLeavesNoName(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		c.Notices.Demo = false // the demo shows what was sent, codes included
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.RunJobs()
		if err := c.Cases.EraseResident(c.Context(), c.Resident(fixture.Phone)); err != nil {
			t.Fatal(err)
		}
		k := c.Case(n)
		if k.DisplayNameSealed != "" || k.PlaceSealed != "" {
			t.Errorf("the case still names somebody: %+v", k)
		}
		var left int64
		if err := c.DB.Conn(c.Context()).Model(&models.Delivery{}).Where("(address_sealed <> '' OR address_masked <> '' OR body_sealed <> '') AND channel = 'sms'").
			Count(&left).Error; err != nil || left != 0 {
			t.Errorf("%d messages still hold an address: %v", left, err)
		}
		c.Answer(n) // nobody can be told, and nothing breaks
		c.RunJobs()
	})
}

// After the years that settings keep it, a closed case has its text and nobody's name; once is enough.
func TestOldCasesForgetTheirResident(t *testing.T) {
	each(t, func(t *testing.T, c *fixture.City) {
		n := c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number
		c.Answer(n)
		c.Rate(n, fixture.Phone, 5)
		fresh := c.Submit(fixture.Phone2, c.About(fixture.Bus)).Case.Number
		if done, err := c.Cases.ForgetOld(c.Context(), 10, 50); err != nil || done != 0 {
			t.Fatalf("too early: %d, %v", done, err)
		}
		c.Clock.Advance(11 * 366 * 24 * time.Hour)
		if done, err := c.Cases.ForgetOld(c.Context(), 10, 50); err != nil || done != 1 {
			t.Fatalf("%d, %v", done, err)
		}
		if done, err := c.Cases.ForgetOld(c.Context(), 10, 50); err != nil || done != 0 {
			t.Fatalf("again: %d, %v", done, err)
		}
		if k := c.Case(n); k.ResidentID != 0 || k.DisplayNameSealed != "" || k.Body == "" {
			t.Errorf("%+v", k)
		}
		if th := c.Open(n); th.Phone != "" || len(th.Messages) == 0 {
			t.Errorf("%+v", th)
		}
		if k := c.Case(fresh); k.ResidentID == 0 {
			t.Error("an open case was forgotten")
		}
	})
}
