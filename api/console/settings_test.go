package console_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"huiyin/models"
	"huiyin/services/audit"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// filled returns what a browser would send for the form with that action on the page.
func (p page) filled(action string) url.Values {
	p.t.Helper()
	from := strings.Index(p.Body, `action="`+action+`"`)
	if from < 0 {
		p.t.Fatalf("no form for %s", action)
	}
	body := p.Body[from:]
	body = body[:strings.Index(body, "</form>")]
	v := url.Values{}
	for _, m := range regexp.MustCompile(`<input[^>]*>`).FindAllString(body, -1) {
		name, value := attribute(m, "name"), attribute(m, "value")
		box := attribute(m, "type") == "checkbox"
		if name != "" && (!box || strings.Contains(m, " checked")) {
			v.Add(name, value)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>`).FindAllStringSubmatch(body, -1) {
		v.Add(m[1], m[2])
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)".*?</select>`).FindAllStringSubmatch(body, -1) {
		if s := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(m[0]); s != nil {
			v.Add(m[1], s[1])
		}
	}
	return v
}

func attribute(tag, name string) string {
	m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return m[1]
}

// settingsForm is one form of the settings: a change that is fine, and one that is not.
type settingsForm struct {
	name, owner, other, show, action string
	good, bad                        map[string]string
	says                             string // beside the bad field
	stale                            bool   // the form is guarded by a version
}

func changed(v url.Values, with map[string]string) url.Values {
	for k, x := range with {
		v.Set(k, x)
	}
	return v
}

// Every form of the settings: saved, refused with what was typed and the error beside its field, stale, and closed to others.
func TestSettingsForms(t *testing.T) {
	c, w := newCity(t)
	desks, err := c.Cases.Desks(c.Context())
	if err != nil || len(desks) == 0 {
		t.Fatal(desks, err)
	}
	const base = "/console/settings"
	department := base + "/departments/" + strconv.FormatInt(c.Housing.ID, 10)
	var topic string
	var group int64
	for _, x := range c.Topics {
		if x.DepartmentID != 0 {
			group = x.ParentID
			topic = base + "/topics/" + strconv.FormatInt(x.ID, 10)
		}
	}
	desk := base + "/desks/" + strconv.FormatInt(desks[0].ID, 10)
	member := base + "/staff/" + strconv.FormatInt(c.Actor(fixture.Handler).ID, 10)
	sms := base + "/notices/case_received/sms/zh-CN"
	how := base + "/pages/how/zh-CN"
	if err := c.City.SeedDefaults(c.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := c.Cases.SaveReplyTemplate(c.Context(), c.Actor(fixture.SystemAdmin), 0, cases.ReplyTemplateInput{Title: "收件说明", Body: "您好，材料已经收到，我们会尽快核对。", Active: true})
	if err != nil {
		t.Fatal(err)
	}
	reply := base + "/replies/" + strconv.FormatInt(kept.ID, 10)
	housing, transport := strconv.FormatInt(c.Housing.ID, 10), strconv.FormatInt(c.Transport.ID, 10)
	forms := []settingsForm{
		{"city", fixture.SystemAdmin, fixture.SecurityAdmin, base + "/city", base + "/city", map[string]string{"city_name": "青溪县"}, map[string]string{"color": "#ffff00", "city_name": "云山县"}, "这个颜色太浅", true},
		{"handling", fixture.SystemAdmin, fixture.SecurityAdmin, base + "/handling", base + "/handling", map[string]string{"reopen_days": "20"}, map[string]string{"close_days": "many"}, "请填一个整数", true},
		{"security", fixture.SecurityAdmin, fixture.SystemAdmin, base + "/security", base + "/security", map[string]string{"lock_after": "6"}, map[string]string{"lock_minutes": "1"}, "之间的整数", true},
		{"retention", fixture.SecurityAdmin, fixture.Auditor, base + "/retention", base + "/retention", map[string]string{"audit_months": "48"}, map[string]string{"audit_months": "3"}, "之间的整数", true},
		{"department", fixture.SystemAdmin, fixture.SecurityAdmin, department, department, map[string]string{"phone": "0571-88886666"}, map[string]string{"name": "住"}, "请填写 2 到 80 个字", true},
		{"new department", fixture.SystemAdmin, fixture.SecurityAdmin, base + "/departments/new", base + "/departments/new", map[string]string{"name": "县水利局", "level": "county", "parent_id": strconv.FormatInt(c.Root.ID, 10)}, map[string]string{"name": "", "level": "county"}, "请填写", false},
		{"topic", fixture.SystemAdmin, fixture.SecurityAdmin, topic, topic, map[string]string{"hint": "请写明房屋地址"}, map[string]string{"name": "租"}, "至少写", true},
		{"desk", fixture.SystemAdmin, fixture.SecurityAdmin, desk, desk, map[string]string{"ordinary_days": "4"}, map[string]string{"simple_days": "0"}, "请填 1 到 90 之间的整数", true},
		{"new topic", fixture.SystemAdmin, fixture.SecurityAdmin, base + "/topics/new", base + "/topics/new", map[string]string{"name": "物业管理", "name_en": "Property management", "parent_id": strconv.FormatInt(group, 10), "department_id": housing, "kind": "ordinary"}, map[string]string{"name": "物业管理", "name_en": "Property management", "parent_id": strconv.FormatInt(group, 10), "department_id": "0"}, "请选择由哪个部门答复", false},
		{"new desk", fixture.SystemAdmin, fixture.SecurityAdmin, base + "/desks/new", base + "/desks/new", map[string]string{"name": "交通咨询窗口", "department_id": transport}, map[string]string{"name": "交通咨询窗口", "department_id": transport, "ordinary_days": "91"}, "请填 1 到 90 之间的整数", false},
		{"reply", fixture.SystemAdmin, fixture.SecurityAdmin, reply, reply, map[string]string{"title": "收件说明二"}, map[string]string{"body": "{{密码}}短短短短短短"}, "占位符", true},
		{"new reply", fixture.Reviewer, fixture.Handler, base + "/replies/new", base + "/replies/new", map[string]string{"title": "材料清单", "body": "{{称呼}}您好，请带身份证和户口簿。"}, map[string]string{"title": "x", "body": "{{密码}}短短短短短短"}, "至少写", false},
		{"wording", fixture.SystemAdmin, fixture.SecurityAdmin, sms, sms, map[string]string{"body": "【{city}】诉求 {number} 已收到。{address}"}, map[string]string{"body": "没有签名"}, "短信要以签名", true},
		{"page", fixture.SystemAdmin, fixture.SecurityAdmin, how, how, map[string]string{"body": "<p>新的说明</p>"}, map[string]string{"title": ""}, "请填写这一项", true},
		{"calendar day", fixture.SystemAdmin, fixture.SecurityAdmin, base + "/calendar/day?date=2026-12-31", base + "/calendar/day", map[string]string{"kind": "off"}, map[string]string{"date": "2029-01-02", "kind": "off"}, "还没有 2029 年的日历", false},
		{"staff", fixture.SecurityAdmin, fixture.SystemAdmin, member, member, map[string]string{"office": "二科"}, map[string]string{"email": "not an address"}, "邮箱地址的格式不对", true},
	}
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) { f.run(t, c, w) })
	}
}

