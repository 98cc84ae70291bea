package seal

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SecretsFile is the name of the key file inside the data folder.
const SecretsFile = "secrets.json"

// secrets is the key file: {"current":"k1","keys":{"k1":"<base64>"},"index":"<base64>"}; standard base64 of 32 bytes each.
type secrets struct {
	Current string            `json:"current"`
	Keys    map[string][]byte `json:"keys"`
	Index   []byte            `json:"index"`
}

// FromConfig builds a box from settings: keys "k1=base64,k2=base64", the id of the current one, and the index key in
// base64 (standard or URL alphabet, padded or not).
func FromConfig(keys, current, index string) (*Box, error) {
	parsed := map[string][]byte{}
	for pair := range strings.SplitSeq(keys, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		id, text, ok := strings.Cut(pair, "=")
		id = strings.TrimSpace(id)
		if !ok {
			return nil, fmt.Errorf("%w: a key is written id=base64", ErrKeys)
		}
		if _, twice := parsed[id]; twice {
			return nil, fmt.Errorf("%w: key id %q is given twice", ErrKeys, id)
		}
		key, err := decodeKey(text)
		if err != nil {
			return nil, fmt.Errorf("%w: key %q is not base64", ErrKeys, id)
		}
		parsed[id] = key
	}
	indexKey, err := decodeKey(index)
	if err != nil {
		return nil, fmt.Errorf("%w: the index key is not base64", ErrKeys)
	}
	return New(parsed, strings.TrimSpace(current), indexKey)
}

func decodeKey(text string) ([]byte, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	return base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(text))
}

// LoadOrCreate reads the key file of the data folder, or creates one with random keys at the first start. A file that
// cannot be read as keys, or that other users of the machine may read, is an error and is never replaced: without the
// old keys everything sealed with them is lost.
func LoadOrCreate(dir string) (*Box, error) {
	path := filepath.Join(dir, SecretsFile)
	box, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return box, err
	}
	if err := create(dir, path); err != nil {
		return nil, err
	}
	return load(path)
}

func load(path string) (*Box, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s is readable by others (mode %04o); run chmod 600 on it", ErrKeys, path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	var s secrets
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKeys, path, err)
	}
	return New(s.Keys, s.Current, s.Index)
}

func create(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	key, index := make([]byte, KeySize), make([]byte, KeySize)
	for _, k := range [][]byte{key, index} {
		if _, err := rand.Read(k); err != nil {
			return fmt.Errorf("seal: random key: %w", err)
		}
	}
	text, err := json.MarshalIndent(secrets{Current: "k1", Keys: map[string][]byte{"k1": key}, Index: index}, "", "  ")
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	tmp, err := os.CreateTemp(dir, ".secrets-*") // mode 0600
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(append(text, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	// A link, unlike a rename, does not replace: of two processes that start together, the second uses the first one's keys.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("seal: %w", err)
	}
	return nil
}
