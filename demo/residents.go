package demo

import (
	"context"
	"fmt"

	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/accounts"
)

// register knows the invented residents; the phones 199 0000 xxxx belong to nobody.
type register struct {
	star   string          // the display name of the resident of ResidentPhone
	lacks  map[string]bool // states of which that resident has no case yet
	byName map[string]*resident
	all    []*resident
}

type resident struct {
	id    int64
	phone string
	asked int
}

func (r *resident) actor() models.Actor { return models.Actor{Kind: models.ResidentActor, ID: r.id} }

// newRegister makes the resident of ResidentPhone the one whose cases stand in the most states, and has them ask anonymously where that
// leaves a state out.
func newRegister(list []Case) register {
	r := register{byName: map[string]*resident{}, lacks: map[string]bool{
		"submitted": true, "handling": true, "approved": true, "answered": true, "published": true, "withdrawn": true,
	}}
	states, best := map[string]map[string]bool{}, 0
	for _, k := range list {
		if k.Anonymous || k.DisplayName == "" {
			continue
		}
		if states[k.DisplayName] == nil {
			states[k.DisplayName] = map[string]bool{}
		}
		states[k.DisplayName][k.State] = true
		if n := len(states[k.DisplayName]); n > best {
			r.star, best = k.DisplayName, n
		}
	}
	for state := range states[r.star] {
		delete(r.lacks, state)
	}
	r.all = []*resident{{phone: ResidentPhone}}
	r.byName[r.star] = r.all[0]
	return r
}

// of is who asks the case: people of one name ask twice, then it is somebody else of that name.
func (r *register) of(k Case) *resident {
	if k.Anonymous && r.lacks[k.State] {
		delete(r.lacks, k.State)
		r.all[0].asked++
		return r.all[0]
	}
	p := r.byName[k.DisplayName]
	if k.Anonymous || p == nil || (p.asked >= 2 && k.DisplayName != r.star) {
		p = &resident{phone: fmt.Sprintf("1990000%04d", len(r.all)+1)}
		r.all = append(r.all, p)
		if !k.Anonymous {
			r.byName[k.DisplayName] = p
		}
	}
	p.asked++
	return p
}

// signIn opens a session for the one question that is asked; ended closes it.
func (b *builder) signIn(ctx context.Context, p *resident, privacy int64) (actor models.Actor, ended func(ctx context.Context) error, err error) {
	token, r, err := b.Accounts.SignInByPhone(ctx, models.Actor{Kind: models.VisitorActor}, p.phone, code, i18n.Source, privacy)
	if err != nil {
		return models.Actor{}, nil, err
	}
	if _, actor, err = b.Accounts.Resolve(ctx, token); err != nil {
		return models.Actor{}, nil, err
	}
	if p.id == 0 && p.phone == ResidentPhone {
		if err := b.Accounts.UpdateProfile(ctx, actor, accounts.Profile{DisplayName: b.residents.star, Locale: i18n.Source, NotifySMS: true}); err != nil {
			return models.Actor{}, nil, err
		}
	}
	p.id = r.ID
	return actor, func(ctx context.Context) error { return b.Accounts.SignOut(ctx, actor) }, nil
}
