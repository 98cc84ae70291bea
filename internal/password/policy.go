package password

import (
	"crypto/rand"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Length limits of a password, in characters.
const (
	MinLength = 10
	MaxLength = 128
)

// Why a password is refused: message ids.
//
//i18n:keys
const (
	TooShort        = "密码至少要有 10 个字符。"
	TooLong         = "密码最多 128 个字符。"
	NotText         = "密码里有不能使用的字符，请换一个。"
	ContainsAccount = "密码里不能包含账号名。"
	TooCommon       = "这个密码太常见，容易被猜到，请换一个。"
)

// Check returns why plain may not become the password of the account, as a message id, or "" when it may. Length and
// commonness are what counts (NIST SP 800-63B 3.1.1.2); no rule on kinds of characters.
func Check(plain, account string) string {
	folded := strings.ToLower(norm.NFKC.String(plain))
	account = strings.ToLower(norm.NFKC.String(strings.TrimSpace(account)))
	switch n := utf8.RuneCountInString(plain); {
	case !utf8.ValidString(plain) || strings.ContainsFunc(plain, unicode.IsControl):
		return NotText
	case n < MinLength:
		return TooShort
	case n > MaxLength:
		return TooLong
	case utf8.RuneCountInString(account) >= 3 && strings.Contains(folded, account):
		return ContainsAccount
	case common(folded):
		return TooCommon
	}
	return ""
}

// stems are the commonest passwords; one of them with digits or marks around it, or repeated, is as common.
var stems = []string{
	"password", "passwd", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1q2w3e4r", "1q2w3e4r5t",
	"1qaz2wsx", "1qaz@wsx", "qazwsx", "admin", "administrator", "root", "welcome", "letmein", "iloveyou", "woaini", "abc", "abcd", "abcdef", "a1b2c3d4",
	"test", "huiyin", "zhengfu", "mima", "woaini1314", "qq", "aa",
}

const runs = "01234567890123456789 98765432109876543210 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm"

// common reports whether a folded password is in everybody's first thousand guesses.
func common(s string) bool {
	if distinct(s) <= 2 || strings.Contains(runs, s) {
		return true
	}
	core := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if core == "" { // digits and marks only: dates, phone numbers and rows of keys are all short on surprise
		return digitsOnly(s) && len(s) < 14
	}
	for _, stem := range stems {
		if core == stem || strings.ReplaceAll(s, stem, "") == "" || (strings.HasPrefix(s, stem) && digitsOnly(s[len(stem):])) {
			return true
		}
	}
	return false
}

func distinct(s string) int {
	seen := map[rune]struct{}{}
	for _, r := range s {
		seen[r] = struct{}{}
	}
	return len(seen)
}

func digitsOnly(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// Crockford's base32: no i, l, o, u, which are misread.
const codeAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// RecoveryCodes returns n one-time codes of the form "xxxxx-xxxxx" (50 random bits each). Keep only hashes of them, made
// from what NormalizeCode returns.
func RecoveryCodes(n int) ([]string, error) {
	codes := make([]string, n)
	for i := range codes {
		raw := make([]byte, 10)
		if _, err := rand.Read(raw); err != nil {
			return nil, fmt.Errorf("password: recovery code: %w", err)
		}
		for j, b := range raw {
			raw[j] = codeAlphabet[b&31]
		}
		codes[i] = string(raw[:5]) + "-" + string(raw[5:])
	}
	return codes, nil
}

// NormalizeCode returns a typed recovery code as ten characters without the hyphen, letters that look like digits read as
// digits, or "" when it cannot be one.
func NormalizeCode(typed string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFKC.String(typed[:min(len(typed), 64)])) {
		switch {
		case r == 'o':
			r = '0'
		case r == 'i' || r == 'l':
			r = '1'
		case r == '-' || unicode.IsSpace(r):
			continue
		}
		if !strings.ContainsRune(codeAlphabet, r) {
			return ""
		}
		b.WriteRune(r)
	}
	if b.Len() != 10 {
		return ""
	}
	return b.String()
}
