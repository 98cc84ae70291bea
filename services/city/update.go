package city

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Stale is the Detail of a Conflict: what is in force now, and the names of the inputs that differ from what was sent.
type Stale struct {
	Version int64
	Present any
	Changed []string
}

func stale(version int64, present any, changed []string) error {
	return fault.New(fault.Conflict, i18n.N("刚刚有人改过这些设置，请核对后再保存。")).WithReason("stale").WithDetail(Stale{version, present, changed})
}

// UpdateProfile stores how the city presents itself and returns the new version. version is the one that was edited: another
// one in force is fault.Conflict with a Stale. What is wrong is fault.Invalid by field. It needs a system administrator.
func (s *Service) UpdateProfile(ctx context.Context, actor models.Actor, in Profile, version int64) (int64, error) {
	if err := may(actor, models.SystemAdmin); err != nil {
		return 0, err
	}
	if err := in.clean(); err != nil {
		return 0, err
	}
	return s.update(ctx, actor, groupProfile, in, version, func(n *snapshot) (any, int64) { return n.profile, n.profile.Version })
}

// UpdateSecurity is UpdateProfile for the rules of signing in. It needs a security administrator.
func (s *Service) UpdateSecurity(ctx context.Context, actor models.Actor, in Security, version int64) (int64, error) {
	if err := may(actor, models.SecurityAdmin); err != nil {
		return 0, err
	}
	if err := in.clean(); err != nil {
		return 0, err
	}
	return s.update(ctx, actor, groupSecurity, in, version, func(n *snapshot) (any, int64) { return n.security, n.security.Version })
}

// UpdateHandling is UpdateProfile for the numbers of handling cases. It needs a system administrator.
func (s *Service) UpdateHandling(ctx context.Context, actor models.Actor, in Handling, version int64) (int64, error) {
	if err := may(actor, models.SystemAdmin); err != nil {
		return 0, err
	}
	if err := in.clean(); err != nil {
		return 0, err
	}
	return s.update(ctx, actor, groupHandling, in, version, func(n *snapshot) (any, int64) { return n.handling, n.handling.Version })
}

// UpdateRetention is UpdateProfile for how long things are kept. It needs a security administrator.
func (s *Service) UpdateRetention(ctx context.Context, actor models.Actor, in Retention, version int64) (int64, error) {
	if err := may(actor, models.SecurityAdmin); err != nil {
		return 0, err
	}
	if err := in.clean(); err != nil {
		return 0, err
	}
	return s.update(ctx, actor, groupRetention, in, version, func(n *snapshot) (any, int64) { return n.retention, n.retention.Version })
}

// update writes a group over its version, with an audit entry of the keys that changed; for rules, which hold neither secrets nor
// texts, with the value of each before and after.
func (s *Service) update(ctx context.Context, actor models.Actor, group string, in any, version int64, present func(*snapshot) (any, int64)) (int64, error) {
	next := version
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		next = version
		k, err := s.load(ctx)
		if err != nil {
			return err
		}
		old, at := present(k)
		changed, value, err := differences(old, in)
		if err != nil {
			return err
		}
		if at != version {
			return stale(at, old, changed)
		}
		if len(changed) == 0 {
			return nil
		}
		next = version + 1
		return s.write(ctx, actor, group, value, version, detail(group, changed, next, old, in))
	})
	if err != nil {
		return 0, err
	}
	return next, nil
}

// detail is what the audit log says of a change.
func detail(group string, changed []string, version int64, old, in any) map[string]any {
	d := map[string]any{"changed": changed, "version": version}
	if group == groupProfile {
		return d // long texts
	}
	before, after := values(old), values(in)
	steps := map[string]any{}
	for _, name := range changed {
		steps[name] = []any{before[name], after[name]}
	}
	d["values"] = steps
	return d
}

// values are the settings of a group by their JSON names.
func values(group any) map[string]any {
	raw, err := json.Marshal(group)
	all := map[string]any{}
	if err == nil {
		_ = json.Unmarshal(raw, &all) // it was written just now
	}
	return all
}

// write stores a group's value over that version and records it.
func (s *Service) write(ctx context.Context, actor models.Actor, group, value string, version int64, detail map[string]any) error {
	row := models.Setting{Name: group, Value: value, Version: version + 1, UpdatedAt: s.clock.Now(), UpdatedBy: actor.ID}
	won, err := s.put(ctx, row, version)
	if err != nil {
		return err
	}
	if !won {
		return stale(version+1, nil, nil)
	}
	if err := s.audit.Record(ctx, actor, "settings."+group, "settings", 0, detail); err != nil {
		return err
	}
	s.kept.Changed(ctx)
	return nil
}

// differences returns the JSON names whose values differ, sorted, and the new value as JSON.
func differences(old, in any) (changed []string, value string, err error) {
	before, err := json.Marshal(old)
	if err != nil {
		return nil, "", err
	}
	after, err := json.Marshal(in)
	if err != nil {
		return nil, "", err
	}
	var was, is map[string]json.RawMessage
	if err := json.Unmarshal(before, &was); err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(after, &is); err != nil {
		return nil, "", err
	}
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if !bytes.Equal(was[name], is[name]) {
			changed = append(changed, name)
		}
	}
	return changed, string(after), nil
}
