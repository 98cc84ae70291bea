package v1_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"huiyin/test/fixture"
)

// question is a question as a program sends it.
func (f *face) question(topic string) object {
	return object{"topic_id": f.Topics[topic].ID, "title": "公租房申请要准备什么材料", "text": "我想申请公租房，请问需要准备哪些材料，到哪里办理？",
		"display_name": "王女士", "consent": true, "privacy_version": f.Privacy()}
}

func (f *face) submit(token, key string, body any) answer {
	return f.send("POST", "/cases", token, body, "Idempotency-Key", key)
}

func TestTheWholeStory(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		version := f.question(fixture.Rent)["privacy_version"]
		f.want(204, f.send("POST", "/phone-codes", "", object{"phone": fixture.Phone, "privacy_version": version}))
		in := f.want(201, f.send("POST", "/sessions", "", object{"phone": fixture.Phone, "code": f.SentCode(fixture.Phone), "privacy_version": version}))
		resident := in.Text(t, "token")
		if in.Text(t, "kind") != "resident" {
			t.Errorf("signed in as %s", in.Raw)
		}
		upload := f.want(201, f.send("POST", "/uploads", resident, nil)).Text(t, "upload_token")
		file := f.want(201, f.upload(resident, upload, "k1", "照片.png"))
		q := f.question(fixture.Rent)
		q["upload_token"] = upload
		receipt := f.want(201, f.submit(resident, "first", q))
		number, code := receipt.Text(t, "number"), receipt.Text(t, "code")
		if len(code) != 16 || receipt.Header.Get("Location") != "/api/v1/cases/"+number {
			t.Errorf("receipt %s, %s", receipt.Raw, receipt.Header.Get("Location"))
		}
		visitor := f.want(201, f.send("POST", "/receipts", "", object{"number": number, "code": strings.ToLower(code)})).Text(t, "token")
		thread := f.want(200, f.send("GET", "/cases/"+number, visitor, nil)).JSON(t)
		messages := thread["messages"].([]any)
		if n := len(messages[0].(object)["attachments"].([]any)); n != 1 {
			t.Errorf("%d attachments came along", n)
		}
		href := strings.TrimPrefix(file.Text(t, "href"), "/api/v1")
		got := f.want(200, f.send("GET", href, visitor, nil))
		if !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") || got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("download headers %v", got.Header)
		}
		f.want(404, f.send("GET", href, f.ResidentToken(fixture.Phone2), nil))

		f.staffAnswers(number)
		stranger := f.ResidentToken(fixture.Phone2)
		f.want(404, f.send("GET", "/cases/"+number, stranger, nil))
		f.want(200, f.send("POST", "/cases/"+number+"/rating", resident, object{"rating": 5, "word": "很清楚"}))
		again := f.want(409, f.send("POST", "/cases/"+number+"/rating", resident, object{"rating": 4}))
		if again.Text(t, "reason") != "already_rated" {
			t.Errorf("rated twice: %s", again.Raw)
		}
		f.staffPublishes(number)
		f.readers(resident)
		out := f.want(200, f.send("GET", "/me/export", resident, nil)).JSON(t)
		if len(out["cases"].([]any)) != 1 {
			t.Errorf("exported %v", out)
		}
		f.want(204, f.send("DELETE", "/sessions/current", resident, nil))
		f.want(401, f.send("GET", "/me", resident, nil))
	})
}

