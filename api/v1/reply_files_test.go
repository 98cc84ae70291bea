package v1_test

import (
	"strconv"
	"strings"
	"testing"

	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

func TestFilesOfAReply(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident, handler := f.ResidentToken(fixture.Phone), f.Token(fixture.Handler)
	number := f.want(201, f.submit(resident, "case", f.question(fixture.Rent))).Text(t, "number")
	at := "/staff/cases/" + number
	f.want(200, f.send("POST", at+"/accept", handler, object{}))
	early := f.want(409, f.picture(handler, at+"/reply-attachments", "a", "表格.png"))
	if early.Text(t, "reason") != "no_reply" {
		t.Errorf("a file before the draft: %s", early.Raw)
	}
	text := "您好，请带身份证到政务服务大厅办理，表格见附件。"
	draft := f.want(200, f.send("PUT", at+"/reply-draft", handler, object{"body": text})).JSON(t)
	one := f.want(201, f.picture(handler, at+"/reply-attachments", "a", "表格.png"))
	again := f.want(201, f.picture(handler, at+"/reply-attachments", "a", "表格.png"))
	if string(one.Raw) != string(again.Raw) {
		t.Errorf("%s, then %s", one.Raw, again.Raw)
	}
	two := f.want(201, f.picture(handler, at+"/reply-attachments", "b", "样张.png")).JSON(t)
	f.want(422, f.send("POST", at+"/reply-attachments", handler, "--x--", "Content-Type", "multipart/form-data; boundary=x"))
	f.want(404, f.picture(f.Token(fixture.OtherHandler), at+"/reply-attachments", "c", "表格.png"))
	f.want(404, f.send("GET", at+"/reply-attachments", f.Token(fixture.OtherHandler), nil))
	f.want(401, f.send("GET", at+"/reply-attachments", resident, nil))
	f.want(404, f.send("DELETE", at+"/reply-attachments/999", handler, nil))
	f.want(204, f.send("DELETE", at+"/reply-attachments/"+strconv.Itoa(int(two["id"].(float64))), handler, nil))
	left := f.want(200, f.send("GET", at+"/reply-attachments", handler, nil)).JSON(t)["items"].([]any)
	if len(left) != 1 || left[0].(object)["name"] != "表格.png" {
		t.Errorf("left %v", left)
	}
	href := strings.TrimPrefix(left[0].(object)["href"].(string), "/api/v1")
	f.want(404, f.send("GET", href, resident, nil))
	f.want(404, f.send("GET", href, f.Token(fixture.OtherHandler), nil))
	f.want(200, f.send("POST", at+"/submit-review", handler, object{"body": text, "reply_version": draft["version"]}))
	reviewer := f.Token(fixture.Reviewer)
	under := f.want(200, f.send("GET", at, reviewer, nil)).JSON(t)["reply"].(object)["attachments"].([]any)
	if len(under) != 1 {
		t.Errorf("the reviewer sees %v", under)
	}
	f.want(200, f.send("GET", href, reviewer, nil))
	f.want(200, f.send("POST", at+"/approve", f.Token(fixture.Reviewer), object{}))
	f.want(200, f.send("POST", at+"/send", handler, object{}))
	messages := f.want(200, f.send("GET", "/cases/"+number, resident, nil)).JSON(t)["messages"].([]any)
	files := messages[len(messages)-1].(object)["attachments"].([]any)
	if len(files) != 1 {
		t.Fatalf("the reply came with %v", files)
	}
	f.want(200, f.send("GET", strings.TrimPrefix(files[0].(object)["href"].(string), "/api/v1"), resident, nil))
}
