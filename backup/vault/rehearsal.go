package vault

import (
	"time"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// Rehearsal is what came of restoring a version onto a simulated phone.
type Rehearsal struct {
	// Date is when, UTC; zero if it was never done.
	Date time.Time `json:"date,omitzero"`
	// By is the program and its version.
	By string `json:"by,omitempty"`
	// Problems counts the files that did not arrive as the backup has them.
	Problems int `json:"problems,omitempty"`
}

// Passed reports whether all arrived as the backup has it.
func (r Rehearsal) Passed() bool { return !r.Date.IsZero() && r.Problems == 0 }

// RecordRehearsal notes what came of rehearsing a version's restore, in place
// of what was noted before.
func (v *Vault) RecordRehearsal(number int, r Rehearsal) error {
	const op = "note the rehearsal"
	at := indexOf(v.versions, number)
	if at < 0 {
		return fault.New(fault.VersionUnknown, op, nil).With("Version", number)
	}
	m := v.versions[at].meta
	m.Rehearsed = r
	return disk.Fault(op, v.root, v.writeMeta(m))
}