func (f *face) staffAnswers(number string) {
	t, at := f.t, "/staff/cases/"+number
	handler, reviewer := f.signIn(fixture.Handler), f.signIn(fixture.Reviewer)
	f.want(404, f.send("GET", at, f.Token(fixture.OtherHandler), nil))
	f.want(403, f.send("GET", at, f.Token(fixture.SystemAdmin), nil))
	f.want(200, f.send("POST", at+"/accept", handler, object{}))
	draft := f.want(200, f.send("PUT", at+"/reply-draft", handler, object{"body": "您好，请带身份证和户口簿到政务服务大厅办理。"})).JSON(t)
	stale := f.want(409, f.send("PUT", at+"/reply-draft", handler, object{"body": "另一稿，内容不一样的另一稿。", "reply_version": 99}))
	if changes, _ := stale.JSON(t)["changes"].(object); changes["body"] != draft["body"] {
		t.Errorf("the colleague's draft is not told: %s", stale.Raw)
	}
	f.want(200, f.send("POST", at+"/submit-review", handler, object{"body": "您好，请带身份证和户口簿到政务服务大厅办理。", "reply_version": draft["version"]}))
	own := f.want(403, f.send("POST", at+"/approve", handler, object{}))
	if own.Text(t, "reason") != "not_permitted" {
		t.Errorf("own work: %s", own.Raw)
	}
	seen := f.want(200, f.send("GET", at, reviewer, nil)).JSON(t)
	if !slices.Contains(seen["actions"].([]any), any("approve")) || strings.Contains(seen["phone_masked"].(string), fixture.Phone) {
		t.Errorf("the reviewer sees %v, %v", seen["actions"], seen["phone_masked"])
	}
	f.want(200, f.send("POST", at+"/approve", reviewer, object{"version": seen["version"]}))
	f.want(200, f.send("POST", at+"/send", handler, object{}))
	contact := f.want(200, f.send("POST", at+"/reveal", handler, nil))
	if contact.Text(t, "phone") != fixture.Phone {
		t.Errorf("revealed %s", contact.Raw)
	}
	f.want(201, f.send("POST", at+"/notes", handler, object{"text": "已电话联系。"}))
	list := f.want(200, f.send("GET", "/staff/inbox?view=all", handler, nil)).JSON(t)
	if len(list["items"].([]any)) != 1 {
		t.Errorf("inbox %v", list)
	}
	f.want(200, f.send("GET", "/staff/counts", handler, nil))
	bell := f.want(200, f.send("GET", "/staff/notices", reviewer, nil)).JSON(t)
	if bell["unread"].(float64) != 0 {
		t.Errorf("the review is done and still on the reviewer's bell: %v", bell)
	}
	id := bell["items"].([]any)[0].(object)["id"]
	f.want(204, f.send("POST", "/staff/notices/read", reviewer, object{"up_to": id}))
}

func (f *face) signIn(account string) string {
	f.t.Helper()
	a := f.want(201, f.send("POST", "/staff/sessions", "", object{"account": account, "password": fixture.Password}))
	return a.Text(f.t, "token")
}

func (f *face) staffPublishes(number string) {
	at := "/staff/cases/" + number + "/publication"
	handler, reviewer := f.Token(fixture.Handler), f.Token(fixture.Reviewer)
	p := f.want(200, f.send("GET", at, handler, nil)).JSON(f.t)
	decisions := []object{}
	for _, found := range p["findings"].([]any) {
		decisions = append(decisions, object{"key": found.(object)["key"], "choice": "keep"})
	}
	saved := f.want(200, f.send("PUT", at, handler, object{"title": p["title"], "question": p["question"], "answer": p["answer"], "decisions": decisions})).JSON(f.t)
	f.want(200, f.send("POST", at+"/confirm", handler, object{"version": saved["version"]}))
	ready := f.want(200, f.send("GET", at, reviewer, nil)).JSON(f.t)
	f.want(200, f.send("POST", at+"/publish", reviewer, object{"version": ready["version"]}))
}

func (f *face) readers(resident string) {
	t := f.t
	list := f.want(200, f.send("GET", "/library", "", nil)).JSON(t)
	e := list["items"].([]any)[0].(object)
	raw, _ := json.Marshal(e["id"])
	at := "/library/" + string(raw)
	f.want(200, f.send("GET", at, "", nil))
	f.want(401, f.send("PUT", at+"/favourite", "", nil))
	f.want(204, f.send("PUT", at+"/favourite", resident, nil))
	kept := f.want(200, f.send("GET", "/favourites", resident, nil)).JSON(t)
	if len(kept["items"].([]any)) != 1 {
		t.Errorf("favourites %v", kept)
	}
	f.want(204, f.send("DELETE", at+"/favourite", resident, nil))
	v := f.want(200, f.send("POST", at+"/votes", resident, object{"helpful": true})).JSON(t)
	if v["helpful"].(float64) != 1 {
		t.Errorf("votes %v", v)
	}
	f.want(404, f.send("GET", "/library/999999", "", nil))
	f.want(200, f.send("PATCH", "/me", resident, object{"display_name": "王女士"}))
}

// upload sends a small picture.
func (f *face) upload(token, upload, key, name string) answer {
	f.t.Helper()
	return f.picture(token, "/attachments", key, name, "Upload-Token", upload)
}

// picture sends a small picture as the file of a form.
func (f *face) picture(token, path, key, name string, headers ...string) answer {
	f.t.Helper()
	var picture, body bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		f.t.Fatal(err)
	}
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		f.t.Fatal(err)
	}
	_, _ = part.Write(picture.Bytes())
	_ = w.Close()
	return f.send("POST", path, token, body.Bytes(), append(headers, "Content-Type", w.FormDataContentType(), "Idempotency-Key", key)...)
}
