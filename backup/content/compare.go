package content

import (
	"context"
	"crypto/sha256"
	"slices"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/fault"
)

// ref is a thing's name among its kind, in little memory.
type ref [16]byte

func refOf(t kind.Thing) ref {
	sum := sha256.Sum256([]byte(t.Ref))
	return ref(sum[:16])
}

// standing is how a thing stands in a version.
type standing uint8

const (
	present standing = iota + 1
	partly
	deleted
)

func standingOf(t kind.Thing) standing {
	switch {
	case t.Deleted:
		return deleted
	case t.Presence != kind.Here:
		return partly
	}
	return present
}

// Compared is what two versions differ in, of one kind.
type Compared struct {
	Kind kind.ID
	// Gone, Added and Away count the differences; see [Difference].
	Gone, Added, Away int
	// Older and Newer are kind.Found where the two could be compared.
	Older, Newer kind.State
}

// Words say in one sentence how the two differ; say is false where neither has any
// of the kind.
func (c Compared) Words() (text words.Text, say bool) {
	args := words.Args{"Kind": words.T("content.kind."+string(c.Kind), nil), "Gone": words.Count(c.Gone), "Added": words.Count(c.Added), "Away": words.Count(c.Away)}
	switch {
	case c.Older == kind.None && c.Newer == kind.None:
		return words.Text{}, false
	case c.Older != kind.Found || c.Newer != kind.Found:
		return words.T("content.compared.unknown", args), true
	case c.Gone+c.Added+c.Away == 0:
		return words.T("content.compared.same", args), true
	case c.Away > 0:
		return words.T("content.compared.away", args), true
	}
	return words.T("content.compared.differ", args), true
}

// Compare visits what differs between two versions of a phone, for each of some kinds,
// and sums it up. Some 50 bytes of memory are taken for each thing of a version. It
// ends with ctx, with fault.Cancelled, and with the first error of visit, which may be
// nil.
func Compare(ctx context.Context, older, newer *source.Backup, kinds []kind.Kind, visit func(Difference) error) ([]Compared, error) {
	var all []Compared
	for _, k := range kinds {
		c, err := compare(ctx, older, newer, k, visit)
		if ctx.Err() != nil {
			return all, fault.New(fault.Cancelled, "compare two backups", ctx.Err())
		}
		if err != nil {
			return all, err
		}
		all = append(all, c)
	}
	return all, nil
}

func compare(ctx context.Context, older, newer *source.Backup, k kind.Kind, visit func(Difference) error) (Compared, error) {
	c := Compared{Kind: k.ID}
	var failed error // of visit
	tell := func(d Difference) error {
		d.Kind = k.ID
		if visit != nil {
			failed = visit(d)
		}
		return failed
	}
	// All of each is read before anything is said: of half a list everything that
	// follows would seem to be gone.
	before, state := standings(ctx, older, k)
	c.Older = state
	after, state := standings(ctx, newer, k)
	if c.Newer = state; c.Older != kind.Found || c.Newer != kind.Found {
		return c, nil
	}
	_, err := k.Things(ctx, older, func(t kind.Thing) error {
		was, is := standingOf(t), after[refOf(t)]
		switch {
		case was != deleted && (is == 0 || is == deleted):
			c.Gone++
			return tell(Difference{Thing: t, Gone: true})
		case was == present && is == partly:
			c.Away++
			return tell(Difference{Thing: t, Away: true})
		}
		return nil
	})
	if err == nil {
		_, err = k.Things(ctx, newer, func(t kind.Thing) error {
			if was := before[refOf(t)]; standingOf(t) != deleted && (was == 0 || was == deleted) {
				c.Added++
				return tell(Difference{Thing: t})
			}
			return nil
		})
	}
	if failed != nil || ctx.Err() != nil {
		return c, err
	}
	if err != nil { // it could be read a moment ago
		c.Newer = kind.Unreadable
	}
	return c, nil
}

// standings reads how all things of a version stand.
func standings(ctx context.Context, b *source.Backup, k kind.Kind) (map[ref]standing, kind.State) {
	all := map[ref]standing{}
	counting := k
	counting.Count = nil
	things := k.Things
	counting.Things = func(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
		return things(ctx, b, func(t kind.Thing) error {
			all[refOf(t)] = standingOf(t)
			return visit(t)
		})
	}
	s, err := counting.Look(ctx, b)
	if err != nil || slices.ContainsFunc(s.Notes, func(n kind.Note) bool { return n.Partial }) {
		return nil, kind.Unreadable // cancelled, as the caller sees, or no full list
	}
	return all, s.State
}

// Gone chooses what an older version has and a newer one has not, of some kinds, and
// counts it; see [Compare].
func Gone(ctx context.Context, older, newer *source.Backup, kinds []kind.Kind) (Choice, int, error) {
	gone := map[kind.ID]map[ref]bool{}
	count := 0
	_, err := Compare(ctx, older, newer, kinds, func(d Difference) error {
		if d.Gone {
			if gone[d.Kind] == nil {
				gone[d.Kind] = map[ref]bool{}
			}
			gone[d.Kind][refOf(d.Thing)] = true
			count++
		}
		return nil
	})
	return func(id kind.ID, name string) bool { return gone[id][refOf(kind.Thing{Ref: name})] }, count, err
}
