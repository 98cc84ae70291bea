package textindex

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// asking are words that any question may hold: they say that something is asked, not what. A stretch of Han is cut at them, the
// longest first, so that neither they nor the pairs across them count as what two questions have in common.
var asking = func() map[rune][]string {
	const list = `的 了 吗 呢 吧 啊 呀 我 你 您 他 她 谁 哪 请 怎么 怎样 怎么办 怎么样 如何 什么 什么时候 时候 何时 多少 多久 多长时间 几天 几个 为什么 为何 可以 可不可以
能不能 能否 是不是 是否 有没有 有无 要不要 用不用 会不会 算不算 该不该 请问 您好 你好 想问 想知道 想咨询 咨询 了解 请教 一下 需要 必须 应该 应当 一定 必要 现在 目前 如今 今年 去年 明年 今天 昨天
明天 最近 已经 一直 还是 还能 还要 还有 还会 还没 没有 没法 无法 不能 不会 不给 不让 不到 不了 不知道 不清楚 我家 我们 你们 他们 自己 别人 人家 这个 那个 这种 这样 那么 这么 这里 那里 哪里 哪儿
在哪 哪些 一个 两个 三个 如果 因为 所以 但是 可是 而且 以后 之后 以前 之前 或者 以及 关于 对于 根据 有关 相关 问题 情况 事情 办法 事宜 帮忙 谢谢 感谢 麻烦 打算 准备 听说 说是 一般 具体 主要 其他 另外 没人 没有人 好几天 好几个月 坏了 坏 修 来修 修理 维修 扰民 被 办理 申请 手续 流程 领取 反映 投诉 举报 能 要 给 拿`
	words := map[rune][]string{}
	for _, w := range strings.Fields(list) {
		r, _ := utf8.DecodeRuneInString(w)
		words[r] = append(words[r], w)
	}
	for _, w := range words {
		slices.SortFunc(w, func(a, b string) int { return len(b) - len(a) })
	}
	return words
}()

// same are words that residents and the government use for one thing; the first of each line stands for all of it.
var same = func() map[string][]string {
	const list = `噪声 噪音
补贴 补助 津贴
孩子 小孩 儿童
入学 上学 读书 就读
断缴 断交 停缴
辞职 离职
名字 姓名
改名 改姓
晾衣 晾晒 晒衣 晒被 晾被`
	words := map[string][]string{}
	for _, line := range strings.Split(list, "\n") {
		forms := strings.Fields(line)
		for _, w := range forms {
			words[w] = forms
		}
	}
	return words
}()

// meant is the word that stands for a piece.
func meant(piece string) string {
	if forms := same[piece]; forms != nil {
		return forms[0]
	}
	return piece
}

// forms are all the pieces that mean the same.
func forms(piece string) []string {
	if all := same[piece]; all != nil {
		return all
	}
	return []string{piece}
}

// meanings are the tokens of a term, each as what it means.
func meanings(t term) []string {
	tokens := t.tokens()
	for i, piece := range tokens {
		tokens[i] = meant(piece)
	}
	return tokens
}

// saying returns the terms of a text without the words of asking. A lone character that is left between two of them says nothing.
func saying(text string) []term {
	var out []term
	for _, t := range terms(text) {
		if t.class == word {
			out = append(out, t)
			continue
		}
		from := 0
		cut := func(to int) {
			if to-from >= 2 {
				out = append(out, term{han, t.runes[from:to]})
			}
		}
		for i := 0; i < len(t.runes); {
			n := askingAt(t.runes[i:])
			if n == 0 {
				i++
				continue
			}
			cut(i)
			i += n
			from = i
		}
		cut(len(t.runes))
	}
	return out
}

// askingAt returns how many runes of a word of asking the runes begin with.
func askingAt(runes []rune) int {
	for _, w := range asking[runes[0]] {
		if n := utf8.RuneCountInString(w); n <= len(runes) && string(runes[:n]) == w {
			return n
		}
	}
	return 0
}

// Likeness says how much of what a question is about another one is about, too. The zero Likeness finds nothing alike.
type Likeness struct {
	weights map[string]float64
	telling map[string]bool // the pieces that few documents hold
	order   [][]string      // the pieces as they stand in the question, a stretch each
	whole   float64
}

// commonWeight is that of a piece which very many documents hold.
const commonWeight = 0.5

