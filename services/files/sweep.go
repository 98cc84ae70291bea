package files

import (
	"context"

	"huiyin/models"
)

// Sweep deletes at most limit files that have been nobody's, or staged under a draft, for longer than StagedFor, and returns how many.
func (f *Files) Sweep(ctx context.Context, limit int) (int, error) {
	stale, err := f.stale(ctx, f.clock.Now().Add(-StagedFor), limit)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, a := range stale {
		if a.OwnerKind != nobody {
			gone, err := f.disown(ctx, a.OwnerKind, a.OwnerID, a.ID)
			if err != nil {
				return n, err
			}
			if len(gone) == 0 { // attached meanwhile
				continue
			}
		}
		if err := f.remove(ctx, a); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// remove deletes the bytes, then the row that knows of them, unless the row has an owner.
func (f *Files) remove(ctx context.Context, a models.Attachment) error {
	if free, err := f.isNobodys(ctx, a.ID); err != nil || !free {
		return err
	}
	if err := f.store.Delete(ctx, a.BlobKey); err != nil {
		return err
	}
	return f.delete(ctx, a.ID)
}
