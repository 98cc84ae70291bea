package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"huiyin/models"
)

const batch = 500

// errOvertaken says that another sealer closed the same stretch of the chain first.
var errOvertaken = errors.New("audit: another sealer was faster")

// Seal gives every committed entry that has none its place in the chain, and returns how many. Any number of processes
// may call it: the head moves by a guarded update, so the chain cannot fork; who comes second does nothing.
//
// The chain's order is that of sealing. An entry whose transaction commits late, with a smaller id than ones that are
// sealed already, simply gets a later place.
func (l *Log) Seal(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		err := l.db.Tx(ctx, func(ctx context.Context) (err error) {
			n, err = l.sealBatch(ctx)
			return err
		})
		if errors.Is(err, errOvertaken) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		if total += n; n < batch {
			return total, nil
		}
	}
}

func (l *Log) sealBatch(ctx context.Context) (int, error) {
	head, err := l.head(ctx, chainHead)
	if err != nil {
		return 0, err
	}
	entries, err := l.unsealed(ctx, batch)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	if head.SealedAt.IsZero() {
		if err := l.ensureHead(ctx, chainHead); err != nil {
			return 0, err
		}
	}
	seq, hash := head.Seq, head.Hash
	for i := range entries {
		seq++
		place := seq
		entries[i].Seq, entries[i].PrevHash = &place, hash
		hash = Hash(entries[i])
		entries[i].Hash = hash
	}
	// The head first: a second sealer waits here for its lock, and then finds that the head has moved.
	won, err := l.advance(ctx, head, seq, hash)
	if err != nil {
		return 0, err
	}
	if !won {
		return 0, errOvertaken
	}
	for _, e := range entries {
		if ok, err := l.writeSeal(ctx, e); err != nil {
			return 0, err
		} else if !ok {
			return 0, fmt.Errorf("audit: entry %d was sealed outside of the chain", e.ID)
		}
	}
	return len(entries), nil
}

// Hash returns the hex SHA-256 of an entry with its Seq and PrevHash filled: "huiyin.audit.1", then every field in the
// order below, each text preceded by its length in bytes and each number as eight bytes, big-endian; times as milliseconds
// since 1970. Anyone who has an export of the log can recompute the chain with it.
func Hash(e models.AuditEntry) string {
	h := sha256.New()
	number := func(n int64) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		_, _ = h.Write(b[:])
	}
	text := func(s string) {
		number(int64(len(s)))
		_, _ = h.Write([]byte(s))
	}
	text("huiyin.audit.1")
	var seq int64
	if e.Seq != nil {
		seq = *e.Seq
	}
	number(seq)
	text(e.PrevHash)
	number(e.ID)
	number(e.At.UnixMilli())
	text(e.ActorKind)
	number(e.ActorID)
	number(e.DepartmentID)
	text(e.Action)
	text(e.ObjectKind)
	number(e.ObjectID)
	text(e.RequestID)
	text(e.Address)
	text(e.Detail)
	return hex.EncodeToString(h.Sum(nil))
}
