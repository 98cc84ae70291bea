package cases

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/city"
)

var update = flag.Bool("update", false, "rewrite testdata/flow.golden")

const (
	ownDepartment   = 2
	otherDepartment = 3
	theCase         = 7
	theResident     = 11
	theAuthor       = 21
)

// who is one column of the matrix.
type who struct {
	name  string
	actor models.Actor
}

func staff(id, department int64, roles ...models.Role) models.Actor {
	path := "/1/"
	if department != 1 {
		path = fmt.Sprintf("/1/%d/", department)
	}
	return models.Actor{Kind: models.StaffActor, ID: id, DepartmentID: department, DepartmentPath: path, Roles: roles}
}

// everybody is one actor of each sort. The author is a handler and a reviewer at once: the hard case of promise 5.
func everybody() []who {
	list := []who{
		{"owner", models.Actor{Kind: models.ResidentActor, ID: theResident}},
		{"receipt", models.Actor{Kind: models.VisitorActor, Grants: []int64{theCase}}},
		{"stranger", models.Actor{Kind: models.ResidentActor, ID: theResident + 1}},
		{"visitor", models.Actor{Kind: models.VisitorActor, Grants: []int64{theCase + 1}}},
		{"author", staff(theAuthor, ownDepartment, models.Handler, models.Reviewer)},
	}
	for i, r := range models.Roles {
		list = append(list, who{"own " + string(r), staff(int64(30+i), ownDepartment, r)})
	}
	for i, r := range []models.Role{models.Handler, models.Reviewer, models.Overseer, models.Leader} {
		list = append(list, who{"other " + string(r), staff(int64(50+i), otherDepartment, r)})
	}
	return append(list, who{"leader above", staff(60, 1, models.Leader)}, who{"system", models.System()})
}

// facets are the facts besides the status that the policies look at.
type facet struct {
	name string
	set  func(c *models.Case, f *facts)
}

var day0 = time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC)

var facets = []facet{
	{"a reply is written, consent given, not rated", func(*models.Case, *facts) {}},
	{"no reply yet, no consent", func(c *models.Case, f *facts) { f.Reply, c.ConsentAt = nil, nil }},
	{"a desk without review", func(_ *models.Case, f *facts) { f.Desk.Review = models.ReviewNone }},
	{"a desk reviewed by the overseer", func(_ *models.Case, f *facts) { f.Desk.Review = models.ReviewByOverseer }},
	{"rated 2, published, answered 15 days ago", func(c *models.Case, f *facts) {
		c.Rating, c.RatedAt, c.Publication = 2, &day0, models.Published
		f.Now = day0.AddDate(0, 0, 15)
	}},
	{"rated 5, public version ready, answered 16 days ago", func(c *models.Case, f *facts) {
		c.Rating, c.RatedAt, c.Publication = 5, &day0, models.PublicationReady
		f.Now = day0.AddDate(0, 0, 16)
	}},
	{"reopened, own reviewer approved the first reply", func(c *models.Case, f *facts) {
		c.Rating, c.RatedAt, c.Round = 1, &day0, 2
		c.ReopenedAt, c.AskedAt = &day0, day0
		f.Reviewers = []int64{31}
	}},
}

func situation(status models.CaseStatus, set func(*models.Case, *facts)) (*models.Case, facts) {
	c := &models.Case{
		ID: theCase, Number: "20261116-0001", Status: status, IsOpen: status.Open(), DepartmentID: ownDepartment, ResidentID: theResident,
		Round: 1, AskedAt: day0.AddDate(0, 0, -3), AnsweredAt: &day0, ConsentAt: &day0,
	}
	f := facts{
		Now: day0, Zone: time.FixedZone("Shanghai", 8*3600), Numbers: city.DefaultHandling(), Desk: models.Desk{Review: models.ReviewByDepartment},
		Reply: &models.CaseReply{AuthorID: theAuthor, Body: "答复", Version: 1},
	}
	set(c, &f)
	return c, f
}

// TestMatrix is the documentation of who may do what when: testdata/flow.golden.
func TestMatrix(t *testing.T) {
	people := everybody()
	var b strings.Builder
	b.WriteString("Who may do what: one table for each set of facts, one block for each status, one line for each action that somebody may take.\n" +
		"The author is a handler and reviewer of the case's department who wrote the reply. Made by go test ./services/cases -update.\n")
	for _, facet := range facets {
		fmt.Fprintf(&b, "\n== %s\n", facet.name)
		for _, status := range models.CaseStatuses {
			fmt.Fprintf(&b, "%s\n", status)
			for _, action := range actionOrder {
				c, f := situation(status, facet.set)
				var names []string
				for _, p := range people {
					if may(action, p.actor, StandingOf(p.actor, c, "/1/2/"), c, f) == nil {
						names = append(names, p.name)
					}
				}
				if len(names) > 0 {
					fmt.Fprintf(&b, "  %-20s %s\n", action, strings.Join(names, ", "))
				}
			}
		}
	}
	golden := filepath.Join("testdata", "flow.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		got, old := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
		for i := range got {
			if i >= len(old) || got[i] != old[i] {
				t.Fatalf("line %d: %q; if that is meant, run with -update and read the difference", i+1, got[i])
			}
		}
		t.Fatal("the golden file has more lines")
	}
}

