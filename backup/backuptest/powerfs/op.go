package powerfs

import (
	"fmt"
	"time"
)

// Kind is what an operation does.
type Kind int

// The kinds of operations.
const (
	Create Kind = iota
	Mkdir
	Write
	Truncate
	Attributes // date or mode
	Rename
	Remove // of a file or an empty folder
	SyncFile
	SyncFolder
	SyncAll
)

var kindNames = [...]string{"create", "mkdir", "write", "truncate", "attributes", "rename", "remove", "sync", "sync folder", "sync all"}

func (k Kind) String() string { return kindNames[k] }

// syncs reports whether operations of this kind change nothing but make durable.
func (k Kind) syncs() bool { return k >= SyncFile }

// data reports whether operations of this kind change a file and no name.
func (k Kind) data() bool { return k == Write || k == Truncate || k == Attributes }

// Op is one operation, as it was done.
type Op struct {
	Kind Kind
	// Path is where; for a file that was renamed while it was open, the name
	// it was opened by. To is the new name of a rename.
	Path, To string
	// Off is where a write begins, and Size how many bytes it has; of a
	// Truncate, Size is the new size.
	Off, Size int64

	id     number // of the file or folder that is made, changed, renamed, removed or synced
	dir    number // in which it is, or was before the rename
	toDir  number
	name   string // in dir; of a rename, in toDir
	bytes  []byte
	folder bool
	stamp  stamp
	when   time.Time
}

// String gives the operation in one line.
func (o Op) String() string {
	switch o.Kind {
	case Write:
		return fmt.Sprintf("write %s [%d,%d)", o.Path, o.Off, o.Off+o.Size)
	case Truncate:
		return fmt.Sprintf("truncate %s to %d", o.Path, o.Size)
	case Rename:
		return fmt.Sprintf("rename %s to %s", o.Path, o.To)
	case SyncAll:
		return o.Kind.String()
	}
	return o.Kind.String() + " " + o.Path
}