func (f settingsForm) run(t *testing.T, c *fixture.City, w *fixture.Web) {
	owner := at(t, c, w, f.owner)
	first := owner.get(f.show).want(http.StatusOK)
	typed := changed(first.filled(f.action), f.bad)
	refused := owner.do(http.MethodPost, f.action, typed).want(http.StatusUnprocessableEntity, f.says, `aria-invalid="true"`)
	for name, value := range f.bad {
		if value != "" && !strings.Contains(refused.Body, value) {
			t.Errorf("%s: what was typed is gone: %q", name, value)
		}
	}
	at(t, c, w, f.other).get(f.show).want(http.StatusForbidden)
	at(t, c, w, f.other).do(http.MethodPost, f.action, typed).want(http.StatusForbidden)
	good := changed(first.filled(f.action), f.good)
	owner.done(owner.do(http.MethodPost, f.action, good))
	if !f.stale {
		return
	}
	for name := range f.good { // somebody else's form from before
		good.Set(name, first.filled(f.action).Get(name))
	}
	late := owner.do(http.MethodPost, f.action, good).want(http.StatusConflict, `id="differences"`)
	for name, value := range f.good {
		if !strings.Contains(late.Body, ">"+value+"<") && !strings.Contains(late.text(), value) {
			t.Errorf("%s: the value in force is not told", name)
		}
	}
	last := owner.do(http.MethodPost, f.action, late.filled(f.action))
	if strings.Contains(last.Body, `id="sure"`) { // back to a shorter time: it is asked about
		last = owner.do(http.MethodPost, f.action, last.filled(f.action))
	}
	owner.done(last)
}

