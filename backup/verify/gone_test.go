package verify

import (
	"slices"
	"testing"

	"lifeboat/backup/catalog"
)

// TestListedAsGone: a content that lies there, and that the list of the new
// backup has not, will be gone when that is put in place: no proof passes it.
func TestListedAsGone(t *testing.T) {
	k := makeKnown(t, 23, 12, 1<<20, "")
	for _, deep := range []Depth{Quick, Full} {
		s := k.subject()
		gone := k.entries[3]
		s.Catalog = stream(slices.DeleteFunc(slices.Clone(k.entries), func(e catalog.Entry) bool { return e.ID == gone.ID }))
		s.Arrived = stream(k.entries[:1])
		r, err := k.proof(t, s, Level{Depth: deep}, true)
		only(t, string(deep), r, err, Problem{Kind: Missing, FileID: gone.ID.String()})
	}
}
