package v1

import (
	"huiyin/internal/pii"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/notices"
)

var (
	publicationStates = []models.PublicationStatus{
		models.PublicationNone, models.PublicationWanted, models.PublicationDraft, models.PublicationReady, models.Published, models.Unpublished,
	}
	deliveryStates = []models.DeliveryState{
		models.DeliveryQueued, models.DeliverySending, models.DeliverySent, models.DeliveryRetry, models.DeliveryFailed, models.DeliveryUnknown,
		models.DeliveryResent,
	}
	actors = []models.ActorKind{models.VisitorActor, models.ResidentActor, models.StaffActor}
)

func noticeKinds() []notices.Kind {
	var kinds []notices.Kind
	for _, s := range notices.Specs() {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

// sets writes into the document which values a text may have, by shape and name, where Go has the list.
func (s *server) sets() {
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	enum := func(values any, property string, shapes ...string) {
		for _, shape := range shapes {
			p := schemas[shape].Properties[property]
			if p.Items != nil {
				p = p.Items
			}
			show(p, map[string]any{"enum": values})
		}
	}
	enum(publicationStates, "publication", "CaseCard", "InboxRow", "StaffThread", "Thread")
	enum(publicationStates, "status", "PublicVersion")
	enum(models.CaseStatuses, "status", "Event", "OwnCase", "Receipt")
	enum(cases.Actions(), "actions", "StaffThread", "Thread")
	enum(cases.Actions(), "action", "RefusedAct")
	enum(pii.Kinds(), "kind", "Finding")
	enum(deliveryStates, "state", "Record")
	enum([]models.Channel{models.SMS, models.Email, models.Bell}, "channel", "Record")
	enum(noticeKinds(), "kind", "BellItem", "Preference", "Record", "Wish")
	enum(actors, "kind", "Whoami")
}
