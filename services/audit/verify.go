package audit

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Why a chain does not hold: message ids.
var (
	WhyEdited    = i18n.N("这一条的内容被改动过。")
	WhyMissing   = i18n.N("这一条被删除了。")
	WhyBroken    = i18n.N("这一条与前一条接不上。")
	WhyTruncated = i18n.N("日志末尾的记录被删除了。")
	WhyInserted  = i18n.N("日志末尾多出了没有经过封存的记录。")
)

// Report is the outcome of a verification. FirstBadSeq and Why are set when OK is false.
type Report struct {
	From, To    int64 // the range of sequence numbers that was asked for, as it was understood
	Checked     int64
	OK          bool
	FirstBadSeq int64
	Why         string // message id
	HeadSeq     int64
	HeadHash    string // worth keeping outside of the database: it vouches for everything before it
	PrunedSeq   int64  // entries up to here were deleted when their time was over
	Waiting     bool   // entries exist that are not sealed yet
}

func (r Report) bad(seq int64, why string) Report {
	r.OK, r.FirstBadSeq, r.Why = false, seq, why
	return r
}

// Verify recomputes the chain between two sequence numbers, 0 meaning its very beginning or its head, and so finds an
// edit, a deletion, an insertion and, when the range ends at the head, a truncation. progress, which may be nil, is told
// how many of how many entries are done. A range that starts in the middle takes the hash before it as true.
func (l *Log) Verify(ctx context.Context, actor models.Actor, from, to int64, progress func(done, total int64)) (Report, error) {
	if reason := MayRead(actor); reason != nil {
		return Report{}, reason
	}
	for {
		r, err := l.verify(ctx, from, to, progress)
		if err != nil || r.OK {
			return r, err
		}
		// Retention may have deleted the start of the range under our hands.
		pruned, err := l.head(ctx, prunedHead)
		if err != nil || pruned.Seq == r.PrunedSeq {
			return r, err
		}
	}
}

func (l *Log) verify(ctx context.Context, from, to int64, progress func(done, total int64)) (Report, error) {
	// The order of these two reads matters: the head only grows, so an honest last entry is never beyond it.
	last, err := l.maxSeq(ctx)
	if err != nil {
		return Report{}, err
	}
	head, err := l.head(ctx, chainHead)
	if err != nil {
		return Report{}, err
	}
	pruned, err := l.head(ctx, prunedHead)
	if err != nil {
		return Report{}, err
	}
	waiting, err := l.unsealed(ctx, 1)
	if err != nil {
		return Report{}, err
	}
	r := Report{HeadSeq: head.Seq, HeadHash: head.Hash, PrunedSeq: pruned.Seq, Waiting: len(waiting) > 0, OK: true}
	r.From = max(from, pruned.Seq+1)
	if r.To = to; to <= 0 || to > head.Seq {
		r.To = head.Seq
	}
	prev, found, err := l.hashBefore(ctx, r.From, pruned)
	if err != nil {
		return r, err
	}
	if !found {
		return r.bad(r.From-1, WhyMissing), nil
	}
	if r, prev, err = l.walk(ctx, r, prev, progress); err != nil || !r.OK {
		return r, err
	}
	if r.To == head.Seq && r.From <= r.To && prev != head.Hash {
		return r.bad(head.Seq, WhyTruncated), nil
	}
	if last > head.Seq {
		return r.bad(head.Seq+1, WhyInserted), nil
	}
	return r, nil
}

func (l *Log) hashBefore(ctx context.Context, seq int64, pruned models.AuditHead) (string, bool, error) {
	if seq == pruned.Seq+1 {
		return pruned.Hash, true, nil
	}
	es, err := l.sealed(ctx, seq-1, seq-1, 1)
	if err != nil || len(es) == 0 {
		return "", false, err
	}
	return es[0].Hash, true, nil
}

func (l *Log) walk(ctx context.Context, r Report, prev string, progress func(done, total int64)) (Report, string, error) {
	for next := r.From; next <= r.To; {
		es, err := l.sealed(ctx, next, r.To, batch)
		if err != nil {
			return r, prev, err
		}
		if len(es) == 0 { // nothing up to the end: at the head that is a truncation, elsewhere a deletion
			if r.To == r.HeadSeq {
				return r.bad(next, WhyTruncated), prev, nil
			}
			return r.bad(next, WhyMissing), prev, nil
		}
		for _, e := range es {
			if why := checkEntry(e, next, prev); why != "" {
				return r.bad(next, why), prev, nil
			}
			prev = e.Hash
			next++
			r.Checked++
		}
		if progress != nil {
			progress(r.Checked, r.To-r.From+1)
		}
	}
	return r, prev, nil
}

// checkEntry says why e does not stand rightly at seq behind prev, or "".
func checkEntry(e models.AuditEntry, seq int64, prev string) string {
	switch {
	case *e.Seq != seq:
		return WhyMissing
	case e.PrevHash != prev:
		return WhyBroken
	case Hash(e) != e.Hash:
		return WhyEdited
	}
	return ""
}

// MayRead says why the actor may not read the log: only the auditor may (三权分立, 等级保护 level 3). The program itself
// verifies it on schedule.
func MayRead(a models.Actor) *fault.Error {
	if a.Has(models.Auditor) || a.Kind == models.SystemActor {
		return nil
	}
	return fault.New(fault.Forbidden, i18n.N("只有审计管理员可以查看审计日志。"))
}