func TestStaffAccounts(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SecurityAdmin)
	form := admin.get("/console/settings/staff/new").want(http.StatusOK, "三权分立").filled("/console/settings/staff/new")
	form = changed(form, map[string]string{"account": "liu.yang", "name": "刘洋", "department_id": strconv.FormatInt(c.Housing.ID, 10), "locale": "zh-CN"})
	form["roles"] = []string{"system_admin", "auditor"}
	admin.do(http.MethodPost, "/console/settings/staff/new", form).want(http.StatusUnprocessableEntity, "必须由不同的人担任")
	form["roles"] = []string{"handler"}
	shown := admin.do(http.MethodPost, "/console/settings/staff/new", form).want(http.StatusOK, "liu.yang", "只在这里显示一次")
	password := regexp.MustCompile(`id="initial-password">([^<]+)<`).FindStringSubmatch(shown.Body)
	if password == nil {
		t.Fatal("no first password")
	}
	if _, pending, err := c.Accounts.SignInStaff(c.Context(), models.Actor{}, "liu.yang", password[1]); err != nil || pending != "password" {
		t.Errorf("signing in with it: %v, then %q", err, pending)
	}
	list := admin.get("/console/settings/staff?q=liu.yang").want(http.StatusOK, "刘洋", "经办人")
	address := regexp.MustCompile(`/console/settings/staff/\d+`).FindString(list.Body)
	person := admin.get(address).want(http.StatusOK, "停用账号")
	roles := person.filled(address + "/roles")
	admin.done(admin.post(address+"/roles", "version", roles.Get("version"), "roles", "reviewer")).want(http.StatusOK, "角色已保存")
	admin.post(address+"/roles", "version", roles.Get("version"), "roles", "leader").want(http.StatusConflict, "审核人")
	version := admin.get(address).filled(address + "/deactivate").Get("version")
	admin.post(address+"/deactivate", "version", "1").want(http.StatusConflict)
	admin.done(admin.post(address+"/deactivate", "version", version)).want(http.StatusOK, "已停用")
	admin.post(address+"/password").want(http.StatusOK, "初始密码")
	own := "/console/settings/staff/" + strconv.FormatInt(c.Actor(fixture.SecurityAdmin).ID, 10)
	admin.post(own+"/password").want(http.StatusForbidden, "不能对自己的账号这样做")
	at(t, c, w, fixture.SystemAdmin).get("/console/settings/staff").want(http.StatusOK).without("/console/settings/staff/new")
	at(t, c, w, fixture.Handler).get("/console/settings/staff").want(http.StatusForbidden)
}

func TestADepartmentInUseStays(t *testing.T) {
	c, w := newCity(t)
	c.Submit(fixture.Phone)
	admin := at(t, c, w, fixture.SystemAdmin)
	address := "/console/settings/departments/" + strconv.FormatInt(c.Housing.ID, 10)
	form := admin.get(address).filled(address)
	form.Del("active")
	admin.do(http.MethodPost, address, form).want(http.StatusConflict, "个事项分类转到这里")
	for _, x := range c.Topics {
		if x.DepartmentID != c.Housing.ID {
			continue
		}
		elsewhere := "/console/settings/topics/" + strconv.FormatInt(x.ID, 10)
		admin.done(admin.do(http.MethodPost, elsewhere, changed(admin.get(elsewhere).filled(elsewhere), map[string]string{"department_id": strconv.FormatInt(c.Transport.ID, 10)})))
	}
	admin.do(http.MethodPost, address, form).want(http.StatusConflict, "没有办结")
}

