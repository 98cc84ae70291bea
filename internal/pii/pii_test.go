package pii

import (
	"slices"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"
)

// All persons and numbers are invented; identity numbers have a valid check character and a region code.
func TestFind(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // kind=text, in order
	}{
		{"身份证11010119900307803X。", "id_card=11010119900307803X"},
		{"我的号11010119900307803x", "id_card=11010119900307803x"},
		{"证１１０１０１１９９００３０７８０３Ｘ", "id_card=１１０１０１１９９００３０７８０３Ｘ"},
		{"110101 19900307 803X", "id_card=110101 19900307 803X"},
		{"编号110101199003078031", ""},
		{"身份证号：110101199003078031", "id_card=110101199003078031"},
		{"11010119901307803X", ""},
		{"旧证410802680512123，", "id_card=410802680512123"},
		{"流水410802681512123，", ""},
		{"电话13812345678，", "phone=13812345678"},
		{"138 1234 5678 或 138-1234-5678", "phone=138 1234 5678 phone=138-1234-5678"},
		{"+86 13812345678", "phone=+86 13812345678"},
		{"１３８１２３４５６７８", "phone=１３８１２３４５６７８"},
		{"13812345678 13912345678", "phone=13812345678 phone=13912345678"},
		{"合同金额13812345678元，订单138123456789", ""},
		{"请拨打12345或110、12315、400-123-4567", ""},
		{"座机0391-3565555转801", "phone=0391-3565555转801"},
		{"（0391）3565555、010-88886666", "phone=（0391）3565555 phone=010-88886666"},
		{"联系电话：3565555", "phone=3565555"},
		{"共3565555人，2026-11-23 12:30", ""},
		{"卡6222021234567890128", "bank_card=6222021234567890128"},
		{"卡4111 1111 1111 1111", "bank_card=4111 1111 1111 1111"},
		{"卡4111 1111 1111 1112", ""},
		{"住在中山路 12 号 3 单元 501。", "address=中山路 12 号 3 单元 501"},
		{"文件 12 号，共 3 户", ""},
		{"银行卡号6222021234567890123", "bank_card=6222021234567890123"},
		{"豫H12345停在门口，豫H·D12345，粤b1234学", "plate=豫H12345 plate=豫H·D12345 plate=粤b1234学"},
		{"新A座、京E1", ""},
		{"邮箱zhang_san.01@example.com.cn。", "email=zhang_san.01@example.com.cn"},
		{"@ a@b @@ a@.com", ""},
		{"微信号：zhang_san88，QQ:12345678", "wechat=zhang_san88 qq=12345678"},
		{"微信同号13812345678", "phone=13812345678"},
		{"关注微信公众号 jiaozuo", ""},
		{"我住在解放区人民路889号3号楼2单元501室，漏水", "address=解放区人民路889号3号楼2单元501室"},
		{"阳光花园小区5栋2单元301", "address=阳光花园小区5栋2单元301"},
		{"修武县云台山镇岸上村3组5号", "address=修武县云台山镇岸上村3组5号"},
		{"家住3组5号", "address=3组5号"},
		{"中山路12弄5号", "address=中山路12弄5号"},
		{"和平街十二号院三单元", "address=和平街十二号院三单元"},
		{"请到人民路889号市民中心一楼大厅办理", ""},
		{"国办发〔2017〕47号，11月5号2号楼", ""},
		{"人民路5号开始修，我们村5号停水，101路公交", ""},
		{"李庄村30户没有水，每栋2层", ""},
		{"姓名：王建国", "name=王建国"},
		{"联系人 欧阳锋，", "name=欧阳锋"},
		{"我叫张伟住在附近", "name=张伟"},
		{"我叫李小明，我是农民，本人于2020年", "name=李小明"},
		{"我是王建国，家里停水。", "name=王建国"},
		{"我是高中生，我是王庄村的村民，我是程序员，我是安徽人", ""},
		{"本人系焦作市民，我是李封社区的居民", ""},
		{"感谢刘晓丽女士和王先生", "name=刘晓丽 name=王"},
		{"许多女士", ""},
		{"姓名：阿依古丽·买买提", "name=阿依古丽·买买提"},
		{"联系人：办公室张主任", "name=张"},
		{"我的号110101199003072311，510102199003072316", "id_card=110101199003072311 id_card=510102199003072316"},
		{"护照E12345678，军官证号：军字第0012345号，通行证 C1234567", "id_card=E12345678 id_card=0012345 id_card=C1234567"},
		{"护照怎么办，驾驶证 2026 年到期，居住证要 5 张照片", ""},
		{"爱人赵丽颖，儿子王小明。邻居王大爷和陈科长都知道", "name=赵丽颖 name=王小明 name=王 name=陈"},
		{"开学第一周向班主任交申请，请找陈副局长", "name=陈"},
		{"经办人欧阳娜娜，负责人向我们解释", "name=欧阳娜娜"},
		{"女儿高中毕业，孩子周末回家，父亲周一住院，儿子成绩好，学生万一摔倒", ""},
		{"本人1990年3月7日出生，生于1990-03-07，出生日期：19900307。", "birth_date=1990年3月7日 birth_date=1990-03-07 birth_date=19900307"},
		{"2026年3月7日发生，1990年出生，新生儿2026年11月1日起", ""},
		{"我叫陈大文。后来陈大文又去了。", "name=陈大文 name=陈大文"},
		{"我是城关镇居民张丽华，业主高度关注", "name=张丽华"},
		{"联系人和单位都写了，申请人向我局提交，申请人：向阳，我叫于洋", "name=向阳 name=于洋"},
		{"本人购买恒大御景湾3-2-1501，至今", "address=恒大御景湾3-2-1501"},
		{"解放东路123号院5号楼3单元7楼东户。", "address=解放东路123号院5号楼3单元7楼东户"},
		{"截至2026-11-23，我市湾区3-2比1", ""},
		{"请到二楼15号窗口办理，时间为每天6时至9时，第二十三条第一款", ""},
		{"电话一三八零零一三八〇〇〇，", "phone=一三八零零一三八〇〇〇"},
		{"打幺三八 零零幺三 八零零零找我", "phone=幺三八 零零幺三 八零零零"},
		{"壹叁捌零零壹叁捌零零零或138零零13八零零零", "phone=壹叁捌零零壹叁捌零零零 phone=138零零13八零零零"},
		{"座机零三九一三五六五五五五", "phone=零三九一三五六五五五五"},
		{"证件一一零一零一一九九零零三零七八零三X", "id_card=一一零一零一一九九零零三零七八零三X"},
		{"138 - 0013 - 8000、1 3 8 0 0 1 3 8 0 0 0、13 800 138 000、138–00138–000", "phone=138 - 0013 - 8000 phone=1 3 8 0 0 1 3 8 0 0 0 phone=13 800 138 000 phone=138–00138–000"},
		{"１３８　００１３　８０００", "phone=１３８　００１３　８０００"},
		{"zhang @ example . com . cn，li＠example．cn", "email=zhang @ example . com . cn email=li＠example．cn"},
		{"请写 a@b.cn . 谢谢，@ 某人 . com", "email=a@b.cn"},
		{"案号：13800138000，编号为13900139000，订单号13700137000", ""},
		{"（2026）豫0802民初1234号，国办发〔2017〕47号，编号 2026-1122-0014", ""},
		{"二〇二六年十一月二十三日，一九九〇三月，第一二三四五六七号", ""},
		{"共计壹佰叁拾捌万元，￥13800138000，13812345678万，1380.0138.000", ""},
		{"2026-11-22 13:00 至 2026-11-23 18:00，百分之一三八", ""},
		{"有位女士，对方女士不讲理，向师傅请教，开车师傅，感谢师傅，谢谢女士，公安同志，文明同志，关于女士洗手间", ""},
		{"于女士您好，请于女士来，王某女士，联系人：李某某", "name=于 name=于"},
		{"", ""},
		{"\xff\xfe13812345678\xff", "phone=13812345678"},
		{"𠮷野家13812345678😀", "phone=13812345678"},
	} {
		var got []string
		for _, f := range New().Find(c.text) {
			got = append(got, string(f.Kind)+"="+f.Text)
			if c.text[f.Start:f.End] != f.Text {
				t.Errorf("%q: offsets of %+v", c.text, f)
			}
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.text, g, c.want)
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		mask     func(string) string
		in, want string
	}{
		{MaskName, "王建国", "王**"}, {MaskName, "张伟", "张*"}, {MaskName, "欧阳锋", "欧阳*"}, {MaskName, "阿依古丽·买买提", "阿**"}, {MaskName, "王", "*"}, {MaskName, "", ""}, {MaskName, "Anna Li", "A**"},
		{MaskPhone, "13800138000", "138****8000"}, {MaskPhone, "+86 138-0013-8000", "138****8000"}, {MaskPhone, "１３８００１３８０００", "138****8000"},
		{MaskPhone, "0391-3565555", "0391-*******"}, {MaskPhone, "（010）88886666", "010-********"}, {MaskPhone, "3565555", "***5555"}, {MaskPhone, "12", "**"}, {MaskPhone, "", ""},
		{maskAddress, "河南省焦作市解放区人民路889号3号楼", "河南省焦作市解放区某小区"}, {maskAddress, "人民路889号", "某处"},
		{maskAddress, "修武县云台山镇岸上村3组5号", "修武县云台山镇某村"}, {maskAddress, "阳光花园小区5栋2单元301", "某小区"}, {maskAddress, "焦东街道新华街5号", "焦东街道某处"},
	} {
		if got := c.mask(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

// What is proposed for a public text gives nothing of a number away, and reads as a sentence.
func TestReplacement(t *testing.T) {
	for in, want := range map[string]string{
		"身份证11010119900307803X。":      "身份证（证件号已隐去）。",
		"电话13800138000":               "电话（电话已隐去）",
		"卡4111 1111 1111 1111":        "卡（卡号已隐去）",
		"发到zhang@example.com":         "发到（邮箱已隐去）",
		"豫H12345停在门口":                 "（车牌已隐去）停在门口",
		"微信号：zhang_san88，QQ:12345678": "微信号：（微信号已隐去），QQ:（QQ 号已隐去）",
		"住修武县云台山镇岸上村3组5号":             "住修武县云台山镇某村",
		"姓名：王建国，联系人 欧阳锋，我叫张伟":         "姓名：王某某，联系人 欧阳某，我叫张某",
		"姓名：阿依古丽·买买提":                 "姓名：阿某某",
		"感谢刘晓丽女士和王先生":                 "感谢刘某某女士和某先生",
	} {
		if got := redact(in, New().Find(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
		if again := New().Find(want); len(again) != 0 {
			t.Errorf("%s is marked again: %+v", want, again)
		}
	}
}

func TestAllowed(t *testing.T) {
	d := New("0391-3565555", "zwgk@example.gov.cn", "人民路889号")
	if got := d.Find("电话 0391 3565555、（0391）3565555，信箱ZWGK@example.gov.cn，地址：人民路889号。"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := d.Find("0391-3565556"); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestRedact(t *testing.T) {
	const text = "本人王建国，电话13812345678，住解放区和平街3号楼2单元501室。"
	want := "本人王某某，电话（电话已隐去），住解放区某小区。"
	if got := redact(text, New().Find(text)); got != want {
		t.Errorf("got %s", got)
	}
	if got := redact("abc", []Finding{{Start: 2, End: 9}, {Start: 0, End: 1, Replacement: "x"}, {Start: 0, End: 2}}); got != "xbc" {
		t.Errorf("got %s", got)
	}
}

func TestTwiceIsOnce(t *testing.T) {
	const text = "姓名：王建国，身份证11010119900307803X，手机13812345678，座机0391-3565555，豫H12345，卡6222021234567890128"
	once := redact(text, New().Find(text))
	for _, f := range New().Find(once) {
		if f.Kind != Name {
			t.Errorf("still finds %+v in %s", f, once)
		}
	}
}

// What would take long if anything were not linear: each benchmark should stay near the others.
func BenchmarkRepeated(b *testing.B) {
	for name, unit := range map[string]string{
		"digits": "1", "spaced": "1 ", "ats": "a@", "houses": "3号", "cues": "我是", "titles": "王先生", "numerals": "一", "places": "路", "wx": "微信",
	} {
		text := strings.Repeat(unit, 10000/utf8.RuneCountInString(unit))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				New().Find(text)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat("我住在解放区人民路889号3号楼2单元501室，电话13812345678，姓名：王建国，一直没有答复，请有关部门尽快处理。", 160)
	b.ReportMetric(float64(utf8.RuneCountInString(text)), "chars")
	for b.Loop() {
		New().Find(text)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"", "姓名：王建国", "\xff13812345678", "豫H12345", "a@b.cn", "3组5号", "（0391）3565555转801", "我叫欧阳", "微信：", "11010119900307803X"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		found := New().Find(text)
		for _, x := range found {
			if x.Start < end || x.End <= x.Start || x.End > len(text) || text[x.Start:x.End] != x.Text || x.Replacement == x.Text {
				t.Fatalf("%q: %+v", text, x)
			}
			if utf8.ValidString(text) && (!utf8.ValidString(text[:x.Start]) || !utf8.ValidString(x.Text)) {
				t.Fatalf("%q: not between characters: %+v", text, x)
			}
			end = x.End
		}
		redact(text, found)
	})
}

// redact returns text with each finding replaced. Findings that overlap an earlier one or do not fit the text are passed over.
func redact(text string, findings []Finding) string {
	ordered := slices.Clone(findings)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].Start < ordered[j].Start })
	var b strings.Builder
	at := 0
	for _, f := range ordered {
		if f.Start < at || f.End < f.Start || f.End > len(text) {
			continue
		}
		b.WriteString(text[at:f.Start])
		b.WriteString(f.Replacement)
		at = f.End
	}
	b.WriteString(text[at:])
	return b.String()
}
