package accounts

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"huiyin/models"
)

// Pending says what a member of staff must do before anything else; the actor has no rights until then.
type Pending string

// The things to be done first, in this order.
const (
	PendingNothing      Pending = ""
	PendingSecondFactor Pending = "second_factor" // VerifySecondFactor
	PendingPassword     Pending = "password"      // ChangePassword
	PendingEnrol        Pending = "enrol"         // BeginTOTP, ConfirmTOTP
)

// Session is a session as a request sees it.
type Session struct {
	models.Session
	Pending Pending
	Locale  string // what the person chose; empty for a visitor
}

// touchEvery is how often, at most, using a session is written down.
const touchEvery = 5 * time.Minute

// Resolve tells whose token it is. An unknown, expired or revoked token gives a zero session, the zero actor and no error.
// While Session.Pending is set the actor is a visitor that carries only its SessionID. There is no cache: a revocation
// counts at once, on every replica.
func (s *Service) Resolve(ctx context.Context, token string) (Session, models.Actor, error) {
	if token == "" || len(token) > 100 {
		return Session{}, models.Actor{}, nil
	}
	row, found, err := s.liveSession(ctx, hashToken(token))
	if err != nil || !found {
		return Session{}, models.Actor{}, err
	}
	session := Session{Session: row}
	actor := models.Actor{Kind: models.VisitorActor, SessionID: row.ID}
	switch row.Kind {
	case models.VisitorSession:
	case models.ResidentSession:
		resident, err := s.resident(ctx, row.ResidentID)
		if err != nil {
			return Session{}, models.Actor{}, err
		}
		actor.Kind, actor.ID, session.Locale = models.ResidentActor, resident.ID, resident.Locale
		if actor.Name, err = s.openName(resident); err != nil {
			return Session{}, models.Actor{}, err
		}
	case models.StaffSession, models.TokenSession:
		var ok bool
		if actor, ok, err = s.resolveStaff(ctx, &session); err != nil || !ok {
			return Session{}, models.Actor{}, err
		}
	}
	if row.Kind == models.VisitorSession || row.Kind == models.ResidentSession {
		if actor.Grants, err = s.grants(ctx, row.ID); err != nil {
			return Session{}, models.Actor{}, err
		}
	}
	s.touch(ctx, &session)
	return session, actor, nil
}

func (s *Service) resolveStaff(ctx context.Context, session *Session) (models.Actor, bool, error) {
	staff, err := s.staff(ctx, session.StaffID)
	if err != nil || !staff.Active {
		return models.Actor{}, false, err
	}
	roles, err := s.rolesOf(ctx, staff.ID)
	if err != nil {
		return models.Actor{}, false, err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return models.Actor{}, false, err
	}
	session.Locale = staff.Locale
	session.Pending = pendingOf(staff, roles, session.Session, settings)
	if session.Pending != PendingNothing {
		// A program cannot do what is pending: its token rests until its owner has.
		return models.Actor{Kind: models.VisitorActor, SessionID: session.ID, Name: staff.Name}, session.Kind == models.StaffSession, nil
	}
	actor, err := s.actorOf(ctx, staff, roles)
	actor.SessionID = session.ID
	return actor, true, err
}

func (s *Service) actorOf(ctx context.Context, staff models.Staff, roles []models.Role) (models.Actor, error) {
	tree, err := s.Departments(ctx)
	if err != nil {
		return models.Actor{}, err
	}
	department, _ := tree.Get(staff.DepartmentID)
	return models.Actor{
		Kind: models.StaffActor, ID: staff.ID, Name: staff.Name, Roles: roles,
		DepartmentID: staff.DepartmentID, DepartmentPath: department.Path,
	}, nil
}

// pendingOf is pure: what this session must do first.
func pendingOf(staff models.Staff, roles []models.Role, session models.Session, settings Settings) Pending {
	demanded := slices.ContainsFunc(roles, func(r models.Role) bool { return slices.Contains(settings.SecondFactorRoles, r) })
	switch {
	case staff.TOTPEnabledAt != nil && session.SecondFactorAt == nil && session.Kind == models.StaffSession:
		return PendingSecondFactor
	case staff.MustChange:
		return PendingPassword
	case demanded && (staff.TOTPEnabledAt == nil || session.SecondFactorAt == nil):
		return PendingEnrol
	}
	return PendingNothing
}

