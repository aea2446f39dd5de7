package verify

import (
	"context"
	"slices"

	"lifeboat/assets/words"
	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
)

// Oddity says what is unusual about one entry of the phone's own list. None is
// a fault of the backup: the list is made while the phone is in use, and real
// ones hold more shapes than anybody has written down.
type Oddity string

// The oddities.
const (
	OddSize   Oddity = "size"   // the content has another length than the list says
	OddNoSize Oddity = "nosize" // the list gives no length
	OddKind   Oddity = "kind"   // neither a file nor a folder nor a link
	OddName   Oddity = "name"   // its ID does not belong to its domain and path
	OddRecord Oddity = "record" // what the list says of it cannot be read
	OddKey    Oddity = "key"    // it has no usable key, though the backup is encrypted
	OddClass  Oddity = "class"  // its key is locked with one that the password does not open
	OddAbsent Oddity = "absent" // an empty file without a content
	OddTwice  Oddity = "twice"  // it is listed twice
)

// Oddities lists all, in the order of [Report.Oddities].
var Oddities = []Oddity{OddSize, OddNoSize, OddKind, OddName, OddRecord, OddKey, OddClass, OddAbsent, OddTwice}

// OddEntry is one of the entries that are unusual.
type OddEntry struct {
	Oddity Oddity
	FileID string
	// Domain and Path are empty where Manifest.db does not tell them.
	Domain, Path string
	Detail       string
}

// OddCount is how many entries are unusual in one way.
type OddCount struct {
	Oddity Oddity
	Count  int
}

// Words gives the words for a count: "1 file has another length than the list
// says".
func (c OddCount) Words() words.Text {
	return words.T("verify.oddity."+string(c.Oddity), words.Args{"N": words.Count(c.Count)})
}

// oddities collects what is unusual; the lock of the proof guards it.
type oddities struct {
	counts map[Oddity]int
	first  []oddFinding
}

type oddFinding struct {
	id    catalog.ID
	entry OddEntry
	named bool
}

// odd notes something unusual about a content.
func (p *proof) odd(id catalog.ID, what Oddity, detail string) {
	p.keepOdd(oddFinding{id: id, entry: OddEntry{Oddity: what, FileID: id.String(), Detail: detail}})
}

// oddRow notes something unusual about a row of Manifest.db.
func (p *proof) oddRow(row *format.Row, what Oddity, detail string) {
	id, _ := catalog.ParseID(row.FileID)
	p.keepOdd(oddFinding{id: id, named: true, entry: OddEntry{what, row.FileID, row.Domain, row.Path, detail}})
}

func (p *proof) keepOdd(f oddFinding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.oddities.counts == nil {
		p.oddities.counts = map[Oddity]int{}
	}
	p.oddities.counts[f.entry.Oddity]++
	p.result.OddCount++
	if len(p.oddities.first) < listMax {
		p.oddities.first = append(p.oddities.first, f)
	}
}

// nameOdd writes what is unusual into the report.
func (p *proof) nameOdd(ctx context.Context, db *format.ManifestDB) error {
	slices.SortStableFunc(p.oddities.first, func(a, b oddFinding) int { return a.id.Compare(b.id) })
	for _, f := range p.oddities.first {
		if !f.named && db != nil {
			row, _, err := db.Row(ctx, f.entry.FileID)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil {
				f.entry.Domain, f.entry.Path = row.Domain, row.Path
			}
		}
		p.result.Odd = append(p.result.Odd, f.entry)
	}
	for _, what := range Oddities {
		if n := p.oddities.counts[what]; n > 0 {
			p.result.Oddities = append(p.result.Oddities, OddCount{what, n})
		}
	}
	p.oddities = oddities{}
	return nil
}
