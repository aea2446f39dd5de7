package backupd

import (
	"fmt"
	"maps"
	"slices"

	"lifeboat/device/phonesim/content"
)

// Bounds of the rows that are invented.
const (
	maxFolders = 1_000_000
	maxLinks   = 100_000
	maxBare    = 10_000
)

// rows adds a row for each file of the backup, and folders, links and odd rows
// in the recorded numbers.
func (c *conversation) rows(db *manifestDB) error {
	state, shape := c.engine.state, c.transcript.Shape
	odd := newOddities(shape)
	final := c.final()
	for _, id := range slices.Sorted(maps.Keys(final)) {
		e := *final[id].entry
		var wrapped []byte
		if key := final[id].ownKey(state); key != nil {
			var err error
			if wrapped, err = state.wrap(e.class, key); err != nil {
				return err
			}
		}
		e.odd = odd.ofFile(&e)
		if err := db.add(&e, wrapped); err != nil {
			return err
		}
	}
	for i := range min(shape["folders"], maxFolders) {
		e := newEntry(content.File{Domain: "MediaDomain", Path: fmt.Sprintf("Media/Folders/%d", i), Kind: content.Directory, Mode: 0o040755, ModTime: c.invent.Now})
		e.odd = odd.ofFolder()
		if err := db.add(e, nil); err != nil {
			return err
		}
	}
	for i := range min(shape["links"], maxLinks) {
		if err := db.add(newEntry(content.File{Domain: "MediaDomain", Path: fmt.Sprintf("Media/Links/%d", i), Kind: content.Symlink, Mode: 0o120755, ModTime: c.invent.Now, Target: "/dev/null"}), nil); err != nil {
			return err
		}
	}
	for i := range min(shape["no-record"], maxBare) {
		if err := db.addBare(fmt.Sprintf("%s%04x", bareRow[:36], i)); err != nil {
			return err
		}
	}
	return nil
}

// oddities are how many rows are still to be odd, by what was counted. A
// recording does not tell which rows were, so one after the other is, and no
// row in two ways.
type oddities struct {
	longer, shorter                int64 // what is stored against the Size
	sizelessFiles, sizelessFolders int64
	flagless                       int64 // with a file's Mode
	newKeys                        int64
}

func newOddities(shape map[string]int64) *oddities {
	sizeless := max(shape["no-size"], 0)
	o := &oddities{
		longer: shape["size-longer"], shorter: shape["size-shorter"], newKeys: shape["odd-keys"],
		sizelessFolders: min(sizeless/2, shape["folders"]),
		flagless:        shape["other-flags"] - shape["no-record"], // those without a record have nothing else
	}
	o.sizelessFiles = sizeless - o.sizelessFolders
	return o
}

// take counts one down, if there is one left.
func take(n *int64) bool {
	if *n <= 0 {
		return false
	}
	*n--
	return true
}

// ofFile is the oddity of the next file.
func (o *oddities) ofFile(e *entry) oddity {
	switch {
	case e.stored > 16 && take(&o.longer):
		return oddity{size: sizeOther, other: max(0, e.stored-32)}
	case take(&o.shorter):
		return oddity{size: sizeOther, other: e.stored + 8192}
	case take(&o.sizelessFiles):
		return oddity{size: sizeMissing}
	case take(&o.flagless):
		return oddity{noKind: true}
	case take(&o.newKeys):
		return oddity{newKey: true}
	}
	return oddity{}
}

// ofFolder is the oddity of the next folder.
func (o *oddities) ofFolder() oddity {
	if take(&o.sizelessFolders) {
		return oddity{size: sizeMissing}
	}
	return oddity{}
}
