package console

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/services/audit"
)

// verifyStep is how many entries one request recomputes. A long log is verified step by step: each answer holds the form of the next
// step, which a script sends by itself and a person can send by hand; nothing is kept between steps, so any replica may answer.
const verifyStep = 5000

// verification is how far a verification has come. From is where it began.
type verification struct {
	Started, Done  bool
	Report         audit.Report
	Why            string
	From, Next     int64
	Checked, Total int64
}

func (s *Console) verifyAudit(c *kit.Ctx) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	v, err := s.verifyFrom(c, max(f.id("from"), 0), max(f.id("next"), 0))
	if err != nil {
		return err
	}
	if c.IsHTMX() {
		return c.Part(http.StatusOK, "verification", v)
	}
	d, err := s.auditData(c)
	if err != nil {
		return err
	}
	d.Verify = v
	return c.Page(http.StatusOK, "audit", d)
}

// verifyFrom recomputes one step of the chain. The step's own first link is taken from the entry before it, which the step before has
// just verified.
func (s *Console) verifyFrom(c *kit.Ctx, from, next int64) (verification, error) {
	next = max(next, from)
	r, err := s.Audit.Verify(c.Request.Context(), c.Actor, next, max(next, 1)+verifyStep-1, nil)
	if err != nil {
		return verification{}, err
	}
	v := verification{Started: true, Report: r, From: from}
	if v.From == 0 {
		v.From = r.From
	}
	v.Checked, v.Total = r.To-v.From+1, r.HeadSeq-v.From+1
	if v.Done = !r.OK || r.To >= r.HeadSeq; !v.Done {
		v.Next = r.To + 1
	}
	if !r.OK {
		v.Why = c.T(r.Why)
	}
	return v, nil
}
