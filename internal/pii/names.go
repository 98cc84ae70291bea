package pii

import "strings"

const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺农肖闫"

var compoundSurnames = map[string]bool{"欧阳": true, "上官": true, "司马": true, "诸葛": true, "东方": true, "皇甫": true, "尉迟": true, "公孙": true,
	"令狐": true, "慕容": true, "司徒": true, "夏侯": true, "端木": true, "长孙": true, "宇文": true, "独孤": true, "南宫": true, "轩辕": true, "淳于": true, "申屠": true, "百里": true}

// Characters that are surnames but far more often ordinary words; they count only after a strong cue.
const oftenWords = "于时向和来成计时任全应路关连都保官木党商司解古台农边位单原明费强查管简练盖封车房文常"

var (
	strongCues = []string{"姓名", "联系人", "申请人", "举报人", "投诉人", "诉求人", "当事人", "反映人", "来信人", "咨询人", "信访人", "户主", "收件人", "法定代表人", "监护人", "署名", "户名", "我名叫", "名叫", "我叫", "叫做",
		"经办人", "承办人", "负责人", "联络人", "代理人", "委托人", "受益人", "参保人", "持卡人", "患者", "死者"}
	weakCues = []string{"本人", "我是", "居民", "村民", "业主", "市民", "职工", "教师", "经理",
		"爱人", "妻子", "丈夫", "老公", "老婆", "儿子", "女儿", "父亲", "母亲", "爸爸", "妈妈", "爷爷", "奶奶", "孙子", "孙女", "哥哥", "弟弟", "姐姐", "妹妹", "邻居", "患者", "学生"}
	titles = []string{"先生", "女士", "小姐", "同志", "师傅", "阿姨", "大爷", "大妈", "大姐", "大哥", "大叔", "大娘", "大伯", "老师", "医生", "护士",
		"主任", "科长", "局长", "书记", "所长", "镇长", "乡长", "村长", "队长", "处长", "院长", "校长", "股长", "站长", "园长", "经理"}
	// What a surname begins without being one, after weak cues and before titles.
	notNames = []string{"高中", "高三", "高二", "高一", "高龄", "高校", "高考", "高新", "毕业", "应届", "成年", "成人", "程序", "关注", "安徽", "江苏", "江西", "云", "常住", "常年",
		"单亲", "单身", "包工", "马上", "温县", "武陟", "孟州", "焦作", "安全", "万达", "金山", "黄河", "黄山", "林业", "方庄", "毛坯", "任何", "于是", "温州", "武汉", "华侨",
		"连锁", "党员", "房东", "房主", "车主", "租户", "司机", "商户", "农民", "农村", "农户", "公司", "全职", "全体", "许多", "有些", "各位", "何时", "何人", "何必", "时常", "来自", "来到",
		"易地", "石材", "石油", "金融", "文员", "文化", "方便", "经常", "明天", "祝您", "祝你", "白天", "谢谢", "水利", "牛羊", "雷锋", "路人", "路过", "钱款", "计划", "和平", "强烈", "孕妇",
		"宁愿", "康复", "乐意", "盛夏", "龙源", "江南", "江北", "海", "陆续", "严格", "严重", "卫生", "查询", "向阳", "官方", "费用", "管理", "练习", "简单", "封闭", "古", "原告", "都是", "老",
		"周末", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周边", "周围", "周岁", "夏天", "万一", "高烧", "高血压", "金额", "黄牛", "马路", "孔子", "陶瓷", "洪水", "左右", "左手", "花钱", "花费", "梅雨", "白血病", "柴油", "宫颈", "骨", "温", "贺", "艾滋", "甘愿", "解除", "强制", "毕竟", "常见", "余额", "冷", "蓝", "银行", "计算", "应该", "游泳", "车祸", "包括", "屈", "项目", "路上", "宁可", "史", "段时间", "成绩", "成为", "牛奶"}
	notGiven = []string{"主任", "科长", "局长", "书记", "老师", "先生", "女士", "小姐", "同志", "经理", "师傅", "所长", "医生", "镇长", "村长", "队长", "处长", "院长", "校长", "股长", "站长", "部长", "主席", "县长", "市长", "阿姨", "大爷", "大妈", "大姐", "大哥", "某某", "某"}
)

const (
	// After a name the sentence goes on with one of these.
	goesOn = "住是在的电联身男女家来今现因于向有想反和与及系对从我您你请手投户及已曾将也就都"
	// A name after a weak cue does not end so: a place, a trade.
	placeEnds = "村镇县市区乡路街庄厂店局校院者员户商工司长部们人"
)

// names finds names by what stands before or after them, then every other place where a found name of two characters or more stands.
func (s *scanner) names() {
	first := len(s.found)
	for i := range s.r {
		if n := s.hasAny(i, strongCues); n > 0 {
			s.afterCue(i+n, true)
		} else if n := s.hasAny(i, weakCues); n > 0 {
			s.afterCue(i+n, false)
		} else if n := s.hasAny(i, titles); n > 0 {
			s.beforeTitle(i)
		}
	}
	s.repeats(s.found[first:])
}

func (s *scanner) afterCue(i int, strong bool) {
	// "我叫于洋" is a name; "申请人于上月" is not.
	colon, named := false, s.get(i-1) == '叫'
	for n := 0; n < 4 && s.get(i) != 0 && strings.ContainsRune(": 是为叫(", s.r[i]); n++ {
		colon = colon || s.r[i] == ':'
		i++
	}
	if s.has(i, "姓名") {
		i = s.skip(i+2, connectors)
	}
	end := i
	for end < len(s.r) && end-i < 16 && (han(s.r[end]) || s.r[end] == '·' || s.r[end] == '•') {
		end++
	}
	if dotted := strings.ContainsAny(s.slice(i, end), "·•"); dotted && strong && end-i >= 4 {
		s.add(Name, i, end)
		return
	}
	if strong && !colon && !named && s.get(i-1) != ' ' && s.surname(i, false) == 0 {
		return
	}
	if to := s.nameAt(i, end, strong); to > i {
		s.add(Name, i, to)
	} else if colon && strong && end-i >= 2 && end-i <= 3 && end < len(s.r) && s.surname(i, true) > 0 && s.hasAny(i+1, notGiven) == 0 {
		s.add(Name, i, end)
	}
}

// surname returns the length of the surname at i, 0 when there is none.
func (s *scanner) surname(i int, strong bool) int {
	switch r := s.get(i); {
	case compoundSurnames[s.slice(i, i+2)]:
		return 2
	case r == 0 || !strings.ContainsRune(surnames, r), !strong && strings.ContainsRune(oftenWords, r):
		return 0
	}
	return 1
}

// nameAt returns where the name at i ends, i when there is none; the run of Han characters ends at end.
func (s *scanner) nameAt(i, end int, strong bool) int {
	sur := s.surname(i, strong)
	if sur == 0 || (!strong && s.hasAny(i, notNames) > 0) {
		return i
	}
	if s.hasAny(i+sur, notGiven) > 0 {
		return i
	}
	for given := 2; given >= 1; given-- {
		to := i + sur + given
		if to > end || (given == 2 && strings.ContainsRune(goesOn, s.r[to-1]) && to < end) {
			continue
		}
		switch next := s.get(to); {
		case given == 2 && strong && !strings.ContainsRune(goesOn, s.r[to-1]):
		case to == end || next != 0 && strings.ContainsRune(goesOn, next):
		default:
			continue
		}
		// "我是王家村的": after "I am" a name is not followed by "的", nor does it end as a place does.
		if !strong && (s.get(to) == '的' || strings.ContainsRune(placeEnds, s.r[to-1])) {
			return i
		}
		return to
	}
	return i
}

// beforeTitle looks for the name that ends before i, the longest that begins with a surname.
func (s *scanner) beforeTitle(i int) {
	switch s.get(i - 1) {
	case '班': // 向班主任
		return
	case '副': // 陈副局长
		i--
	}
	for n := 4; n >= 1; n-- {
		from := i - n
		if from < 0 || !s.allHan(from, i) {
			continue
		}
		sur := s.surname(from, n == 1)
		if sur == 0 || n < sur || n > sur+2 || (n > sur && s.hasAny(from, notNames) > 0) {
			continue
		}
		if n == sur {
			if sur == 2 || s.aloneSurname(from) {
				s.addAs(Name, from, i, "某") // 王女士 becomes 某女士
			}
			return
		}
		s.add(Name, from, i)
		return
	}
}

const (
	// Surnames that before a title are hardly ever one: "有位女士", "向师傅请教", "开车师傅".
	neverAlone = "向和来都连位车官房农"
	// Before a surname that is more often a word these may stand: "请于女士", not "关于女士".
	before = "的是请找给由与及跟同让为被问见到叫"
)

// Words whose last character is a surname: "感谢师傅", "对方女士", "公安同志".
var wordsBeforeTitles = []string{"感谢", "多谢", "致谢", "答谢", "谢谢", "对方", "地方", "甲方", "乙方", "双方", "警方", "校方", "院方", "厂方", "资方", "我方", "各方",
	"公安", "保安", "治安", "城管", "主管", "监管", "保管", "门卫", "保卫", "环卫", "工程", "课程", "流程", "儿童", "承包", "外包", "学习", "公路", "铁路", "提高", "最高",
	"村庄", "历史", "明白", "客商", "工单", "名单", "公司", "年龄", "水池", "资金", "现金", "合同"}

// aloneSurname reports whether the one character at i, before a title, is somebody's surname.
func (s *scanner) aloneSurname(i int) bool {
	r, prev := s.r[i], s.get(i-1)
	switch {
	case strings.ContainsRune(neverAlone, r):
		return false
	case strings.ContainsRune(oftenWords, r) && han(prev) && !strings.ContainsRune(before, prev):
		return false
	}
	return i == 0 || s.hasAny(i-1, wordsBeforeTitles) == 0
}

func (s *scanner) allHan(from, to int) bool {
	for ; from < to; from++ {
		if !han(s.r[from]) {
			return false
		}
	}
	return true
}

// maxRepeated bounds how many different names are looked for again, so that the time stays linear.
const maxRepeated = 20

func (s *scanner) repeats(found []Finding) {
	seen := map[string]bool{}
	for _, f := range append([]Finding(nil), found...) {
		if seen[f.Text] || len(seen) == maxRepeated || len([]rune(f.Text)) < 2 {
			continue
		}
		seen[f.Text] = true
		for at := 0; ; {
			i := strings.Index(s.text[at:], f.Text)
			if i < 0 {
				break
			}
			from := at + i
			at = from + len(f.Text)
			s.found = append(s.found, Finding{Kind: Name, Start: from, End: at, Text: f.Text, Replacement: f.Replacement})
		}
	}
}
