package backupd

import "lifeboat/device/phonesim/content"

// This file holds the rows of Manifest.db that no document lists and that
// real phones wrote all the same.

// oddity is what a row says of its entry that is not so.
type oddity struct {
	size   sizeForm
	other  int64 // with sizeOther
	noKind bool  // flags 0, although the Mode is a file's
	newKey bool  // a key that no MBFile was seen with
}

// sizeForm is how a row tells the Size.
type sizeForm int

const (
	sizeTrue sizeForm = iota
	sizeOther
	sizeMissing
)

// listedSize is the Size of the row, nil for none.
func (e *entry) listedSize() any {
	switch e.odd.size {
	case sizeOther:
		return e.odd.other
	case sizeMissing:
		return nil
	}
	return e.Size
}

// flags are the column of that name.
func (e *entry) flags() int {
	if e.odd.noKind {
		return 0
	}
	return int(e.Kind)
}

// misstate makes the row of an entry as odd as the faults ask for.
func (j *job) misstate(e *entry) {
	switch e.Kind {
	case content.Regular:
		j.noted.files++
		switch after := j.noted.files - j.faults.SizesDiffer; {
		case after <= 0:
			e.odd.size, e.odd.other = sizeOther, otherSize(j.noted.files, e.Size)
		case !j.faults.OddRows:
		case after == 1:
			e.odd.size = sizeMissing
		case after == 2:
			e.odd.noKind = true
		}
	case content.Directory:
		if j.noted.folders++; j.faults.OddRows && j.noted.folders == 1 {
			e.odd.size = sizeMissing
		}
	}
}

// otherSize is a size that a file does not have: a page as of a database that
// has grown since, less, nothing, or more.
func otherSize(nth int, size int64) int64 {
	others := []int64{4096, max(size-16, 0), 0, 2*size + 100_000}
	if other := others[nth%len(others)]; other != size {
		return other
	}
	return size + 1
}

// bareRow is a row with flags 16 and nothing else, as iOS 10 left them.
const bareRow = "00ba5e00ba5e00ba5e00ba5e00ba5e00ba5e0016"