func TestCalendarImport(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SystemAdmin)
	const address = "/console/settings/calendar"
	admin.get(address+"?year=2027").want(http.StatusOK, "暂定")
	admin.get(address).want(http.StatusOK, "还没有 2027 年的放假安排", "调休上班")
	send := func(text string) page {
		return admin.multipart(address+"/import", map[string]string{"json": text, "source": ""}, "", nil)
	}
	send(`{"year":2027,"off":["2027-13-01"],"source":"通知"}`).want(http.StatusUnprocessableEntity, "off[0]", "不是日期", "2027-13-01")
	send(`{"year":`).want(http.StatusUnprocessableEntity, "不是有效的 JSON")
	send("2027-01-01 休 元旦").want(http.StatusUnprocessableEntity, "请写明依据", `id="source-error"`)
	admin.multipart(address+"/import", map[string]string{"json": ""}, "file", []byte("\x00\x01")).want(http.StatusUnprocessableEntity, "这不是文字文件")

	// A year comes in as lines; nothing changes before what would change was looked at.
	const lines = "2027-01-01..2027-01-03 休 元旦\n2027-02-06 班"
	seen := admin.multipart(address+"/import", map[string]string{"json": lines, "source": "通知"}, "", nil).want(http.StatusOK, "应用后 2027 年会变成这样", "1 月 1 日", "放假", "2 月 6 日", "调休上班", "未办结诉求")
	admin.get(address+"?year=2027").want(http.StatusOK, "暂定")
	apply := seen.filled(address + "/import")
	if apply.Get("base") == "" {
		t.Fatal("the preview cannot be applied")
	}
	done := admin.done(admin.do(http.MethodPost, address+"/import", apply)).want(http.StatusOK, "2027 年的日历已保存", "通知", "改动记录", "导入一年的日历").without("暂定</span>")
	if !strings.Contains(done.Body, "秦川") {
		t.Error("the history does not say who")
	}
	// Somebody else was faster than the second who looked at it.
	admin.do(http.MethodPost, address+"/import", apply).want(http.StatusConflict, "刚刚有人改过 2027 年的日历", "每一天都和现在一样")

	// The year as a file; single days; who did what.
	year := `{"year":2027,"off":["2027-01-01..2027-01-04"],"work":[],"source":"更正"}`
	again := admin.multipart(address+"/import", map[string]string{"json": ""}, "file", []byte(year)).want(http.StatusOK, "1 月 4 日").filled(address + "/import")
	admin.done(admin.do(http.MethodPost, address+"/import", again)).want(http.StatusOK, "更正")
	admin.get(address+"/import?year=2027").want(http.StatusOK, "2027-01-01..2027-01-04 休")
	admin.done(admin.post(address+"/day", "date", "2027-02-06", "kind", "working")).want(http.StatusOK, "2027-02-06 改为上班")
	at(t, c, w, fixture.SecurityAdmin).do(http.MethodPost, address+"/import", again).want(http.StatusForbidden)
}

func TestDaysAreMarkedOnTheGrid(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SystemAdmin)
	const address = "/console/settings/calendar"
	admin.get(address+"?year=2027").want(http.StatusOK, "先按周末开始").without("点一天：")
	p := admin.done(admin.post(address+"/start?year=2027")).want(http.StatusOK, "2027 年已按周末开始", "点一天：", "暂定", "按周末开始一年", `name="date" value="2027-05-04"`).without("先按周末开始，")
	mark := func(p page, date string) page {
		form := p.filled(address + "/day")
		form.Set("date", date)
		return admin.done(admin.do(http.MethodPost, address+"/day", form))
	}
	p = mark(p, "2027-05-04").want(http.StatusOK, "2027-05-04 改为放假", `name="kind" value="off"`, `value="2027-05-04">4<sup>休</sup>`)
	mark(admin.get(address+"?year=2027&mark=working"), "2027-05-08").want(http.StatusOK, `value="2027-05-08">8<sup>班</sup>`, `name="kind" value="working"`)
	mark(admin.get(address+"?year=2027&mark=default"), "2027-05-04").want(http.StatusOK).without(`value="2027-05-04">4<sup>`)
	form := p.filled(address + "/day")
	form.Set("date", "2027-13-04")
	admin.do(http.MethodPost, address+"/day", form).want(http.StatusUnprocessableEntity, "请选择一个日期")
	admin.get(address+"?year=2027").want(http.StatusOK, "/day?date=2027-05-04", "暂定")
	admin.post(address + "/start?year=2027").want(http.StatusConflict)
	at(t, c, w, fixture.SecurityAdmin).post(address + "/start?year=2028").want(http.StatusForbidden)
}

