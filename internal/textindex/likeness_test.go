package textindex

import (
	"slices"
	"strings"
	"testing"
)

// questions are titles as residents write them, each with the beginning of its text.
var questions = [][2]string{
	{"社保卡丢了怎么补办，当天能拿到吗", "昨天在公交车上把社保卡丢了，下周要住院。"},
	{"社保卡密码忘了怎么改", "老伴的卡，密码想不起来了。"},
	{"给新生儿办社保卡需要带孩子去吗", "孩子刚满月，天冷不想抱出门。"},
	{"新生儿什么时候交医保，能报出生时的费用吗", "孩子上个月出生。"},
	{"糖尿病人怎么申请门诊慢特病", "确诊三年，每个月买药四百多。"},
	{"电梯分摊费用按楼层怎么算才公平", "我们单元准备加装电梯，二楼不愿意和六楼出一样多。"},
	{"加装电梯补贴多少，什么时候到账", "上个月验收了。"},
	{"居住证续签是不是每年都要去", "我在这里打工五年了。"},
	{"第一次办居住证需要房东配合吗", "房东不肯给复印件。"},
	{"小区几百户办不了房产证怎么办", "开发商跑了，交房六年没有证。"},
	{"买了二手房，原房主的孩子占着学位怎么办", "原房主不配合迁户口。"},
	{"孩子改名字要双方到场吗", "离婚后想给孩子改名。"},
	{"非婚生孩子上户口要亲子鉴定吗", "派出所说要。"},
	{"公积金提取：租房一年能取多少", "在县城租房，合同没有备案。"},
	{"朝阳路 3 栋楼道灯坏了两个月，应当找谁修？", "晚上老人上楼摸黑。"},
	{"山上水源断了，七组没有水吃", "管道被山洪冲走了。"},
	{"村道被大货车压烂，什么时候修", "下雨全是泥坑，孩子上学不好走。"},
	{"高龄津贴多少岁可以领，每月多少", "父亲今年八十。"},
	{"灵活就业人员社保补贴从什么时候开始计算？", "我从三月开始自己交社保。"},
	{"自来水这几天发黄，能不能喝", "龙头一开就是黄水，停了半天又来了。"},
}

// among judges like Similar does, with the questions as the library.
func among(text string) []string {
	counts := map[string]int{}
	for _, q := range questions {
		for piece := range pieces(q[0] + "\n" + q[1]) {
			counts[piece]++
		}
	}
	like := newLikeness(saying(text), counts, len(questions), often(len(questions)))
	type hit struct {
		title string
		score float64
	}
	var hits []hit
	for _, q := range questions {
		if s, sure := like.Score(q[0], q[1], ""); sure {
			hits = append(hits, hit{q[0], s})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.score > b.score {
			return -1
		}
		return 1
	})
	var out []string
	for _, h := range hits {
		out = append(out, h.title)
	}
	return out
}

func TestLikeness(t *testing.T) {
	for text, want := range map[string]string{
		"社保卡丢了，去哪里补办":        "社保卡丢了怎么补办",
		"请问我的社保卡丢失了怎么办":      "社保卡丢了怎么补办",
		"电梯加装费用怎么分摊":         "电梯分摊费用",
		"怎样办理居住证":            "居住证",
		"居住证到期了怎么续签":         "居住证续签",
		"楼道灯坏了没人修":           "朝阳路 3 栋楼道灯",
		"孩子改姓":               "孩子改名字",
		"租房子可以提取公积金吗":        "公积金提取",
		"有糖尿病，门诊慢特病怎么办理":     "糖尿病人怎么申请门诊慢特病",
		"房产证一直办不下来":          "小区几百户办不了房产证",
		"灵活就业的社保补贴什么时候到账":    "灵活就业人员社保补贴",
		"新生儿医保什么时候交":         "新生儿什么时候交医保",
		"ＡＢＣ 自来水发黄":          "自来水这几天发黄",
		"您好，想咨询一下高龄津贴多少岁可以领": "高龄津贴",
	} {
		if got := among(text); len(got) == 0 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s: %v, want %s first", text, got, want)
		}
	}
}

// What only shares words of asking, or one thing among several, is no answer to it.
func TestUnlikeness(t *testing.T) {
	for _, text := range []string{
		"请问这件事情应该怎么办", "你们什么时候可以给我答复", "需要什么材料", "孩子上学路上没有斑马线", "怎么申请", "宠物狗上户口怎么办理", "老人摔倒了没有人管怎么办", "公交车晚上能不能多开一个小时",
		"出租车不打表", "货车走村道要办什么手续", "灵活就业可以自己缴公积金吗", "买了二十年的房没有过户，原房主找不到", "路灯被树叶遮住了一个月", "今天天气很好",
		"", "？！", "吗", "1", "\x00\xff", strings.Repeat("怎么", 3000),
	} {
		if got := among(text); len(got) > 0 {
			t.Errorf("%s: %v, want nothing", text, got)
		}
	}
	if score, _ := (Likeness{}).Score("社保卡丢了", "社保卡丢了", "社保卡"); score != 0 {
		t.Error("nothing is like something")
	}
}

// Whoever says at length how it came about is shown what shares the subject; sure is only what shares more than that.
func TestSharedSubject(t *testing.T) {
	const injury, topic = "上班路上被电动车撞了算不算工伤", "工伤认定与待遇"
	counts := map[string]int{"工伤": 6, "算工": 1, "电动": 2, "动车": 2, "上班": 9, "路上": 4}
	for text, want := range map[string][2]bool{ // something, sure
		"出车祸算工伤吗": {true, false}, "上班出车祸算工伤吗": {true, true}, "电动车充电桩": {false, false}, "厂里说摔倒在自己地里又不是干活所以都不算数的工伤": {false, false},
	} {
		score, sure := newLikeness(saying(text), counts, 150, often(150)).Score(injury, "", topic)
		if score > 0 != want[0] || sure != want[1] {
			t.Errorf("%s: %v, %v", text, score, sure)
		}
	}
}

func TestSaying(t *testing.T) {
	for text, want := range map[string]string{
		"请问社保卡丢了怎么补办": "社保卡丢 补办", "我的不动产证": "不动产证", "KTV 关门到凌晨": "ktv 关门到凌晨", "怎么办": "", "我要的": "",
	} {
		var got []string
		for _, t := range saying(text) {
			got = append(got, string(t.runes))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestWordsThatMeanTheSame(t *testing.T) {
	if got := Share("噪音", "噪声与油烟"); got != 1 {
		t.Error(got)
	}
	x := empty(t)
	if err := x.Apply(t.Context(), []Doc{{ID: 1, Title: "工地夜里噪声大", At: day(1)}}, nil, 1); err != nil {
		t.Fatal(err)
	}
	got, like, err := x.Similar(t.Context(), "工地噪音", 5)
	if _, sure := like.Score("工地夜里噪声大", "", ""); err != nil || len(got) != 1 || !sure {
		t.Error(got, err)
	}
	if got, _, _ = x.Similar(t.Context(), "噪音", 5); len(got) != 1 {
		t.Error("a word is not found by the other that means the same")
	}
}
