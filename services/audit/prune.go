package audit

import (
	"context"
	"fmt"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/workdays"
	"huiyin/models"
)

// KeepMonths is the shortest time that entries are kept (网络安全法 art. 21: at least six months).
const KeepMonths = 6

// Prune deletes the sealed entries that are older than so many months in the city's zone, oldest first, and returns how many. What was deleted is
// vouched for by a checkpoint, so that the rest of the chain still verifies. Fewer than six months are refused (fault.Invalid);
// entries that do not verify are evidence and stay (fault.Conflict).
func (l *Log) Prune(ctx context.Context, months int, zone *time.Location) (int, error) {
	before := workdays.MonthsBefore(l.clock.Now(), months, zone)
	if months < KeepMonths {
		var wrong fault.Fields
		wrong.Add("months", i18n.N("审计日志至少保留 %[1]d 个月。"), KeepMonths)
		return 0, wrong.Err()
	}
	total := 0
	for {
		n := 0
		err := l.db.Tx(ctx, func(ctx context.Context) (err error) {
			n, err = l.pruneBatch(ctx, before)
			return err
		})
		if err != nil {
			return total, err
		}
		if total += n; n < batch {
			return total, nil
		}
	}
}

func (l *Log) pruneBatch(ctx context.Context, before time.Time) (int, error) {
	pruned, err := l.head(ctx, prunedHead)
	if err != nil {
		return 0, err
	}
	head, err := l.head(ctx, chainHead)
	if err != nil {
		return 0, err
	}
	entries, err := l.sealed(ctx, pruned.Seq+1, head.Seq, batch)
	if err != nil {
		return 0, err
	}
	n, seq, hash := 0, pruned.Seq, pruned.Hash
	for _, e := range entries {
		if !e.At.Before(before) {
			break
		}
		if why := checkEntry(e, seq+1, hash); why != "" {
			return 0, fault.Wrap(fmt.Errorf("audit entry %d: %s", seq+1, why), fault.Conflict, i18n.N("审计日志校验不通过，没有清理。"))
		}
		n, seq, hash = n+1, *e.Seq, e.Hash
	}
	if n == 0 {
		return 0, nil
	}
	if pruned.SealedAt.IsZero() {
		if err := l.ensureHead(ctx, prunedHead); err != nil {
			return 0, err
		}
	}
	if won, err := l.advance(ctx, pruned, seq, hash); err != nil || !won {
		return 0, err // another process prunes
	}
	if err := l.deleteThrough(ctx, seq); err != nil {
		return 0, err
	}
	return n, l.Record(ctx, models.System(), "audit.prune", "audit", seq, map[string]any{"entries": n})
}