// newLikeness weighs the pieces of a question by how rare they are; counts says in how many of all documents each is, at most
// meaning that many or more. Of pairs in a row that stand nowhere one is where a word
// meets its neighbour: what is left of them is a word that nobody has asked about.
func newLikeness(ts []term, counts map[string]int, total, most int) Likeness {
	l := Likeness{weights: map[string]float64{}, telling: map[string]bool{}}
	for _, t := range ts {
		tokens := meanings(t)
		l.order = append(l.order, tokens)
		known := func(i int) bool { return i >= 0 && i < len(tokens) && counts[tokens[i]] > 0 }
		for i, piece := range tokens {
			n := counts[piece]
			_, again := l.weights[piece]
			if again || n == 0 && meets(i, len(tokens), known) {
				continue
			}
			w := commonWeight
			if n < most {
				n = max(n, 1)
				w = math.Log(1 + (float64(total-n)+0.5)/(float64(n)+0.5))
				l.telling[piece] = true
			}
			w = max(w, commonWeight)
			l.weights[piece] = w
			l.whole += w
		}
	}
	return l
}

// meets reports whether the unknown pair i of so many is where words meet: a single one between two that are known, or the one of
// several that is next to a known one. A single one at an end, and two around a lone character, stay: they are that character's word.
func meets(i, of int, known func(int) bool) bool {
	from, to := i, i+1
	for from > 0 && !known(from-1) {
		from--
	}
	for to < of && !known(to) {
		to++
	}
	before, after, n := from > 0, to < of, to-from
	switch {
	case before && after:
		return n != 2 && i == from
	case before:
		return n > 1 && i == from
	case after:
		return n > 1 && i == to-1
	}
	return false
}

const (
	likeWhole   = 0.5  // of what the question is about, by weight, must stand in the other
	likeTitle   = 0.34 // … and this much in its title, else it is only mentioned there
	likeBoth    = 1.04 // the two together: of two halves, one is not enough
	likeSubject = 0.2  // enough in the title when that is the subject: how it came about is told in other words by everybody
)

// Score compares with a question of that title and text, and the name of its topic: 0 when it is about something else, otherwise the
// more the better, 2 at most. It is not sure when they share a telling word or two and nobody can say whether these are the matter.
func (l Likeness) Score(title, text, topic string) (score float64, sure bool) {
	held := pieces(title)
	inTitle, _ := l.share(held)
	inBoth, telling := l.share(pieces(title + "\n" + text + "\n" + topic))
	score = inTitle + inBoth
	if inBoth >= likeWhole && inTitle >= likeTitle && score >= likeBoth && telling {
		return score, true
	}
	things, named := l.things(held, pieces(topic))
	if inTitle < likeSubject || things < 2 && !named {
		return 0, false
	}
	return min(1, inTitle*float64(things)), named && things > 1
}

// things counts the telling words, or what is left of them, that stand in the other's title; named says that one is its topic.
func (l Likeness) things(title, topic map[string]bool) (n int, named bool) {
	for _, stretch := range l.order {
		within := false
		for _, piece := range stretch {
			tells := l.telling[piece] && title[piece]
			named = named || tells && topic[piece]
			if tells && !within {
				n++
			}
			within = tells
		}
	}
	return n, named
}

// share is how much of the question is held, by weight; telling says that some of it is what few questions are about.
func (l Likeness) share(held map[string]bool) (share float64, telling bool) {
	if l.whole == 0 {
		return 0, false
	}
	for piece, w := range l.weights {
		if held[piece] {
			share += w / l.whole
			telling = telling || l.telling[piece]
		}
	}
	return share, telling
}

// pieces are all tokens of a text, each as what it means.
func pieces(text string) map[string]bool {
	runes, out := folded(text), map[string]bool{}
	for _, r := range runs(runes) {
		if r.class == word {
			out[string(runes[r.from:min(r.to, r.from+maxWordRunes)])] = true
			continue
		}
		for _, pair := range pairs(runes[r.from:r.to]) {
			out[meant(pair)] = true
		}
	}
	return out
}

// Share is how much of what a question is about stands in the other text, 0 to 1, every piece alike: for short texts that are in no
// index. A question of a single character is looked for as it is; a word is also held by one that begins so ("pension", "Pensions").
func Share(question, text string) float64 {
	looked := map[string]bool{}
	for _, t := range saying(question) {
		for _, piece := range meanings(t) {
			looked[piece] = true
		}
	}
	if len(looked) == 0 {
		if r := []rune(strings.TrimSpace(question)); len(r) == 1 && classify(r[0]) == han && strings.ContainsRune(text, r[0]) {
			return 1
		}
		return 0
	}
	held, n := pieces(text), 0
	for piece := range looked {
		if held[piece] || begins(held, piece) {
			n++
		}
	}
	return float64(n) / float64(len(looked))
}

// minStem is how many letters two words must share at their beginning to be taken for forms of one.
const minStem = 4

// begins reports whether a word of the text begins with the piece, or the piece with it.
func begins(held map[string]bool, piece string) bool {
	if len(piece) < minStem || classify([]rune(piece)[0]) != word {
		return false
	}
	for w := range held {
		if len(w) >= minStem && (strings.HasPrefix(w, piece) || strings.HasPrefix(piece, w)) {
			return true
		}
	}
	return false
}
