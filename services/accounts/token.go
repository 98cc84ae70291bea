package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// apiPrefix marks a program's token, so that scanners for leaked secrets can recognise it.
const apiPrefix = "hyt_"

// newToken returns 256 random bits as base64url. It is shown once; the database keeps hashToken of it, for which a plain
// SHA-256 is enough: there is nothing to guess.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
