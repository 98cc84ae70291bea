package notices

import (
	"strings"
	"testing"
	"unicode/utf8"

	"huiyin/internal/fault"
	"huiyin/models"
)

func TestDefaultsAreSound(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		all, err := r.Templates(t.Context())
		if err != nil || len(all) != 6*2+12*2*2 {
			t.Fatal(len(all), err)
		}
		for _, tpl := range all {
			subject, body, err := r.Preview(t.Context(), tpl.Spec.Kind, tpl.Channel, tpl.Locale, tpl.Subject, tpl.Body, nil)
			if err != nil {
				t.Errorf("%s %s %s: %v", tpl.Spec.Kind, tpl.Channel, tpl.Locale, err)
			}
			if strings.ContainsAny(subject+body, "{}") || tpl.Version != 0 {
				t.Errorf("%s: %s %s", tpl.Spec.Kind, subject, body)
			}
			// One SMS carries 70 characters. A day in November is one longer than the preview's.
			if n := utf8.RuneCountInString(body); tpl.Channel == models.SMS && tpl.Locale == "zh-CN" && (n > 70-1 || !strings.Contains(body, "您")) {
				t.Errorf("%s: %d characters: %s", tpl.Spec.Kind, n, body)
			}
		}
	})
}

// A preview has the city's own address, a number as cases have it, and the department and topic it is given.
func TestAPreviewLooksLikeARealMessage(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		subject, body, err := r.Preview(t.Context(), CaseAssigned, models.Email, "zh-CN", "{number} {city}", "{topic} {department} {due} {address}", map[string]string{"topic": "公交线路", "department": "交通运输局"})
		if err != nil || subject != "20260122-0005 青禾县" || body != "公交线路 交通运输局 1月29日 https://hy.example.cn/console/cases/20260122-0005" {
			t.Errorf("%q %q %v", subject, body, err)
		}
		_, body, err = r.Preview(t.Context(), CaseReceived, models.SMS, "en", "", "【{city}】{number} {department} {address}", nil)
		if err != nil || body != "【Qinghe】20260122-0005 Housing and Construction Bureau https://hy.example.cn/track/20260122-0005" {
			t.Errorf("%q %v", body, err)
		}
	})
}

func TestWordingsAreCheckedAndGuarded(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		admin := models.Actor{Kind: models.StaffActor, ID: 2, Roles: []models.Role{models.SystemAdmin}}
		set := func(body string, version int64) error {
			return r.SetTemplate(ctx, admin, CaseReceived, models.SMS, "zh-CN", "", body, version)
		}
		for _, bad := range []string{
			"", "您的诉求 {number} 见 {address}", "【{city}】{number} {address} {title}", "【{city}】{number}", "【{city}】{number} {address} <b>",
			"【{city}】{number} {address} {", "【{city}】{number} {address} {Number}", "【{city}】{number}\n{address}", "【{city}】{number} {address}" + strings.Repeat("长", 200),
		} {
			if err := set(bad, 0); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		good := "【{city}】已收到 {number}：{address}"
		if err := r.SetTemplate(ctx, overseer(), CaseReceived, models.SMS, "zh-CN", "", good, 0); !fault.Is(err, fault.Forbidden) {
			t.Fatal(err)
		}
		if err := r.SetTemplate(ctx, admin, CaseReceived, models.Email, "zh-CN", "", good, 0); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		if err := set(good, 0); err != nil {
			t.Fatal(err)
		}
		if err := set(good, 0); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a stale form won: %v", err)
		}
		version := func() int64 {
			all, err := r.Templates(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, tpl := range all {
				if tpl.Spec.Kind == CaseReceived && tpl.Locale == "zh-CN" {
					return tpl.Version
				}
			}
			return 0
		}
		first := version()
		if err := set(good+"。", first); err != nil {
			t.Fatal(err)
		}
		r.tell(received())
		r.deliver(r.owed())
		if r.carrier.texts[0].Text != "【青禾县】已收到 ZX20260122-0007：https://hy.example.cn/t。" {
			t.Fatal(r.carrier.texts[0].Text)
		}
		if err := r.ResetTemplate(ctx, admin, CaseReceived, models.SMS, "zh-CN", first); !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		if err := r.ResetTemplate(ctx, admin, CaseReceived, models.SMS, "zh-CN", version()); err != nil || version() != 0 {
			t.Fatal(err, version())
		}
	})
}

func TestAValueBringsNoPlaceholderAndNoLine(t *testing.T) {
	got := text{Body: "{number} {department}"}.render(words{"number": "{department}", "department": "a\r\nb"})
	if got.Body != "{department} a  b" {
		t.Fatalf("%q", got.Body)
	}
}
