package password

import (
	"strings"
	"sync"
	"testing"
)

func TestHashVerify(t *testing.T) {
	h := New(Cheap, 2)
	for _, plain := range []string{"correct horse", "口令要长一些才好记", "𠮷", ""} {
		phc, err := h.Hash(plain)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") || len(phc) > 128 {
			t.Errorf("PHC %q", phc)
		}
		if ok, again := h.Verify(phc, plain); !ok || again {
			t.Errorf("%q: %v %v", plain, ok, again)
		}
		if ok, _ := h.Verify(phc, plain+"x"); ok {
			t.Errorf("%q: a wrong password passes", plain)
		}
		other, _ := h.Hash(plain)
		if other == phc {
			t.Error("no salt")
		}
	}
}

func TestFullWidthIsTheSame(t *testing.T) {
	h := New(Cheap, 1)
	phc, _ := h.Hash("ａｂｃ１２３")
	if ok, _ := h.Verify(phc, "abc123"); !ok {
		t.Error("full-width typing must not lock anybody out")
	}
}

func TestNeedsRehash(t *testing.T) {
	phc, _ := New(Cheap, 1).Hash("secret")
	if ok, again := New(Cost{Memory: 128, Time: 1, Threads: 1}, 1).Verify(phc, "secret"); !ok || !again {
		t.Errorf("%v %v", ok, again)
	}
	if ok, again := New(Cost{Memory: 128, Time: 1, Threads: 1}, 1).Verify(phc, "wrong"); ok || again {
		t.Errorf("%v %v", ok, again)
	}
}

// The reference vector of the argon2 command line tool: argon2 somesalt -id -t 2 -m 16 -p 1, "password".
func TestReferenceVector(t *testing.T) {
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, again := New(Recommended, 1).Verify(phc, "password"); !ok || !again {
		t.Errorf("%v %v", ok, again)
	}
}

func TestVerifyRefusesWhatIsNotOurs(t *testing.T) {
	h := New(Cheap, 1)
	good, _ := h.Hash("secret")
	for _, phc := range []string{
		"", "secret", "$2a$10$abc", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "m=64", "m=4294967295", 1),
		strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=300", 1), strings.Replace(good, "v=19", "v=16", 1), good + "$", good[:40],
	} {
		if ok, _ := h.Verify(phc, "secret"); ok {
			t.Errorf("%q passes", phc)
		}
	}
	if ok, _ := h.Verify(good, strings.Repeat("x", 10<<20)); ok {
		t.Error("ten megabytes pass")
	}
}

func TestFlood(t *testing.T) {
	h := New(Cheap, 2)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { _, _ = h.Hash("secret") })
	}
	wg.Wait()
	if len(h.slots) != 0 || cap(h.slots) != 2 {
		t.Errorf("slots %d/%d", len(h.slots), cap(h.slots))
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ plain, account, want string }{
		{"", "wang", TooShort}, {"短密码", "wang", TooShort}, {strings.Repeat("长密", 65), "wang", TooLong},
		{"abc\x00defghijk", "wang", NotText}, {"\xff\xfeabcdefghij", "wang", NotText},
		{"my-WangJG-2026", "wangjg", ContainsAccount}, {"ｗａｎｇｊｇ很长的口令", "wangjg", ContainsAccount}, {"li 的口令其实很长", "li", ""},
		{"1234567890", "wang", TooCommon}, {"Password123!", "wang", TooCommon}, {"aaaaaaaaaa", "wang", TooCommon}, {"1212121212", "wang", TooCommon},
		{"qwertyuiop", "wang", TooCommon}, {"19880808123", "wang", TooCommon}, {"admin@2026", "wang", TooCommon}, {"abc1234567890", "wang", TooCommon},
		{"passwordpassword", "wang", TooCommon}, {"p@ssw0rd2026", "wang", TooCommon}, {"1qaz2wsx12", "wang", TooCommon},
		{"春风又绿江南岸明月", "wang", TooShort}, {"春风又绿江南岸明月照", "wang", ""}, {"correct horse battery", "wang", ""}, {"Huiyin-demo-2026", "wang", ""},
	} {
		if got := Check(c.plain, c.account); got != c.want {
			t.Errorf("%.20q: %q, want %q", c.plain, got, c.want)
		}
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, err := RecoveryCodes(10)
	if err != nil || len(codes) != 10 {
		t.Fatal(codes, err)
	}
	seen := map[string]bool{}
	for _, c := range codes {
		if len(c) != 11 || c[5] != '-' || seen[c] {
			t.Errorf("code %q", c)
		}
		seen[c] = true
		if got := NormalizeCode(" " + strings.ToUpper(c[:5]) + " " + c[6:]); got != c[:5]+c[6:] {
			t.Errorf("%q normalises to %q", c, got)
		}
	}
	for in, want := range map[string]string{"OIl00-00000": "0110000000", "": "", "abc": "", "abcde-fghu0": "", "０１２３４５６７８９": "0123456789"} {
		if got := NormalizeCode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	h := New(Cheap, 1)
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "x")
	f.Fuzz(func(_ *testing.T, phc, plain string) {
		if p, ok := parse(phc); ok && p.cost != Cheap {
			return
		}
		h.Verify(phc, plain)
		Check(plain, phc)
		NormalizeCode(plain)
	})
}
