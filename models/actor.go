package models

import "slices"

// ActorKind says on whose behalf a use case runs.
type ActorKind string

// The kinds of actor. A visitor has signed in to nothing, but may hold receipts.
const (
	VisitorActor  ActorKind = "visitor"
	ResidentActor ActorKind = "resident"
	StaffActor    ActorKind = "staff"
	SystemActor   ActorKind = "system"
)

// Actor is who is acting, as the session or the token told; every use case takes one. The zero value is a visitor with no rights.
type Actor struct {
	Kind           ActorKind
	ID             int64 // of the resident or the member of staff; 0 otherwise
	SessionID      int64 // 0 without a session
	Name           string
	DepartmentID   int64
	DepartmentPath string
	Roles          []Role
	Grants         []int64 // cases whose receipt this session has shown
	RequestID      string
	Address        string // shortened network address, for the audit log
}

// System acts for the program itself: jobs and schedules.
func System() Actor { return Actor{Kind: SystemActor} }

// Has reports whether the actor is staff with that role.
func (a Actor) Has(r Role) bool { return a.Kind == StaffActor && slices.Contains(a.Roles, r) }

// HasAny reports whether the actor is staff with one of the roles.
func (a Actor) HasAny(roles ...Role) bool { return slices.ContainsFunc(roles, a.Has) }

// IsStaff reports whether the actor signed in to the console.
func (a Actor) IsStaff() bool { return a.Kind == StaffActor }

// IsResident reports whether the actor confirmed a phone number.
func (a Actor) IsResident() bool { return a.Kind == ResidentActor }

// Granted reports whether the actor showed the receipt of that case.
func (a Actor) Granted(caseID int64) bool { return slices.Contains(a.Grants, caseID) }
