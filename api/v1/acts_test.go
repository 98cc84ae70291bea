package v1_test

import (
	"net/url"
	"strings"
	"testing"

	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// arrives is a question of Phone's about a topic.
func (f *face) arrives(topic, key string) string {
	f.t.Helper()
	return f.want(201, f.submit(f.ResidentToken(fixture.Phone), key, f.question(topic))).Text(f.t, "number")
}

// replies writes, has approved and sends a reply to a case that is being handled.
func (f *face) replies(number, text string) {
	f.t.Helper()
	at, handler := "/staff/cases/"+number, f.Token(fixture.Handler)
	draft := f.want(200, f.send("PUT", at+"/reply-draft", handler, object{"body": text})).JSON(f.t)
	f.want(200, f.send("POST", at+"/submit-review", handler, object{"body": text, "reply_version": draft["version"]}))
	f.want(200, f.send("POST", at+"/approve", f.Token(fixture.Reviewer), object{}))
	f.want(200, f.send("POST", at+"/send", handler, object{}))
}

func (f *face) status(a answer, want string) answer {
	f.t.Helper()
	if got := a.Text(f.t, "status"); got != want {
		f.t.Fatalf("status is %q, want %q: %s", got, want, a.Raw)
	}
	return a
}

const answered = "您好，请带身份证和户口簿到政务服务大厅办理。"

func TestAReplyTakesTurns(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	number := f.arrives(fixture.Rent, "case")
	at, handler, reviewer := "/staff/cases/"+number, f.Token(fixture.Handler), f.Token(fixture.Reviewer)
	f.status(f.want(200, f.send("POST", at+"/accept", handler, object{})), "handling")
	submit := func() {
		version := f.want(200, f.send("PUT", at+"/reply-draft", handler, object{"body": answered})).JSON(t)["version"]
		f.status(f.want(200, f.send("POST", at+"/submit-review", handler, object{"body": answered, "reply_version": version})), "reviewing")
	}
	submit()
	f.status(f.want(200, f.send("POST", at+"/recall", handler, object{})), "handling")
	submit()
	f.want(422, f.send("POST", at+"/return", reviewer, object{"comment": ""}))
	f.status(f.want(200, f.send("POST", at+"/return", reviewer, object{"comment": "请写明办理地点和时间。"})), "handling")
	draft := f.want(200, f.send("GET", at, handler, nil)).JSON(t)["reply"].(object)
	if draft["comment"] != "请写明办理地点和时间。" {
		t.Errorf("the handler does not see why: %v", draft)
	}
	submit()
	f.status(f.want(200, f.send("POST", at+"/approve", reviewer, object{})), "approved")
	resident := f.ResidentToken(fixture.Phone)
	f.status(f.want(200, f.send("GET", "/cases/"+number, resident, nil)), "handling") // the inner steps are the office's own
	f.status(f.want(200, f.send("POST", at+"/send", handler, object{})), "answered")
	f.status(f.want(200, f.send("GET", "/cases/"+number, resident, nil)), "answered")
}

func TestCasesMoveBetweenHands(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	one, two := f.arrives(fixture.Rent, "one"), f.arrives(fixture.Rent, "two")
	overseer := f.Token(fixture.Overseer)
	var second any
	for _, p := range items(t, f.want(200, f.send("GET", "/staff/colleagues", f.Token(fixture.Reviewer), nil))) {
		if p["id"].(float64) == float64(f.Actor(fixture.Handler2).ID) {
			second = p["id"]
		}
	}
	if second == nil {
		t.Fatal("the colleague is not in the list")
	}
	outcomes := items(t, f.want(200, f.send("POST", "/staff/bulk-assign", f.Token(fixture.Reviewer), object{
		"numbers": []string{one, two, "20991231-0001"}, "handler_id": second, "note": "请今天看一下。",
	})))
	for i, done := range []bool{true, true, false} {
		if outcomes[i]["done"] != done || (outcomes[i]["problem"] == nil) != done {
			t.Errorf("outcome %v", outcomes[i])
		}
	}
	mine := items(t, f.want(200, f.send("GET", "/staff/inbox?view=mine", f.Token(fixture.Handler2), nil)))
	if len(mine) != 2 {
		t.Errorf("%d cases are mine", len(mine))
	}
	f.want(422, f.send("POST", "/staff/cases/"+one+"/transfer", overseer, object{"topic_id": f.Topics[fixture.Bus].ID, "reason": ""}))
	moved := f.want(200, f.send("POST", "/staff/cases/"+one+"/transfer", overseer, object{"topic_id": f.Topics[fixture.Bus].ID, "reason": "属于交通运输部门的职责。"}))
	if moved.JSON(t)["department"].(object)["name"] != f.Transport.Name {
		t.Errorf("transferred: %s", moved.Raw)
	}
	f.want(404, f.send("GET", "/staff/cases/"+one, f.Token(fixture.Handler2), nil))
	f.want(200, f.send("GET", "/staff/cases/"+one, f.Token(fixture.OtherHandler), nil))
}

func TestAResidentComesBack(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident := f.ResidentToken(fixture.Phone)
	number := f.arrives(fixture.Rent, "case")
	at := "/cases/" + number
	f.Answer(number)
	again := f.want(201, f.send("POST", at+"/follow-ups", resident, object{"text": "请问办理需要几天时间？"}, "Idempotency-Key", "f"))
	if again.JSON(t)["round"] != 2.0 {
		t.Errorf("followed up: %s", again.Raw)
	}
	f.replies(number, "您好，一般五个工作日办结。")
	f.want(422, f.send("POST", at+"/rating", resident, object{"rating": 6}))
	f.status(f.want(200, f.send("POST", at+"/rating", resident, object{"rating": 1, "word": "没有解决"})), "answered") // so that it can be reopened
	reopened := f.want(201, f.send("POST", at+"/reopening", resident, object{"text": "还是没有解决，请重新办理。"}))
	f.status(reopened, "handling")
	f.want(409, f.send("POST", at+"/reopening", resident, object{"text": "还是没有解决，请重新办理。"}))

	other := f.arrives(fixture.Repair, "other")
	f.want(404, f.send("POST", "/cases/"+other+"/withdrawal", f.ResidentToken(fixture.Phone2), object{}))
	f.status(f.want(200, f.send("POST", "/cases/"+other+"/withdrawal", resident, object{"reason": "已经解决了。"})), "withdrawn")
	f.want(409, f.send("POST", "/cases/"+other+"/withdrawal", resident, object{}))
}

func TestConsentAndPublication(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident, handler, reviewer := f.ResidentToken(fixture.Phone), f.Token(fixture.Handler), f.Token(fixture.Reviewer)
	q := f.question(fixture.Rent)
	q["consent"] = false
	number := f.want(201, f.submit(resident, "case", q)).Text(t, "number")
	at, public := "/cases/"+number, "/staff/cases/"+number+"/publication"
	f.Answer(number)
	given := f.want(200, f.send("POST", at+"/consent", resident, nil)).JSON(t)
	if given["consent"] != true {
		t.Errorf("consent: %v", given)
	}
	f.staffPublishes(number)
	entry := f.want(200, f.send("GET", at, resident, nil)).JSON(t)["entry_id"]
	if entry == nil {
		t.Fatal("the thread does not lead to its entry")
	}
	if err := f.Library.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := f.want(200, f.send("GET", "/library?q="+url.QueryEscape("公租房 材料"), "", nil))
	hits := items(t, found)
	if len(hits) != 1 || hits[0]["id"] != entry || !marked(hits[0]["title_parts"]) || !marked(hits[0]["snippet"]) || found.JSON(t)["total"] != 1.0 {
		t.Errorf("found %s", found.Raw)
	}
	like := items(t, f.want(200, f.send("GET", "/library/similar?text="+url.QueryEscape("申请公租房需要哪些材料"), "", nil)))
	if len(like) != 1 || like[0]["id"] != entry {
		t.Errorf("similar %v", like)
	}
	none := items(t, f.want(200, f.send("GET", "/library?q="+url.QueryEscape("公租房")+"&topic="+id(object{"id": float64(f.Topics[fixture.Bus].ID)}), "", nil)))
	if len(none) != 0 {
		t.Errorf("of another topic: %v", none)
	}
	f.want(422, f.send("POST", public+"/unpublish", reviewer, object{"reason": "短"}))
	down := f.want(200, f.send("POST", public+"/unpublish", reviewer, object{"reason": "政策有变化，需要更正。"})).JSON(t)
	if down["publication"] != "unpublished" {
		t.Errorf("taken down: %v", down)
	}
	gone := "/library/" + id(object{"id": entry})
	f.want(410, f.send("GET", gone, "", nil))
	f.want(410, f.send("POST", gone+"/votes", resident, object{"helpful": true}))
	f.want(410, f.send("PUT", gone+"/favourite", resident, nil))
	f.want(204, f.send("DELETE", gone+"/favourite", resident, nil))

	second := f.arrives(fixture.Rent, "second")
	f.Answer(second)
	p := f.want(200, f.send("GET", "/staff/cases/"+second+"/publication", handler, nil)).JSON(t)
	saved := f.want(200, f.send("PUT", "/staff/cases/"+second+"/publication", handler, object{"title": p["title"], "question": p["question"], "answer": p["answer"], "decisions": keepAll(p)})).JSON(t)
	f.want(200, f.send("POST", "/staff/cases/"+second+"/publication/confirm", handler, object{"version": saved["version"]}))
	ready := f.want(200, f.send("GET", "/staff/cases/"+second+"/publication", reviewer, nil)).JSON(t)
	f.want(403, f.send("POST", "/staff/cases/"+second+"/publication/recall", reviewer, object{"version": ready["version"]}))
	again := f.want(200, f.send("POST", "/staff/cases/"+second+"/publication/recall", handler, object{"version": ready["version"]})).JSON(t)
	if again["publication"] != "draft" {
		t.Errorf("taken back: %v", again)
	}
	draft := f.want(200, f.send("GET", "/staff/cases/"+second+"/publication", handler, nil)).JSON(t)
	f.want(200, f.send("POST", "/staff/cases/"+second+"/publication/confirm", handler, object{"version": draft["version"]}))
	ready = f.want(200, f.send("GET", "/staff/cases/"+second+"/publication", reviewer, nil)).JSON(t)
	back := f.want(200, f.send("POST", "/staff/cases/"+second+"/publication/return", reviewer, object{"version": ready["version"], "comment": "标题写得更具体一些。"})).JSON(t)
	if back["publication"] != "draft" {
		t.Errorf("returned: %v", back)
	}
	withdrawn := f.want(200, f.send("DELETE", "/cases/"+second+"/consent", resident, nil)).JSON(t)
	if withdrawn["consent"] != false {
		t.Errorf("withdrawn: %v", withdrawn)
	}
}

func keepAll(p object) []object {
	decisions := []object{}
	for _, found := range p["findings"].([]any) {
		decisions = append(decisions, object{"key": found.(object)["key"], "choice": "keep"})
	}
	return decisions
}

// marked tells whether some part is what was searched for.
func marked(parts any) bool {
	list, _ := parts.([]any)
	for _, p := range list {
		if one := p.(object); one["hit"] == true && strings.TrimSpace(one["text"].(string)) != "" {
			return true
		}
	}
	return false
}

func TestAProgramIsToldOfAColleagueWhoWritesToo(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	number := f.arrives(fixture.Rent, "case")
	at, one, two := "/staff/cases/"+number, f.Token(fixture.Handler), f.Token(fixture.Handler2)
	f.want(200, f.send("POST", at+"/accept", one, object{}))
	draft := f.want(200, f.send("PUT", at+"/reply-draft", one, object{"body": answered})).JSON(t)
	others := func(reply object) (names []any) {
		for _, p := range reply["writing"].([]any) {
			names = append(names, p.(object)["name"])
		}
		return names
	}
	in := func(token string) []any {
		return others(f.want(200, f.send("GET", at, token, nil)).JSON(t)["reply"].(object))
	}
	name := draft["author"].(object)["name"]
	if a, b, c := others(draft), in(two), in(f.Token(fixture.Reviewer)); len(a) != 0 || len(b) != 1 || b[0] != name || len(c) != 0 {
		t.Errorf("the writer is told of %v, a colleague of %v, who may not write of %v", a, b, c)
	}
	theirs := f.want(200, f.send("PUT", at+"/reply-draft", two, object{"body": answered + "谢谢。", "reply_version": draft["version"]})).JSON(t)
	if got := others(theirs); len(got) != 1 || got[0] != name {
		t.Errorf("saving tells of %v", got)
	}
	f.want(200, f.send("POST", at+"/submit-review", one, object{"body": answered, "reply_version": theirs["version"]}))
	f.want(200, f.send("POST", at+"/recall", one, object{}))
	if got := in(two); len(got) != 0 {
		t.Errorf("whoever handed it on is still writing: %v", got)
	}
}
