// Package powerfs is a file system in memory that remembers what was done to
// it, and can show what a disk would hold if the program had been killed, or
// the power cut, at any of these moments. It is for tests.
//
// Each operation that changes something is one entry of a log: a file or
// folder made, bytes written, a file cut or given a date, a rename, a removal,
// and every request to make things durable. Of the images that can be taken,
//
//   - [FS.Killed] is the program's death: all that was asked for before is there.
//   - [FS.PowerCut] is the power's: what was made durable before is there; of
//     all the rest any part may be.
//
// What makes durable: Sync of a file, its bytes, size and date, and its own
// name and those of the folders above it, as journalling file systems do
// (with [ByFolder] not; with [InOrder] all names so far); Sync of a folder, the
// names in it, a rename out of it or into it (with [ByFolder] only into it;
// with [InOrder] it is refused); [FS.SyncAll], everything.
//
// What may become of the rest: each operation arrives or is lost by itself,
// whatever came before or after it, a later rename without an earlier one
// included (with [InOrder] no name without those before it). Of a write there
// may be the first half only, or the new size with zeros for bytes. A rename is
// atomic: the file has its old name or the new one, never both, never none. Only
// what cannot be without another goes with it: what was done in a folder that
// is lost, the removal of a folder that still holds something. No real file
// system loses all that may be lost here; a program that stands this stands
// them.
//
// Not modelled: sectors that change places within one write, beyond the half
// and the zeros; bytes that rot or land elsewhere; renames torn in two; a drive
// that says it is done and is not; a write that fails late and is reported by the
// next Sync only; links of any kind, access rights, names that differ in case.
package powerfs

import (
	"crypto/sha256"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Names says what makes the name of a file durable.
type Names int

const (
	// ByFile is as ext4, XFS, APFS and NTFS do: a file that is synced is found again.
	ByFile Names = iota
	// ByFolder is the least that POSIX allows: only the Sync of the folder
	// makes the names in it durable, its own name again that of its parent.
	ByFolder
	// InOrder is as NTFS does: names are logged in their order, and the Sync of
	// a file writes that log up to there. The last of them may be lost, none of
	// those before one that is there. The Sync of a folder is
	// errors.ErrUnsupported.
	InOrder
)

// Here returns how disks of this computer's system keep names: on Windows, where no folder
// is synced, only in their order.
func Here() []Names {
	if runtime.GOOS == "windows" {
		return []Names{InOrder}
	}
	return []Names{ByFile, ByFolder, InOrder}
}

// FS is the file system: an afero.Fs and afero.Lstater for any number of
// goroutines. Names are slash-separated, "a/b" is the same as "/a/b".
type FS struct {
	// Now is the clock for dates of files.
	Now func() time.Time

	mu    sync.Mutex
	names Names
	base  *state // before the log, durable; never changed
	live  *state
	next  number
	open  map[number]int // how many handles each file has

	log     []Op
	settled []int // for each entry of log: 1 + the entry that made it durable, 0 if none did
	pending []int // the entries that nothing has made durable
}

// New returns an empty file system.
func New(names Names) *FS {
	base := &state{nodes: map[number]*node{}}
	base.nodes[rootNumber] = &node{owner: base, id: rootNumber, dir: true, children: map[string]number{}}
	return boot(base, rootNumber+1, names, time.Now)
}

// boot is a file system that holds base, all of it durable.
func boot(base *state, next number, names Names, now func() time.Time) *FS {
	return &FS{Now: now, names: names, base: base, live: base.clone(), next: next, open: map[number]int{}}
}

// Len returns how many operations were logged.
func (f *FS) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.log)
}

// Log returns the operations logged so far.
func (f *FS) Log() []Op {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clip(f.log)
}

// Tree returns all that is there: the bytes of each file by its path, such as
// "a/b", and "" for each folder by its path with a slash behind, "a/".
func (f *FS) Tree() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[string]string{}
	f.live.walk(f.live.nodes[rootNumber], "", all)
	return all
}

// Digest sums up the paths and bytes of all files but those for which leave
// returns true: it is called with each path as in [FS.Tree], and for a folder
// it decides about all that is in it. It must not call back. Images share the
// digests of files that neither has changed, so that this costs little.
func (f *FS) Digest(leave func(path string) bool) [sha256.Size]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	hash := sha256.New()
	f.live.digest(f.live.nodes[rootNumber], "", leave, hash)
	return [sha256.Size]byte(hash.Sum(nil))
}

// Forget takes all that was done for durable, and empties the log.
func (f *FS) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.base = f.live.clone()
	maps.DeleteFunc(f.base.nodes, func(id number, n *node) bool { return !f.base.attached(n) && f.open[id] == 0 })
	f.live = f.base.clone()
	f.log, f.settled, f.pending = nil, nil, nil
}

// record does an operation and logs it.
func (f *FS) record(op Op) {
	op.when = f.Now()
	f.live.apply(op, kept)
	f.log = append(f.log, op)
	f.settled = append(f.settled, 0)
	if op.Kind.syncs() {
		f.settle(op)
		return
	}
	f.pending = append(f.pending, len(f.log)-1)
}
