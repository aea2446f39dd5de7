package state

import (
	"slices"
	"sync"
)

// UnreadShown is how many of the files that a phone could not read are kept by name.
const UnreadShown = 200

// unread gathers the files that a phone could not read itself while a backup
// runs: of a backup that fails, nothing else names them all.
type unread struct {
	mu    sync.Mutex
	names []string // the first of them
	count int
}

// add adds a name; "" is none.
func (u *unread) add(name string) {
	if name == "" {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count++; len(u.names) < UnreadShown {
		u.names = append(u.names, name)
	}
}

func (u *unread) clear() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.names, u.count = nil, 0
}

// list returns the first names, and how many there are.
func (u *unread) list() ([]string, int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.names), u.count
}

// Unread returns the first names of the files that the phone could not read
// itself, and how many there are: of a backup that failed, nothing else names
// them.
func (j *Job) Unread() (names []string, count int) { return j.unread.list() }
