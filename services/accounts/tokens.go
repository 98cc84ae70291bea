package accounts

import (
	"context"
	"strings"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Limits of programs' tokens.
const (
	MaxTokenDays = 366
	maxTokens    = 20
)

// CreateToken makes a token with which a program acts as the actor; it is shown once. label has 1–60 characters, days is
// 1–366. A program cannot make another.
func (s *Service) CreateToken(ctx context.Context, actor models.Actor, label string, days int) (string, error) {
	if !actor.IsStaff() {
		return "", signInFirst()
	}
	_, session, as, err := s.self(ctx, actor)
	if err != nil {
		return "", err
	}
	label = strings.TrimSpace(label)
	var wrong fault.Fields
	if !plainText(label, 1, 60) {
		wrong.Add("label", i18n.N("请填写 %[1]d 到 %[2]d 个字。"), 1, 60)
	}
	if days < 1 || days > MaxTokenDays {
		wrong.Add("days", i18n.N("有效期为 1 到 %[1]d 天。"), MaxTokenDays)
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	token, now := apiPrefix+newToken(), s.Clock.Now()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		own, err := s.ownSessions(ctx, actor, models.TokenSession)
		if err != nil {
			return err
		}
		if len(own) >= maxTokens {
			return fault.New(fault.Conflict, i18n.N("最多同时有 %[1]d 个令牌，请先撤销不用的。"), maxTokens)
		}
		row := models.Session{
			TokenHash: hashToken(token), Kind: models.TokenSession, StaffID: actor.ID, Label: label, SecondFactorAt: session.SecondFactorAt,
			CreatedAt: now, SeenAt: now, ExpiresAt: now.AddDate(0, 0, days),
		}
		if err := s.createSession(ctx, &row); err != nil {
			return err
		}
		return s.Audit.Record(ctx, as, "token.create", "session", row.ID, map[string]any{"days": days})
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Tokens lists the actor's own live tokens, newest first, without the tokens themselves.
func (s *Service) Tokens(ctx context.Context, actor models.Actor) ([]models.Session, error) {
	if !actor.IsStaff() {
		return nil, signInFirst()
	}
	return s.ownSessions(ctx, actor, models.TokenSession)
}

// RevokeToken ends one of the actor's own tokens at once.
func (s *Service) RevokeToken(ctx context.Context, actor models.Actor, id int64) error {
	if !actor.IsStaff() {
		return signInFirst()
	}
	return s.revokeOwn(ctx, actor, id, "token.revoke", models.TokenSession)
}