// touch notes that the session was used and moves its end. It must not fail a read: a database that is busy loses a touch.
func (s *Service) touch(ctx context.Context, session *Session) {
	now, every, expires := s.Clock.Now(), touchEvery, session.ExpiresAt
	if session.Kind != models.TokenSession {
		settings, err := s.Settings(ctx)
		if err != nil {
			return
		}
		every = min(every, settings.idle(session.Kind)/10) // else the last minutes of a short time would not count
		expires = settings.end(session.Session, now)
	}
	if now.Sub(session.SeenAt) < every {
		return
	}
	if err := s.touchSession(ctx, session.ID, now, expires); err != nil {
		slog.WarnContext(ctx, "a session's use was not noted", "session", session.ID, "reason", err)
		return
	}
	session.SeenAt, session.ExpiresAt = now, expires
}

// end is when a session that is used now ends: after a while without use, a staff session at last some days after the sign-in.
func (set Settings) end(session models.Session, now time.Time) time.Time {
	end := now.Add(set.idle(session.Kind))
	if last := session.CreatedAt.Add(set.StaffMax); session.Kind == models.StaffSession && last.Before(end) {
		return last
	}
	return end
}

func (set Settings) idle(kind models.SessionKind) time.Duration {
	switch kind {
	case models.StaffSession:
		return set.StaffIdle
	case models.ResidentSession:
		return set.ResidentIdle
	}
	return set.VisitorIdle
}

// StartVisitor begins the session of somebody who has signed in to nothing, to hold receipts. It leaves no audit row: it
// says nothing about anybody.
func (s *Service) StartVisitor(ctx context.Context) (token string, sessionID int64, err error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return "", 0, err
	}
	return s.begin(ctx, models.Session{Kind: models.VisitorSession}, settings)
}

// begin stores a new session for the person named in it. Its token is new, whatever the browser held before.
func (s *Service) begin(ctx context.Context, row models.Session, settings Settings) (string, int64, error) {
	token, now := newToken(), s.Clock.Now()
	row.TokenHash, row.CreatedAt, row.SeenAt = hashToken(token), now, now
	row.ExpiresAt = settings.end(row, now)
	if err := s.createSession(ctx, &row); err != nil {
		return "", 0, err
	}
	return token, row.ID, nil
}

// Grant lets a session follow a case whose receipt it has shown; twice is once. Who shows a receipt is recorded by the
// case, in whose transaction this joins.
func (s *Service) Grant(ctx context.Context, sessionID, caseID int64) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error { return s.addGrant(ctx, sessionID, caseID) })
}

// SignOut ends the actor's session; without one it does nothing.
func (s *Service) SignOut(ctx context.Context, actor models.Actor) error {
	if actor.SessionID == 0 {
		return nil
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.revokeSession(ctx, actor.SessionID); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, "session.signout", "session", actor.SessionID, nil)
	})
}

// Sessions lists the actor's own live sign-ins, newest first.
func (s *Service) Sessions(ctx context.Context, actor models.Actor) ([]models.Session, error) {
	if !actor.IsStaff() && !actor.IsResident() {
		return nil, signInFirst()
	}
	return s.ownSessions(ctx, actor, models.StaffSession, models.ResidentSession)
}

// RevokeSession ends one of the actor's own sign-ins.
func (s *Service) RevokeSession(ctx context.Context, actor models.Actor, sessionID int64) error {
	return s.revokeOwn(ctx, actor, sessionID, "session.revoke", models.StaffSession, models.ResidentSession)
}

func (s *Service) revokeOwn(ctx context.Context, actor models.Actor, id int64, action string, kinds ...models.SessionKind) error {
	if !actor.IsStaff() && !actor.IsResident() {
		return signInFirst()
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		own, err := s.ownSessions(ctx, actor, kinds...)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(own, func(r models.Session) bool { return r.ID == id }) {
			return notFound()
		}
		if _, err := s.revokeSession(ctx, id); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, action, "session", id, nil)
	})
}

// SweepSessions deletes sessions that ended more than 30 days ago, in small steps, and returns how many.
func (s *Service) SweepSessions(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
			n, err = s.deleteEnded(ctx, s.Clock.Now().AddDate(0, 0, -30), 500)
			return err
		})
		if total += n; err != nil || n < 500 {
			return total, err
		}
	}
}
