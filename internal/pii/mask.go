package pii

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// gone are the words that stand in a public text for what was there: a number with some digits left could still be found again,
// and an identity number would go on telling where and when somebody was born.
var gone = map[Kind]string{
	IDCard: "（证件号已隐去）", BankCard: "（卡号已隐去）", Phone: "（电话已隐去）", Email: "（邮箱已隐去）", Plate: "（车牌已隐去）",
	WeChat: "（微信号已隐去）", QQ: "（QQ 号已隐去）", Birth: "（出生日期已隐去）",
}

// Replacement is what is proposed for a public text instead of s: a remark that something was there, the surname with 某 for each
// further character of a name (王某某), the town or quarter of an address. Mask is for screens that only cover what they hold.
func Replacement(kind Kind, s string) string {
	switch kind {
	case Name:
		return someone(s)
	case Address:
		return maskAddress(s)
	}
	return gone[kind]
}

// someone writes a name as court records do: 张某, 王某某, 欧阳某.
func someone(s string) string {
	runes := []rune(strings.TrimSpace(s))
	keep := 1
	switch {
	case len(runes) < 2:
		return "某"
	case strings.ContainsAny(s, "·•") || !unicode.Is(unicode.Han, runes[0]):
		return string(runes[0]) + "某某"
	case len(runes) > 2 && compoundSurnames[string(runes[:2])]:
		keep = 2
	}
	return string(runes[:keep]) + strings.Repeat("某", len(runes)-keep)
}

// Mask covers a datum on a screen that does not open it; what stays is to recognise it by: the surname, the region of an identity
// number, the last digits of a card.
func Mask(kind Kind, s string) string {
	switch kind {
	case Name:
		return MaskName(s)
	case Phone:
		return MaskPhone(s)
	case IDCard:
		return maskMiddle(s, 6, 0)
	case BankCard:
		return maskMiddle(digitsOf(s), 0, 4)
	case Email:
		at := strings.IndexAny(s, "@＠")
		return maskMiddle(s[:max(at, 0)], 1, 0) + s[max(at, 0):]
	case Address:
		return maskAddress(s)
	}
	return maskMiddle(s, 1, 0)
}

// MaskPhone keeps the first three and the last four digits of a mobile number (138****8000), the area code of a landline
// (0391-*******), the last four digits of anything else.
func MaskPhone(s string) string {
	d := digitsOf(s)
	d = strings.TrimPrefix(d, "00")
	if len(d) == 13 && strings.HasPrefix(d, "861") {
		d = d[2:]
	}
	switch {
	case len(d) == 11 && d[0] == '1':
		return maskMiddle(d, 3, 4)
	case strings.HasPrefix(strings.TrimLeft(strings.Map(fold, s), "( "), "0") && len(digitsOf(s)) > 8:
		d, area := digitsOf(s), 4
		if d[1] == '1' || d[1] == '2' {
			area = 3
		}
		return d[:area] + "-" + strings.Repeat("*", min(len(d)-area, 8))
	case len(d) > 6:
		return maskMiddle(d, 0, 4)
	}
	return strings.Repeat("*", utf8.RuneCountInString(s))
}

// MaskName keeps the surname: 王建国 becomes 王**, 欧阳锋 becomes 欧阳*.
func MaskName(s string) string {
	s = strings.TrimSpace(s)
	runes := []rune(s)
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) == 1:
		return "*"
	case strings.ContainsAny(s, "·•") || !unicode.Is(unicode.Han, runes[0]):
		return string(runes[0]) + "**"
	case len(runes) > 2 && compoundSurnames[string(runes[:2])]:
		return maskMiddle(s, 2, 0)
	}
	return maskMiddle(s, 1, 0)
}

// maskAddress keeps the town, the district or what is above it: 解放区人民路889号3号楼 becomes 解放区某处.
func maskAddress(s string) string {
	runes := []rune(s)
	keep := 0
	for i, r := range runes {
		if i == 0 || !strings.ContainsRune("省市区县镇乡道旗", r) {
			continue
		}
		prev := runes[i-1]
		if (r == '道' && prev != '街') || (r == '区' && strings.ContainsRune("小社园院厂库校片", prev)) || (i+1 < len(runes) && strings.ContainsRune("路街巷", runes[i+1])) {
			continue
		}
		keep = i + 1
	}
	rest := string(runes[keep:])
	some := "某处"
	for _, v := range []struct{ marks, some string }{{"村 屯 庄 组", "某村"}, {"小区 花园 家园 苑 公寓 新村 家属院 社区 号楼 栋 幢 单元", "某小区"}} {
		for mark := range strings.SplitSeq(v.marks, " ") {
			if strings.Contains(rest, mark) && (mark != "村" || !strings.Contains(rest, "新村")) {
				some = v.some
			}
		}
	}
	if strings.Count(rest, "-") == 2 { // building-unit-room
		some = "某小区"
	}
	return string(runes[:keep]) + some
}

// maskMiddle hides all but the first and last few characters, one star each; of short strings it shows less.
func maskMiddle(s string, first, last int) string {
	runes := []rune(s)
	n := len(runes)
	if first+last >= n {
		first, last = min(1, n/2), 0
	}
	return string(runes[:first]) + strings.Repeat("*", n-first-last) + string(runes[n-last:])
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r = fold(r); r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
