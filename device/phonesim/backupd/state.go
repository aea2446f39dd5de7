package backupd

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// stateName is the file of the agent's state in its folder.
const stateName = "backup.json"

// state is what the phone remembers about backups. The password itself is not
// in it: as a phone does, it keeps the opened keybag.
type state struct {
	keybag
	// Encrypted says that the keybag belongs to a password. Without one the
	// keybag is there too, and opens with a password that nobody knows.
	Encrypted bool `json:"encrypted"`
	// Chosen says that somebody has set a password, or taken one away.
	Chosen bool `json:"chosen"`
	// Secret is what file keys are derived from. It changes with the password.
	Secret []byte `json:"secret"`
}

// loadState reads the state, or begins a new one.
func loadState(dir string) (*state, error) {
	data, err := os.ReadFile(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return newState("", FastRounds)
	}
	if err != nil {
		return nil, fmt.Errorf("backup state: %w", err)
	}
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("backup state %s: %w", stateName, err)
	}
	for _, c := range classes {
		if len(s.Keys[c.class]) != keySize {
			return nil, fmt.Errorf("backup state %s: no key for class %d", stateName, c.class)
		}
	}
	return &s, nil
}

// newState is the state after the password was set to this, "" being none.
func newState(password string, rounds Rounds) (*state, error) {
	s := &state{Encrypted: password != ""}
	if !s.Encrypted {
		password, rounds = rand.Text(), Rounds{PBKDF2SHA1: RealRounds.PBKDF2SHA1}
	}
	bag, err := newKeybag(password, rounds, !s.Encrypted)
	if err != nil {
		return nil, err
	}
	s.keybag = *bag
	s.Secret = make([]byte, keySize)
	_, _ = rand.Read(s.Secret)
	return s, nil
}

// save writes the state, so that it is the old one or the new one at any time.
func (s *state) save(dir string) error {
	if err := writeJSON(filepath.Join(dir, stateName), s); err != nil {
		return fmt.Errorf("backup state: %w", err)
	}
	return nil
}

// fingerprint tells one keybag from another, and no encryption from both.
func (s *state) fingerprint() []byte {
	sum := sha256.Sum256(s.TLV)
	return sum[:]
}

// derive makes a key that is always the same for a purpose under one password,
// so that two backups of one phone have equal bytes.
func (s *state) derive(purpose, name string) []byte {
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(name))
	return mac.Sum(nil)
}
