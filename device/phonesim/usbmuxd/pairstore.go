package usbmuxd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"howett.net/plist"
)

// pairStore keeps the pair records of this "computer", as the real daemon
// does in /var/lib/lockdown: one property list a phone, and the computer's
// own identifier in SystemConfiguration.plist.
type pairStore struct {
	dir string
	mu  sync.Mutex
}

var (
	errNoRecord = errors.New("no such pair record")
	errBadID    = errors.New("not a phone's identifier")
)

// A UDID is 40 hex digits (iPhone X and earlier) or 8-16 (iPhone XS and
// later), whose dash some programs leave out.
var (
	longUDID     = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)
	dashedUDID   = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{16}$`)
	dashlessUDID = regexp.MustCompile(`^[0-9A-Fa-f]{24}$`)
)

// normalise returns id as it is filed: with its dash. Nothing but a UDID
// passes, so no id can leave the folder.
func normalise(id string) (string, error) {
	switch {
	case longUDID.MatchString(id), dashedUDID.MatchString(id):
		return id, nil
	case dashlessUDID.MatchString(id):
		return id[:8] + "-" + id[8:], nil
	}
	return "", fmt.Errorf("%w: %q", errBadID, id)
}

func (s *pairStore) path(id string) (string, error) {
	id, err := normalise(id)
	return filepath.Join(s.dir, id+".plist"), err
}

func (s *pairStore) read(id string) ([]byte, error) {
	path, err := s.path(id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", errNoRecord, id)
	}
	return data, err
}

func (s *pairStore) save(id string, data []byte) error {
	path, err := s.path(id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return replaceFile(path, data)
}

func (s *pairStore) remove(id string) error {
	path, err := s.path(id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err = os.Remove(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %s", errNoRecord, id)
	}
	return err
}

// buid returns the computer's identifier, made at first use and then kept.
func (s *pairStore) buid() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := filepath.Join(s.dir, "SystemConfiguration.plist")
	var config struct{ SystemBUID string }
	data, err := os.ReadFile(path)
	if err == nil {
		if _, err := plist.Unmarshal(data, &config); err == nil && config.SystemBUID != "" {
			return config.SystemBUID, nil
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	config.SystemBUID = newUUID()
	if data, err = plist.Marshal(config, plist.XMLFormat); err != nil {
		return "", err
	}
	return config.SystemBUID, replaceFile(path, data)
}

// replaceFile writes all or nothing. Records hold private keys.
func replaceFile(path string, data []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// newUUID makes a random identifier in the upper-case form that Apple's
// programs use.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
