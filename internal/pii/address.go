package pii

import "strings"

// What follows the numbers of a detailed address, longer ones first. strong ones name a home on their own account:
// two of them in a row make an address even without a street before them.
var (
	units       = []string{"号院", "号楼", "单元", "号", "栋", "幢", "座", "室", "房", "户", "楼", "层", "组", "门", "弄", "巷", "#"}
	strongUnits = map[string]bool{"号楼": true, "单元": true, "栋": true, "幢": true, "组": true, "弄": true, "号院": true, "座": true}
	// What a number may directly follow to make an address of it, and what needs a strong unit as well.
	places     = []string{"大街", "大道", "胡同", "小区", "花园", "家园", "公寓", "新村", "社区", "家属院", "路", "街", "巷", "弄", "苑", "村", "屯", "庄", "寨", "生产队", "大队"}
	weakPlaces = []string{"里", "城", "园", "院", "府", "湾", "坊", "道", "庭", "居", "郡", "墅", "国际", "广场", "大厦", "宿舍", "坪", "坡", "沟", "营", "铺", "东", "西", "南", "北", "段", "区", "期"}
	// After a day of the month come these: "人民路5号开始修".
	dayWords     = []string{"开始", "上午", "下午", "晚", "早", "凌晨", "停", "当天", "那天", "以前", "之前", "左右", "至", "到", "起", "前", "后", "公告", "文", "线", "令"}
	institutions = []string{"局", "中心", "委员会", "大厅", "政府", "派出所", "医院", "学校", "中学", "小学", "银行", "法院"}
)

const (
	numerals     = "一二三四五六七八九十百零〇"
	addressStops = "在住于是到从的了我们您你他她址由及"
	maxPlace     = 30
)

// chain is a row of numbers with their units: "3号楼2单元501".
type chain struct {
	from, to      int
	count, strong int
	last          string
}

func (s *scanner) addresses() {
	for i := 0; i < len(s.r); {
		if !s.numberStart(i) {
			i++
			continue
		}
		c := s.chain(i)
		if c.count == 0 {
			i++
			continue
		}
		if from, ok := s.place(c); ok {
			s.add(Address, from, c.to)
		}
		i = c.to
	}
}

func numeral(r rune) bool { return r != 0 && strings.ContainsRune(numerals, r) }

func (s *scanner) numberStart(i int) bool {
	r, prev := s.r[i], s.get(i-1)
	switch {
	case digit(r):
		return !alnum(prev) && prev != '.' && prev != '第' && prev != '月' && prev != '-'
	case letter(r):
		return !alnum(prev) && !alnum(s.get(i+2)) // "a栋", "b3座"
	}
	return numeral(r) && !numeral(prev) && prev != '第' && prev != '月'
}

// numberEnd passes over "12", "12-3", "12之3", "b3", "十二"; at most eleven characters.
func (s *scanner) numberEnd(i int) int {
	j := i
	if numeral(s.get(j)) {
		for numeral(s.get(j)) && j-i < 5 {
			j++
		}
		return j
	}
	if letter(s.get(j)) {
		j++
	}
	for j-i < 11 && (digit(s.get(j)) || (s.get(j) == '-' || s.get(j) == '之' || s.get(j) == '附') && digit(s.get(j+1)) && j > i) {
		j++
	}
	if j > i && letter(s.get(j)) && !alnum(s.get(j+1)) {
		j++
	}
	return j
}

func (s *scanner) chain(i int) chain {
	c := chain{from: i, to: i}
	for c.count < 8 {
		j := c.to
		if c.count > 0 && (s.get(j) == ' ' || s.get(j) == '附' || s.get(j) == '-' || s.get(j) == '东' || s.get(j) == '西') {
			j++
		}
		end := s.numberEnd(j)
		if end == j {
			return c
		}
		n := s.hasAny(end, units)
		if n == 0 && s.get(end) == ' ' { // "12 号 3 单元", as carefully set text has it
			if n = s.hasAny(end+1, units); n > 0 {
				end++
			}
		}
		if n == 0 && c.count == 0 && s.shortForm(j, end) {
			return chain{from: i, to: end, count: 1, strong: 1, last: "室"}
		}
		if n == 0 {
			if c.count > 0 && c.last != "号" && end-j >= 2 && end-j <= 5 && digit(s.get(end-1)) && !digit(s.get(end)) {
				c.to = end // the room, without its unit
			}
			return c
		}
		c.last = s.slice(end, end+n)
		c.count++
		if strongUnits[c.last] {
			c.strong++
		}
		c.to = end + n
		if strings.ContainsRune("东西中南北", s.get(c.to)) && s.get(c.to) != 0 && s.get(c.to+1) == '户' {
			c.to += 2
		}
	}
	return c
}