func TestTheNearestColourIsOffered(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SystemAdmin)
	const address = "/console/settings/city"
	admin.get(address+"/contrast?color=%23b2382c").want(http.StatusOK, "和印章红分不清", `name="use_color" value="#`)
	form := admin.get(address).want(http.StatusOK).without("use_color").filled(address)
	form.Set("color", "#c8102e")
	form.Set("slogan", "打了一半")
	refused := admin.do(http.MethodPost, address, form).want(http.StatusUnprocessableEntity, "这个颜色和印章红分不清", "打了一半")
	near := refused.input("use_color")
	form.Set("use_color", near)
	taken := admin.do(http.MethodPost, address, form).want(http.StatusOK, "颜色已换成 "+near, `value="`+near+`"`, "打了一半", "看得清").filled(address)
	admin.done(admin.do(http.MethodPost, address, taken)).want(http.StatusOK, "城市设置已保存", near, "打了一半")
}

func TestEmblem(t *testing.T) {
	c, w := newCity(t)
	admin := at(t, c, w, fixture.SystemAdmin)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	const address = "/console/settings/city/emblem"
	admin.multipart(address, map[string]string{"version": "0"}, "emblem", []byte("no picture")).want(http.StatusUnprocessableEntity, "PNG 或 WebP")
	admin.multipart(address, map[string]string{"version": "0"}, "", nil).want(http.StatusUnprocessableEntity, "请先选择一张图片")
	admin.done(admin.multipart(address, map[string]string{"version": "0"}, "emblem", picture.Bytes())).want(http.StatusOK, "/assets/emblem.png?v=1")
	admin.multipart(address, map[string]string{"version": "0"}, "emblem", picture.Bytes()).want(http.StatusConflict)
	admin.get("/console/settings/city/contrast?color=%23ffff00").want(http.StatusOK, "看不清")
}

// multipart posts a form, with a file when the input has a name.
func (d *desk) multipart(path string, fields map[string]string, input string, content []byte) page {
	d.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, v := range fields {
		_ = m.WriteField(k, v)
	}
	if input != "" {
		f, err := m.CreateFormFile(input, "file")
		if err != nil {
			d.t.Fatal(err)
		}
		_, _ = f.Write(content)
	}
	_ = m.Close()
	return d.send(http.MethodPost, path, &body, "Content-Type", m.FormDataContentType())
}

func TestAuditPages(t *testing.T) {
	c, w := newCity(t)
	if _, err := c.Audit.Seal(c.Context()); err != nil {
		t.Fatal(err)
	}
	auditor := at(t, c, w, fixture.Auditor)
	auditor.get("/console/audit").want(http.StatusOK, "登录工作台", "从头核对")
	auditor.get("/console/audit?action=department.").want(http.StatusOK, "新增部门", c.Housing.Name, "上级部门", "操作代码").without("<code>staff.", `{"name`, "部门 "+strconv.FormatInt(c.Housing.ID, 10))
	r := c.Submit(fixture.Phone)
	c.Accept(r.Case.Number, fixture.Handler)
	at(t, c, w, fixture.Handler).post("/console/cases/" + r.Case.Number + "/reveal").want(http.StatusSeeOther)
	auditor.get("/console/audit?case="+r.Case.Number).want(http.StatusOK, "查看了 "+r.Case.Number+" 的联系方式", "待受理", "<b>陈敏</b> 受理").without("登录工作台", "新增部门")
	auditor.get("/console/audit?action=case.reveal").want(http.StatusOK, "的联系方式").without("<b>陈敏</b> 受理")
	auditor.get("/console/audit?case=19990101-0001").want(http.StatusUnprocessableEntity, "没有这个编号的诉求")
	auditor.get("/console/audit?who=nobody.here").want(http.StatusUnprocessableEntity, "没有找到这个人")
	if _, err := c.Cases.Assign(c.Context(), c.Actor(fixture.Reviewer), c.Submit(fixture.Phone).Case.Number, cases.AssignInput{HandlerID: c.Actor(fixture.Handler).ID}); err != nil {
		t.Fatal(err)
	}
	auditor.get("/console/audit?action=page.").want(http.StatusOK, "<dd>隐私说明</dd>").without("<dd>slug", "<dd>privacy</dd>")
	did, done := "<b>陈敏</b> 受理", "（有关人员：陈敏）"
	auditor.get("/console/audit?who="+fixture.Handler).want(http.StatusOK, did, "<b>赵宁</b> 分派", done, "<b>系统</b> 新增人员")
	auditor.get("/console/audit?who="+fixture.Handler+"&part=by").want(http.StatusOK, did).without(done, "新增人员：")
	auditor.get("/console/audit?who="+fixture.Handler+"&part=about").want(http.StatusOK, done, "新增人员").without(did)
	auditor.get("/console/audit?who="+fixture.Reviewer[:4]).want(http.StatusOK, "<b>赵宁</b>")
	auditor.get("/console/audit?from=2026-99-01").want(http.StatusUnprocessableEntity, "请选择一个日期")
	auditor.get("/console/audit/export?action=department.").want(http.StatusOK, "department.create").without("staff.signin")
	auditor.post("/console/audit/verify").want(http.StatusOK, "链条完整", "末条指纹")
	if err := c.DB.Conn(c.Context()).Exec("UPDATE audit_entries SET detail = ? WHERE seq = 3", `{"x":1}`).Error; err != nil {
		t.Fatal(err)
	}
	auditor.post("/console/audit/verify").want(http.StatusOK, "第 3 条起核对不通过", audit.WhyEdited)
	for _, other := range []string{fixture.SystemAdmin, fixture.SecurityAdmin, fixture.Handler} {
		at(t, c, w, other).get("/console/audit").want(http.StatusForbidden)
		at(t, c, w, other).post("/console/audit/verify").want(http.StatusForbidden)
		at(t, c, w, other).get("/console/audit/export").want(http.StatusForbidden)
	}
}

