// Package password hashes and judges the passwords of staff, and makes recovery codes for their second factor.
// It must not know who signs in, nor where hashes are kept.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what one argon2id hash costs.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

var (
	// Recommended is the smallest argon2id cost of the OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 thread.
	Recommended = Cost{Memory: 19 * 1024, Time: 2, Threads: 1}
	// Cheap is for tests and demo data: too weak for real passwords.
	Cheap = Cost{Memory: 64, Time: 1, Threads: 1}
)

const (
	saltSize = 16
	hashSize = 32
	// maxBytes bounds the work on a password nobody could have set (MaxLength runes of four bytes).
	maxBytes = MaxLength * 4
	// A hash from the database never asks for more than this, whatever the row says.
	maxMemory, maxTime, maxThreads = 256 * 1024, 16, 8
)

// Hasher hashes with one cost, a bounded number at a time: n sign-ins at once need memory for only so many hashes, the
// rest wait. It is safe for concurrent use.
type Hasher struct {
	cost  Cost
	slots chan struct{}
}

// New returns a hasher that works on at most parallel passwords at once (at least one).
func New(cost Cost, parallel int) *Hasher {
	return &Hasher{cost: cost, slots: make(chan struct{}, max(parallel, 1))}
}

// Hash returns the PHC string of plain: $argon2id$v=19$m=…,t=…,p=…$salt$hash, at most 128 characters. It does not judge the password; Check does.
func (h *Hasher) Hash(plain string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("password: salt: %w", err)
	}
	return phc{cost: h.cost, salt: salt, hash: h.derive(plain, salt, h.cost, hashSize)}.String(), nil
}

// Verify reports whether plain is the password behind the PHC string, and whether the string should be made anew because
// its cost is no longer the hasher's. A string that is empty or not ours costs as much time as a wrong password, so
// that signing in to an account that does not exist looks the same: call Verify("", plain) then.
func (h *Hasher) Verify(encoded, plain string) (ok, needsRehash bool) {
	p, parsed := parse(encoded)
	if !parsed || len(plain) > maxBytes {
		h.derive("", make([]byte, saltSize), h.cost, hashSize)
		return false, false
	}
	got := h.derive(plain, p.salt, p.cost, uint32(len(p.hash)))
	if subtle.ConstantTimeCompare(got, p.hash) != 1 {
		return false, false
	}
	return true, p.cost != h.cost || len(p.hash) != hashSize
}

func (h *Hasher) derive(plain string, salt []byte, c Cost, size uint32) []byte {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	// The same password typed with a full-width or a decomposing input method is the same (NIST SP 800-63B 3.1.1.2).
	return argon2.IDKey(norm.NFKC.AppendString(nil, plain), salt, c.Time, c.Memory, c.Threads, size)
}

type phc struct {
	cost       Cost
	salt, hash []byte
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.cost.Memory, p.cost.Time, p.cost.Threads, b64.EncodeToString(p.salt), b64.EncodeToString(p.hash))
}

func parse(s string) (p phc, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return p, false
	}
	if p.cost, ok = parseCost(parts[3]); !ok {
		return p, false
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return p, false
	}
	if p.hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.hash) < 16 || len(p.hash) > 64 {
		return p, false
	}
	return p, true
}

func parseCost(s string) (c Cost, ok bool) {
	fields := strings.Split(s, ",")
	if len(fields) != 3 {
		return c, false
	}
	var values [3]uint32
	for i, spec := range []struct {
		name string
		max  uint64
	}{{"m=", maxMemory}, {"t=", maxTime}, {"p=", maxThreads}} {
		text, found := strings.CutPrefix(fields[i], spec.name)
		n, err := strconv.ParseUint(text, 10, 32)
		if !found || err != nil || n < 1 || n > spec.max {
			return c, false
		}
		values[i] = uint32(n)
	}
	return Cost{Memory: values[0], Time: values[1], Threads: uint8(values[2])}, true
}
