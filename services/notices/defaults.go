package notices

import (
	"huiyin/internal/i18n"
	"huiyin/models"
)

// text is the wording of one notice; an SMS has no subject, a bell's subject is its first line.
type text struct{ Subject, Body string }

// bilingual holds a wording in both languages.
type bilingual struct{ zh, en text }

func (b bilingual) in(locale string) text {
	if locale == i18n.English {
		return b.en
	}
	return b.zh
}

func smsText(zh, en string) bilingual {
	return bilingual{text{Body: Signature + zh}, text{Body: Signature + en}}
}

// Signature stands at the front of every SMS, as carriers demand.
const Signature = "【{city}】"

// smsDefaults leave the number to the address, which ends with it: with it twice most messages would pass the 70 characters of one SMS.
var smsDefaults = map[Kind]bilingual{
	Code:          smsText("您的验证码是 {code}，{minutes} 分钟内有效，请勿告诉他人。", "Your code is {code}, valid for {minutes} minutes. Tell it to nobody."),
	CaseReceived:  smsText("您的诉求已收到，{due}前答复。查询：{address}", "We have your matter; a reply by {due}. {address}"),
	CaseAccepted:  smsText("您的诉求已受理，{due}前答复。查询：{address}", "Your matter is accepted; a reply by {due}. {address}"),
	CaseAnswered:  smsText("您的诉求已答复。请查看：{address}", "Your matter has a reply. Read it: {address}"),
	CasePublished: smsText("您的诉求的答复已公开。查看：{address}", "The reply to your matter is published: {address}"),
	CaseReopened:  smsText("您的诉求将重新办理，{due}前答复：{address}", "Your matter will be handled again; a reply by {due}. {address}"),
}

var staffDefaults = map[Kind]bilingual{
	CaseAssigned: {
		text{"诉求 {number} 已分配给您", "{topic}（{department}），请答复，期限是 {due}。"},
		text{"Case {number} is yours", "{topic}: please answer by {due} ({department})."},
	},
	CaseToReview: {
		text{"诉求 {number} 的答复待您审核", "{topic}，答复期限 {due}（{department}）。"},
		text{"The reply to case {number} waits for your review", "{topic}: due by {due} ({department})."},
	},
	CaseReturned: {
		text{"诉求 {number} 的答复被退回", "{topic}，请按审核意见修改，答复期限 {due}（{department}）。"},
		text{"The reply to case {number} was returned", "{topic}: please revise it as the reviewer says; due by {due} ({department})."},
	},
	CaseApproved: {
		text{"诉求 {number} 的答复审核通过，待您发送", "{topic}（{department}），来信人还没有收到，请发送，期限是 {due}。"},
		text{"The reply to case {number} is approved; please send it", "{topic}: the resident does not have it yet; send it by {due} ({department})."},
	},
	CaseDueSoon: {
		text{"诉求 {number} 即将到期", "{topic}，答复期限 {due}（{department}）。"},
		text{"Case {number} is due soon", "{topic}: due by {due} ({department})."},
	},
	CaseOverdue: {
		text{"诉求 {number} 已超期", "{topic}，期限是 {due}，请尽快答复（{department}）。"},
		text{"Case {number} is overdue", "{topic}: it was due by {due}; please answer now ({department})."},
	},
	CaseFollowUp: {
		text{"诉求 {number} 有追问或补充", "{topic}，来信人写了新的内容，请查看（{department}，期限 {due}）。"},
		text{"The resident wrote again on case {number}", "{topic}: a question or more material; please look ({department}, due by {due})."},
	},
	CaseRatedLow: {
		text{"诉求 {number} 的评价不满意", "{topic}，请了解原因并跟进（{department}）。"},
		text{"Case {number} was rated low", "{topic}: please find out why and follow up ({department})."},
	},
	PublicationToPublish: {
		text{"诉求 {number} 的公开稿待您发布", "{topic}，请核对脱敏情况后发布（{department}）。"},
		text{"The public version of case {number} waits for you", "{topic}: please check what was redacted, then publish ({department})."},
	},
	PublicationReturned: {
		text{"诉求 {number} 的公开稿被退回", "{topic}，请按意见修改（{department}）。"},
		text{"The public version of case {number} was returned", "{topic}: please revise it as the comment says ({department})."},
	},
	PublicationPublished: {
		text{"诉求 {number} 的公开稿已发布", "{topic}，您准备的公开稿已经在公开库里（{department}）。"},
		text{"The public version of case {number} is published", "{topic}: what you prepared is in the library now ({department})."},
	},
	PublicationTakenOut: {
		text{"诉求 {number} 的公开稿已撤下", "{topic}，原因见公开版本（{department}）。"},
		text{"The public version of case {number} was taken out", "{topic}: the reason stands on it ({department})."},
	},
}

// defaultText is the wording that settings have not changed. Mails carry the address below the bell's words.
func defaultText(k Kind, channel models.Channel, locale string) text {
	if channel == models.SMS {
		return smsDefaults[k].in(locale)
	}
	t := staffDefaults[k].in(locale)
	if channel == models.Email {
		t.Subject = Signature + t.Subject
		t.Body += "\n{address}\n"
	}
	return t
}

// sample fills a preview with what a city without departments or topics has none of.
var sample = bilingualWords{
	zh: words{"department": "住房和城乡建设局", "topic": "公租房申请", "code": "480213", "minutes": "5"},
	en: words{"department": "Housing and Construction Bureau", "topic": "Public rental housing", "code": "480213", "minutes": "5"},
}

type words map[string]string

type bilingualWords struct{ zh, en words }

func (b bilingualWords) in(locale string) words {
	if locale == i18n.English {
		return b.en
	}
	return b.zh
}
