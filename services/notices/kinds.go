package notices

import (
	"huiyin/internal/i18n"
	"huiyin/models"
)

// Kind names one sort of notice.
type Kind string

// The kinds to residents, by SMS.
const (
	Code          Kind = "code"
	CaseReceived  Kind = "case_received"
	CaseAccepted  Kind = "case_accepted"
	CaseAnswered  Kind = "case_answered"
	CasePublished Kind = "case_published"
	CaseReopened  Kind = "case_reopened"
)

// The kinds to staff, on the console's bell and by mail.
const (
	CaseAssigned         Kind = "case_assigned"
	CaseToReview         Kind = "case_to_review"
	CaseReturned         Kind = "case_returned"
	CaseApproved         Kind = "case_approved"
	CaseDueSoon          Kind = "case_due_soon"
	CaseOverdue          Kind = "case_overdue"
	CaseFollowUp         Kind = "case_follow_up"
	CaseRatedLow         Kind = "case_rated_low"
	PublicationToPublish Kind = "publication_to_publish"
	PublicationReturned  Kind = "publication_returned"
	PublicationPublished Kind = "publication_published"
	PublicationTakenOut  Kind = "publication_taken_out"
)

// Audience is whom a kind speaks to.
type Audience string

// The audiences.
const (
	ToResident Audience = "resident"
	ToStaff    Audience = "staff"
)

// Spec is what the table of kinds says of one.
type Spec struct {
	Kind     Kind
	Name     string // message id
	Audience Audience
	Channels []models.Channel
	Allowed  []string // placeholders a template of this kind may use
	Needed   []string // placeholders an SMS template of this kind must use
	Must     bool     // staff cannot switch off its bell
}

// No kind allows a title or a name: either may hold personal data, and messages pass through many hands.
var (
	residentWords = []string{"city", "number", "address", "due", "department"}
	settledWords  = []string{"city", "number", "address", "department"}
	staffWords    = []string{"city", "number", "address", "due", "department", "topic"}
	trackable     = []string{"address"} // which ends with the number
	bySMS         = []models.Channel{models.SMS}
	toConsole     = []models.Channel{models.Bell, models.Email}
)

func resident(k Kind, name string, allowed []string) Spec {
	return Spec{Kind: k, Name: name, Audience: ToResident, Channels: bySMS, Allowed: allowed, Needed: trackable}
}

func staff(k Kind, name string, must bool) Spec {
	return Spec{Kind: k, Name: name, Audience: ToStaff, Channels: toConsole, Allowed: staffWords, Must: must}
}

var specs = []Spec{
	{Kind: Code, Name: i18n.N("验证码"), Audience: ToResident, Channels: bySMS, Allowed: []string{"city", "code", "minutes"}, Needed: []string{"code"}},
	resident(CaseReceived, i18n.N("诉求已收到"), residentWords),
	resident(CaseAccepted, i18n.N("诉求已受理"), residentWords),
	resident(CaseAnswered, i18n.N("诉求已答复"), settledWords),
	resident(CasePublished, i18n.N("答复已公开"), settledWords),
	resident(CaseReopened, i18n.N("诉求已重新办理"), residentWords),
	staff(CaseAssigned, i18n.N("诉求分配给您"), true),
	staff(CaseToReview, i18n.N("答复待您审核"), false),
	staff(CaseReturned, i18n.N("答复被退回"), true),
	staff(CaseApproved, i18n.N("答复审核通过，待您发送"), true),
	staff(CaseDueSoon, i18n.N("诉求即将到期"), false),
	staff(CaseOverdue, i18n.N("诉求已超期"), true),
	staff(CaseFollowUp, i18n.N("群众有追问"), false),
	staff(CaseRatedLow, i18n.N("群众评价不满意"), false),
	staff(PublicationToPublish, i18n.N("公开稿待您发布"), false),
	staff(PublicationReturned, i18n.N("公开稿被退回"), false),
	staff(PublicationPublished, i18n.N("公开稿已发布"), false),
	staff(PublicationTakenOut, i18n.N("公开稿已撤下"), false),
}

var specOf = func() map[Kind]Spec {
	m := make(map[Kind]Spec, len(specs))
	for _, s := range specs {
		m[s.Kind] = s
	}
	return m
}()

// Specs lists every kind in the order screens show them.
func Specs() []Spec { return append([]Spec(nil), specs...) }

// SpecOf returns what the table says of a kind.
func SpecOf(k Kind) (Spec, bool) {
	s, ok := specOf[k]
	return s, ok
}