// shortForm reports whether "3-2-1501" stands there: building, unit and room.
func (s *scanner) shortForm(from, to int) bool {
	parts := strings.Split(s.slice(from, to), "-")
	return len(parts) == 3 && len(parts[0]) <= 3 && len(parts[1]) <= 2 && len(parts[2]) >= 3 && len(parts[2]) <= 4 && !alnum(s.get(to)) && s.get(to) != '-'
}

// place decides whether the chain is part of a home's address and where that begins.
func (s *scanner) place(c chain) (from int, ok bool) {
	end := c.from
	for n := 0; n < 2 && s.get(end-1) == ' '; n++ {
		end--
	}
	if strings.ContainsRune(")】", s.get(end-1)) && s.get(end-1) != 0 { // "人民路（东段）5号"
		for j := end - 2; j > 0 && end-j < 8; j-- {
			if s.r[j] == '(' || s.r[j] == '【' {
				end = j
				break
			}
		}
	}
	strong := c.strong > 0 && c.count+c.strong > 1
	near := s.endsIn(end, places) || (c.strong > 0 || c.count > 1) && s.endsIn(end, weakPlaces)
	switch {
	case !near && (c.count < 2 || !strong):
		return 0, false
	case !near && s.get(end-1) != 0 && strings.ContainsRune("每共有约", s.get(end-1)):
		return 0, false
	case c.count == 1 && c.last == "号" && (s.hasAny(c.to, dayWords) > 0 || s.officeFollows(c.to)):
		return 0, false
	case c.count == 1 && (c.last == "户" || c.last == "层" || c.last == "门" || c.last == "房" || c.last == "#" || c.last == "楼"):
		return 0, false // "李庄村30户" counts homes
	}
	from = end
	for from > 0 && end-from < maxPlace && s.addressChar(from-1) {
		from--
	}
	if from == end {
		return c.from, true
	}
	return s.trimPlace(from, end), true
}

func (s *scanner) endsIn(end int, words []string) bool {
	for _, w := range words {
		if n := len([]rune(w)); s.has(end-n, w) && end-n >= 0 {
			// "公里5号", "我们村5号停水": not the name of a place.
			return !strings.Contains("公这那哪家们全本", s.slice(end-n-1, end-n)) || n > 1
		}
	}
	return false
}

func (s *scanner) addressChar(i int) bool {
	r := s.r[i]
	return (han(r) || alnum(r)) && !strings.ContainsRune(addressStops, r)
}

// Words that stand before an address and never in one.
var introductions = []string{"家庭", "家住", "现居", "居民", "地点", "位置", "今年", "请问", "反映", "来自", "购买", "租住", "租赁", "搬到", "入住", "业主", "村民", "本人", "户籍", "地址", "居住", "前往", "附近", "收悉", "属于", "关于"}

// trimPlace passes over what introduces an address rather than belongs to it.
func (s *scanner) trimPlace(from, end int) int {
	for i := from; i < end-2; i++ {
		if n := s.hasAny(i, introductions); n > 0 && i+n < end-1 {
			from = i + n
		}
	}
	if (s.get(from) == '住' || s.get(from) == '家' && !s.has(from, "家园")) && from < end-2 {
		from++
	}
	return from
}

// officeFollows reports whether the building belongs to an institution: its address is public.
func (s *scanner) officeFollows(i int) bool {
	if s.get(i) == '(' || s.get(i) == ' ' {
		i++
	}
	end := i
	for end < len(s.r) && end-i < 12 && han(s.r[end]) {
		end++
	}
	after := s.slice(i, end)
	for _, w := range institutions {
		if strings.Contains(after, w) {
			return true
		}
	}
	return false
}
