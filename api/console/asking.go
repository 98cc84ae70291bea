package console

import (
	"net/http"
	"net/url"

	"huiyin/api/kit"
)

// question is what somebody reads before a grave act is done.
type question struct{ Title, Text, Button string }

// questions of the acts that are not done at one click.
var questions = map[string]question{
	"publish":             {"发布这件问答？", "发布后，公开库、搜索和订阅里都能看到，来信人会收到短信。", "确认发布"},
	"unpublish":           {"撤下这件问答？", "撤下后，公开库、搜索和订阅里都看不到这件；原因会留在经过里。", "确认撤下"},
	"totp_disable":        {"关闭二次验证？", "关闭后，登录只要密码；密码泄露了，别人就能以您的身份登录。恢复码也会作废。", "确认关闭"},
	"token_revoke":        {"撤销这个令牌？", "用它的程序立刻不能再用，不能恢复；需要时只能新建一个，再交给程序。", "确认撤销"},
	"wording_reset":       {"恢复默认文字？", "改过的文字会被丢掉，换回产品自带的文字，以后的通知就用它。", "确认恢复默认"},
	"password_reset":      {"重置这个人的密码？", "生成一个新的初始密码，只显示一次；对方的所有登录都会退出。", "确认重置密码"},
	"second_factor_reset": {"重置这个人的二次验证？", "对方现在的验证器和恢复码立刻作废。用于手机丢失的情况，请先确认是本人提出。", "确认重置二次验证"},
	"deactivate":          {"停用这个账号？", "停用后不能再登录，姓名仍留在已有的记录里。手上未办结的诉求要另行分派。", "确认停用"},
	"resend_sent":         {"再发一次？", "这条已经送出过。再发一次，对方会收到两条。", "确认再发一次"},
	"resend_unknown":      {"再发一次？", "不知道上一次发出的对方收到没有。再发一次，对方可能收到两条；请先向对方确认。", "确认再发一次"},
}

// asking gives the pages that it is part of the questions of their acts; part "sure" draws one.
type asking struct{}

// Ask is the question of an act.
func (asking) Ask(act string) question { return questions[act] }

// sureView is the page that asks where no script opens the dialog.
type sureView struct {
	question
	Action, Back string
	Fields       url.Values // what the form held
}

// asked is the handler of a grave act: its button sends "ask" where no script opened the dialog, and a page asks then.
func asked(then kit.Handler) kit.Handler {
	return func(c *kit.Ctx) error {
		q, known := questions[c.PostForm("ask")]
		if !known {
			return then(c)
		}
		v := sureView{question: q, Action: c.Request.URL.RequestURI(), Back: homeOf(c.Actor), Fields: url.Values{}}
		if from, err := url.Parse(c.Request.Referer()); err == nil && from.Host == c.Request.Host {
			v.Back = kit.Back(from.RequestURI(), v.Back)
		}
		for name, values := range c.Request.PostForm {
			if name != "ask" {
				v.Fields[name] = values
			}
		}
		return c.Page(http.StatusOK, "sure", v)
	}
}