func TestEveryActionIsListedNamedAndInOrder(t *testing.T) {
	for action, r := range flow {
		n := 0
		for _, a := range actionOrder {
			if a == action {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s stands %d times in actionOrder", action, n)
		}
		if ActionName(string(action)).ID == "" {
			t.Errorf("%s has no name", action)
		}
		if len(r.From) == 0 || r.Who == 0 {
			t.Errorf("%s can never be taken", action)
		}
	}
	if len(flow) != len(actionOrder) {
		t.Errorf("%d actions in the flow, %d in the order", len(flow), len(actionOrder))
	}
	for action := range requires {
		if _, ok := flow[action]; !ok {
			t.Errorf("%s has a policy and no place in the flow", action)
		}
	}
}

// Nobody outside ever learns of a case, whatever its state.
func TestStrangersStandNowhere(t *testing.T) {
	for _, p := range everybody() {
		switch p.name {
		case "stranger", "visitor", "own organizer", "own system_admin", "own security_admin", "own auditor", "other handler", "other reviewer", "other leader":
			c, _ := situation(models.Handling, func(*models.Case, *facts) {})
			if s := StandingOf(p.actor, c, "/1/2/"); s != 0 {
				t.Errorf("%s stands as %b", p.name, s)
			}
		}
	}
}

// Promise 5: in every status and under every set of facts, nobody approves, returns or sends back what they wrote.
func TestAuthorNeverReviews(t *testing.T) {
	roles := []models.Role{models.Handler, models.Reviewer, models.Overseer, models.Leader}
	for _, facet := range facets {
		for _, status := range models.CaseStatuses {
			for mask := range 1 << len(roles) {
				var held []models.Role
				for i, r := range roles {
					if mask>>i&1 == 1 {
						held = append(held, r)
					}
				}
				a := staff(theAuthor, ownDepartment, held...)
				c, f := situation(status, facet.set)
				for _, action := range []Action{ActApprove, ActReturn} {
					if may(action, a, StandingOf(a, c, "/1/2/"), c, f) == nil {
						t.Errorf("%s: an author with roles %v may %s in %s", facet.name, held, action, status)
					}
				}
			}
		}
	}
}

func reasonOf(err error) string {
	if e, ok := err.(*fault.Error); ok { //nolint:errorlint // the policy returns it bare
		return e.Reason
	}
	return ""
}

func TestPolicies(t *testing.T) {
	reviewer, overseer := staff(31, ownDepartment, models.Reviewer), staff(70, 1, models.Overseer)
	owner := models.Actor{Kind: models.ResidentActor, ID: theResident}
	lastMoment := time.Date(2026, 12, 1, 15, 59, 59, int(999*time.Millisecond), time.UTC) // the end of the 15th day in Shanghai
	unsatisfied := func(at time.Time) func(*models.Case, *facts) {
		return func(c *models.Case, f *facts) { c.Rating, c.RatedAt, f.Now = 1, &day0, at }
	}
	for _, x := range []struct {
		name   string
		action Action
		actor  models.Actor
		status models.CaseStatus
		set    func(*models.Case, *facts)
		want   string
	}{
		{"another reviewer", ActApprove, reviewer, models.Reviewing, func(*models.Case, *facts) {}, ""},
		{"the one who approved before the reopening", ActApprove, reviewer, models.Reviewing, facets[6].set, "same_reviewer"},
		{"somebody else after the reopening", ActApprove, overseer, models.Reviewing, facets[6].set, ""},
		{"a follow-up after the reopened round is an ordinary round", ActApprove, reviewer, models.Reviewing, func(c *models.Case, f *facts) {
			facets[6].set(c, f)
			c.AskedAt = day0.Add(time.Hour)
		}, ""},
		{"the department where the overseer reviews", ActApprove, reviewer, models.Reviewing, facets[3].set, "overseer_reviews"},
		{"reopen in the last moment", ActReopen, owner, models.Closed, unsatisfied(lastMoment), ""},
		{"reopen a moment later", ActReopen, owner, models.Closed, unsatisfied(lastMoment.Add(time.Millisecond)), "too_late"},
		{"reopen without a judgement", ActReopen, owner, models.Answered, func(*models.Case, *facts) {}, "not_unsatisfied"},
		{"reopen when it was fair", ActReopen, owner, models.Answered, func(c *models.Case, _ *facts) { c.Rating, c.RatedAt = 3, &day0 }, "not_unsatisfied"},
		{"reopen twice", ActReopen, owner, models.Answered, facets[6].set, "already_reopened"},
		{"rate", ActRate, owner, models.Closed, func(*models.Case, *facts) {}, ""},
		{"rate twice", ActRate, owner, models.Answered, func(c *models.Case, _ *facts) { c.RatedAt = &day0 }, "already_rated"},
		{"publish after consent was withdrawn", ActPublish, reviewer, models.Closed, func(c *models.Case, _ *facts) { c.ConsentWithdrawn = &day0 }, "no_consent"},
		{"publish without consent", ActPublish, reviewer, models.Closed, func(c *models.Case, _ *facts) { c.ConsentAt = nil }, "no_consent"},
		{"close in the last moment of its days", ActClose, models.System(), models.Answered, func(_ *models.Case, f *facts) { f.Now = lastMoment }, "too_early"},
		{"close", ActClose, models.System(), models.Answered, func(_ *models.Case, f *facts) { f.Now = lastMoment.Add(time.Millisecond) }, ""},
		{"an action nobody knows", "destroy", overseer, models.Answered, func(*models.Case, *facts) {}, "not_permitted"},
	} {
		c, f := situation(x.status, x.set)
		err := may(x.action, x.actor, StandingOf(x.actor, c, "/1/2/"), c, f)
		if got := reasonOf(err); got != x.want || (err == nil) != (x.want == "") {
			t.Errorf("%s: %v (%q), want %q", x.name, err, got, x.want)
		}
	}
}
