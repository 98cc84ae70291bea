// Package seal keeps personal data unreadable at rest and still findable: values are encrypted with a key that can be
// rotated, and equal values are found through a keyed hash. It must not know what the values mean, nor where they are kept.
package seal

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// KeySize is the length in bytes of every key, the index key included.
const KeySize = 32

var (
	// ErrMalformed means that the value was not made by Seal.
	ErrMalformed = errors.New("seal: not a sealed value")
	// ErrUnknownKey means that the value was sealed with a key that this box does not hold.
	ErrUnknownKey = errors.New("seal: sealed with an unknown key")
	// ErrForged means that the value was altered, or belongs to another context.
	ErrForged = errors.New("seal: value does not authenticate")
	// ErrKeys means that the keys cannot make a box.
	ErrKeys = errors.New("seal: unusable keys")
)

var (
	keyID    = regexp.MustCompile(`^[a-z0-9]{1,16}$`)
	encoding = base64.RawURLEncoding
)

// Box seals and opens values. It is safe for concurrent use.
type Box struct {
	aeads    map[string]cipher.AEAD
	current  string
	indexKey []byte
}

// New returns a box that opens with any of the keys and seals with the current one. Ids match [a-z0-9]{1,16}.
// The index key is not rotated: changing it means computing every blind index again.
func New(keys map[string][]byte, current string, indexKey []byte) (*Box, error) {
	b := &Box{aeads: make(map[string]cipher.AEAD, len(keys)), current: current}
	for id, key := range keys {
		if !keyID.MatchString(id) {
			return nil, fmt.Errorf("%w: key id %q does not match %s", ErrKeys, id, keyID)
		}
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return nil, fmt.Errorf("%w: key %q has %d bytes, want %d", ErrKeys, id, len(key), KeySize)
		}
		b.aeads[id] = aead
	}
	if b.aeads[current] == nil {
		return nil, fmt.Errorf("%w: no key %q, the current one", ErrKeys, current)
	}
	if len(indexKey) != KeySize {
		return nil, fmt.Errorf("%w: the index key has %d bytes, want %d", ErrKeys, len(indexKey), KeySize)
	}
	b.indexKey = append([]byte(nil), indexKey...)
	return b, nil
}

// Seal encrypts plain as "keyid:base64url" (XChaCha20-Poly1305, a random nonce each time). The context, such as
// "accounts.phone", is not stored but must be given again to open: a value copied into another column does not open.
func (b *Box) Seal(plain, context string) (string, error) {
	aead := b.aeads[b.current]
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal: nonce: %w", err)
	}
	out := aead.Seal(nonce, nonce, []byte(plain), aad(b.current, context))
	return b.current + ":" + encoding.EncodeToString(out), nil
}

// Open decrypts what Seal returned for the same context. Errors: ErrMalformed, ErrUnknownKey, ErrForged.
func (b *Box) Open(sealed, context string) (string, error) {
	id, text, ok := strings.Cut(sealed, ":")
	if !ok {
		return "", ErrMalformed
	}
	aead := b.aeads[id]
	if aead == nil {
		return "", ErrUnknownKey
	}
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) < aead.NonceSize()+aead.Overhead() {
		return "", ErrMalformed
	}
	plain, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], aad(id, context))
	if err != nil {
		return "", ErrForged
	}
	return string(plain), nil
}

// BlindIndex returns 43 characters (base64url of HMAC-SHA256) that are equal for equal values of the same kind and tell
// nothing else. The caller normalises the value first: "+86 138…" and "138…" are different values here.
func (b *Box) BlindIndex(kind, value string) string {
	return encoding.EncodeToString(b.mac("index", kind, value))
}

// Derive returns 32 bytes that only this box can compute from the input: query-code hashes, signatures of links, keys of
// cookies. Different purposes are unrelated, even for the same input.
func (b *Box) Derive(purpose, input string) []byte { return b.mac("derive", purpose, input) }

func (b *Box) mac(use, purpose, input string) []byte {
	sub := hmac.New(sha256.New, b.indexKey)
	sub.Write([]byte(use + "\x00" + purpose))
	h := hmac.New(sha256.New, sub.Sum(nil))
	h.Write([]byte(input))
	return h.Sum(nil)
}

func aad(id, context string) []byte { return []byte("huiyin.seal.1\x00" + id + "\x00" + context) }