func TestNoticesAndOutbox(t *testing.T) {
	c, w := newCity(t)
	r := c.Submit(fixture.Phone)
	c.Answer(r.Case.Number)
	c.RunJobs()
	overseer := at(t, c, w, fixture.Overseer)
	list := overseer.get("/console/deliveries?channel=sms").want(http.StatusOK, "诉求已收到", "已送出").without(fixture.Phone)
	resend := regexp.MustCompile(`/console/deliveries/\d+/resend`).FindString(list.Body)
	version := list.filled(resend).Get("version")
	list.want(http.StatusOK, "写好，等待发送", "第 1 次发送：已送出")
	overseer.done(overseer.post(resend, "version", version)).want(http.StatusOK, "已重新发送", "何平重新发送，新的一条是第 ", "何平重发第 ")
	for _, state := range []string{"queued", "sending", "sent", "retry", "failed", "unknown"} {
		overseer.get("/console/deliveries?state="+state).want(http.StatusOK, `value="`+state+`" selected`)
	}
	at(t, c, w, fixture.Handler).get("/console/account").want(http.StatusOK, `disabled aria-describedby="why-fixed"`, `id="why-fixed"`, "诉求已超期").without("公开稿待您发布")
	overseer.get("/console/account").want(http.StatusOK, "公开稿待您发布").without("诉求已超期")
	overseer.post(resend, "version", version).want(http.StatusConflict)
	at(t, c, w, fixture.Auditor).get("/console/deliveries").want(http.StatusForbidden)

	found := false
	for _, account := range []string{fixture.Handler, fixture.Reviewer} {
		person := at(t, c, w, account)
		bell := person.get("/console/notices").want(http.StatusOK)
		open := regexp.MustCompile(`/console/notices/\d+`).FindString(bell.Body)
		if open == "" {
			continue
		}
		found = true
		if to := person.get(open); to.Status != http.StatusSeeOther || !strings.Contains(to.Header.Get("Location"), r.Case.Number) {
			t.Errorf("%s leads to %d %s", open, to.Status, to.Header.Get("Location"))
		}
		if up := regexp.MustCompile(`name="up_to" value="(\d+)"`).FindStringSubmatch(bell.Body); up != nil {
			person.done(person.post("/console/notices/read", "up_to", up[1])).want(http.StatusOK, "0 条未读")
		}
	}
	if !found {
		t.Error("nobody was told anything")
	}
	at(t, c, w, "").get("/demo/outbox").want(http.StatusOK, "验证码", "bubble").without(fixture.Phone)
	overseer.get("/console/outbox").want(http.StatusOK, "bubble")
}
