package v1_test

import (
	"bytes"
	"sync"
	"testing"

	"huiyin/models"
	"huiyin/test/fixture"
)

func TestTheSameKeyAsksOnce(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		resident := f.ResidentToken(fixture.Phone)
		first := f.want(201, f.submit(resident, "k", f.question(fixture.Rent)))
		again := f.want(201, f.submit(resident, "k", f.question(fixture.Rent)))
		if string(first.Raw) != string(again.Raw) || again.Header.Get("Idempotency-Replayed") != "true" || again.Header.Get("Location") == "" {
			t.Errorf("answered %s, then %s", first.Raw, again.Raw)
		}
		other := f.question(fixture.Rent)
		other["title"] = "另一个问题的标题是这样的"
		if a := f.want(422, f.submit(resident, "k", other)); a.Text(t, "reason") != "idempotency_mismatch" {
			t.Errorf("another question under the same key: %s", a.Raw)
		}
		f.want(422, f.send("POST", "/cases", resident, f.question(fixture.Rent))) // without a key
		stranger := f.want(201, f.submit(f.ResidentToken(fixture.Phone2), "k", f.question(fixture.Rent)))
		if stranger.Text(t, "number") == first.Text(t, "number") {
			t.Error("another resident's key is the same key")
		}
	})
}

func TestTheSameKeyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		resident := f.ResidentToken(fixture.Phone)
		number := f.want(201, f.submit(resident, "case", f.question(fixture.Rent))).Text(t, "number")
		body := f.question(fixture.Rent)
		for name, send := range map[string]func() answer{
			"submit":     func() answer { return f.submit(resident, "race 1", body) },
			"supplement": func() answer { return f.supplement(resident, number, "race 2") },
		} {
			var wg sync.WaitGroup
			answers := make([]answer, 8)
			for i := range answers {
				wg.Go(func() { answers[i] = send() })
			}
			wg.Wait()
			for _, a := range answers {
				if a.Status != 201 || string(a.Raw) != string(answers[0].Raw) {
					t.Errorf("%s: %d %s", name, a.Status, a.Raw)
				}
			}
		}
		list := f.want(200, f.send("GET", "/cases", resident, nil)).JSON(t)["items"].([]any)
		if len(list) != 2 {
			t.Errorf("%d cases, want 2", len(list))
		}
		messages := f.want(200, f.send("GET", "/cases/"+number, resident, nil)).JSON(t)["messages"].([]any)
		if len(messages) != 2 {
			t.Errorf("%d messages, want the question and one supplement", len(messages))
		}
	})
}

// withFile is a question with an attachment that was sent ahead.
func (f *face) withFile(resident, key string) object {
	f.t.Helper()
	upload := f.want(201, f.send("POST", "/uploads", resident, nil)).Text(f.t, "upload_token")
	f.want(201, f.upload(resident, upload, "file of "+key, "一.png"))
	q := f.question(fixture.Rent)
	q["upload_token"] = upload
	return q
}

func (f *face) count(model any) (n int64) {
	f.t.Helper()
	if err := f.DB.Conn(f.t.Context()).Model(model).Count(&n).Error; err != nil {
		f.t.Fatal(err)
	}
	return n
}

// A process that dies after the case is made and before its answer is kept leaves the key under way: the same request then finds the case.
func TestTheSameKeyFindsItsCaseAfterACrash(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		resident := f.ResidentToken(fixture.Phone)
		for name, q := range map[string]object{"plain": f.question(fixture.Rent), "with a file": f.withFile(resident, "k")} {
			first := f.want(201, f.submit(resident, name, q))
			err := f.DB.Conn(t.Context()).Model(&models.IdempotencyKey{}).Where("status = 1").UpdateColumns(map[string]any{"status": 0, "body_sealed": ""}).Error
			if err != nil {
				t.Fatal(err)
			}
			if again := f.want(201, f.submit(resident, name, q)); string(again.Raw) != string(first.Raw) {
				t.Errorf("%s: answered %s, then %s", name, first.Raw, again.Raw)
			}
		}
		if n := f.count(&models.Case{}); n != 2 {
			t.Errorf("%d cases of two questions", n)
		}
	})
}

// What was uploaded comes along or nothing is asked.
func TestAnUploadThatIsNotThereIsTold(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		resident := f.ResidentToken(fixture.Phone)
		q := f.withFile(resident, "k")
		f.want(201, f.submit(resident, "first", q))
		unknown := f.question(fixture.Rent)
		unknown["upload_token"] = "0123456789012345678901234567890123456789"
		for name, body := range map[string]object{"unknown": unknown, "taken by another question": q} {
			if a := f.want(422, f.submit(resident, name, body)); !bytes.Contains(a.Raw, []byte("upload_token")) {
				t.Errorf("%s: %s", name, a.Raw)
			}
		}
		if n := f.count(&models.Case{}); n != 1 {
			t.Errorf("%d cases", n)
		}
	})
}

func (f *face) supplement(token, number, key string) answer {
	return f.send("POST", "/cases/"+number+"/supplements", token, object{"text": "补充一点：我是本县户口。"}, "Idempotency-Key", key)
}

func TestAFailureLeavesTheKeyFree(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		resident := f.ResidentToken(fixture.Phone)
		number := f.want(201, f.submit(resident, "case", f.question(fixture.Rent))).Text(t, "number")
		f.want(422, f.send("POST", "/cases/"+number+"/supplements", resident, object{"text": "短"}, "Idempotency-Key", "k"))
		f.want(201, f.supplement(resident, number, "k"))
		upload := f.want(201, f.send("POST", "/uploads", resident, nil, "Idempotency-Key", "u"))
		same := f.want(201, f.send("POST", "/uploads", resident, nil, "Idempotency-Key", "u"))
		if upload.Text(t, "upload_token") != same.Text(t, "upload_token") {
			t.Error("two uploads under one key")
		}
		token := upload.Text(t, "upload_token")
		f.want(422, f.send("POST", "/attachments", resident, "--x--", "Content-Type", "multipart/form-data; boundary=x", "Upload-Token", token, "Idempotency-Key", "a"))
		one := f.want(201, f.upload(resident, token, "a", "一.png"))
		two := f.want(201, f.upload(resident, token, "a", "一.png"))
		if string(one.Raw) != string(two.Raw) {
			t.Errorf("%s, then %s", one.Raw, two.Raw)
		}
		f.want(422, f.upload(resident, token, "a", "二.png"))
		staged := f.want(200, f.send("GET", "/attachments", resident, nil, "Upload-Token", token)).JSON(t)["items"].([]any)
		if len(staged) != 1 {
			t.Errorf("%d files staged", len(staged))
		}
	})
}

func TestTokensAreSealedAtRest(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		handler := f.Token(fixture.Handler)
		made := f.want(201, f.send("POST", "/staff/tokens", handler, object{"label": "program", "days": 30}, "Idempotency-Key", "k"))
		token := made.Text(t, "token")
		if got := f.want(201, f.send("POST", "/staff/tokens", handler, object{"label": "program", "days": 30}, "Idempotency-Key", "k")).Text(t, "token"); got != token {
			t.Error("a second token was made")
		}
		var rows []models.IdempotencyKey
		if err := f.DB.Conn(t.Context()).Find(&rows).Error; err != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if rows[0].BodySealed == "" || len(rows[0].BodySealed) > 0 && rows[0].BodySealed[0] == '{' {
			t.Errorf("kept as %q", rows[0].BodySealed)
		}
		f.want(200, f.send("GET", "/staff/inbox", token, nil))
	})
}
