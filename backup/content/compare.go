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
	args := words.Args{"Kind": words.T("content.kind."+string(c.Kind), nil), "Away": words.Count(c.Away)}
	for name, n := range map[string]int{"Gone": c.Gone, "Added": c.Added} {
		if n > 0 { // else the sentence says "none"
			args[name] = words.Count(n)
		}
	}
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

// Comparison is what is wanted of a comparison beside its sums. All fields are optional.
type Comparison struct {
	// Visit is called with each difference, after both lists of its kind were read to
	// their ends: of half a list everything that follows would seem to be gone.
	Visit func(Difference) error
	// OnlyGone: Visit is called with what is gone alone. Each version is then read once,
	// but for kinds of which very much is gone.
	OnlyGone bool
	// Progress is called when a kind begins, and after some things were read.
	Progress func(ComparedSoFar)
}

// ComparedSoFar is how far a comparison is.
type ComparedSoFar struct {
	Kind   kind.ID // that is being read
	Things int     // that were read, of all kinds and of both versions
	Share  float64 // 0 to 1; it never goes back
}

// comparedEvery is after how many things progress is said.
const comparedEvery = 1000

// Compare finds what differs between two versions of a phone, for each of some kinds,
// and sums it up. Some 50 bytes of memory are taken for each thing of a version. It
// ends with ctx, with fault.Cancelled, and with the first error of Visit. Nothing is
// called by another goroutine.
func Compare(ctx context.Context, older, newer *source.Backup, kinds []kind.Kind, o Comparison) ([]Compared, error) {
	var all []Compared
	far := &comparedFar{say: o.Progress}
	for i, k := range kinds {
		far.begin(k.ID, float64(i)/float64(len(kinds)), 1/float64(len(kinds)))
		c, err := compare(ctx, older, newer, k, o, far)
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

// comparedFar counts what was read.
type comparedFar struct {
	say      func(ComparedSoFar)
	now      ComparedSoFar
	from, of float64 // what is done before the kind, and what the kind takes
	read     int     // of the list
	expected int     // to be in it; 0 while that is not known
	lists    float64 // of the kind that were read, of the two that there are at least
}

func (f *comparedFar) begin(k kind.ID, from, of float64) {
	f.now.Kind, f.from, f.of, f.lists = k, from, of, 0
	f.list(0)
	f.tell()
}

// list begins another list, of so many things.
func (f *comparedFar) list(expected int) { f.read, f.expected = 0, expected }

func (f *comparedFar) tell() {
	share := f.lists
	if f.expected > 0 {
		share += min(1, float64(f.read)/float64(f.expected))
	}
	f.now.Share = max(f.now.Share, f.from+f.of*min(1, share/2))
	if f.say != nil {
		f.say(f.now)
	}
}

func (f *comparedFar) thing() {
	f.read++
	if f.now.Things++; f.now.Things%comparedEvery == 0 {
		f.tell()
	}
}

// lostOf is what has become of a thing of the older version in the newer one.
func lostOf(t kind.Thing, is standing) (d Difference, differs bool) {
	was := standingOf(t)
	switch {
	case was != deleted && (is == 0 || is == deleted):
		return Difference{Thing: t, Gone: true}, true
	case was == present && is == partly:
		return Difference{Thing: t, Away: true}, true
	}
	return d, false
}

func compare(ctx context.Context, older, newer *source.Backup, k kind.Kind, o Comparison, far *comparedFar) (Compared, error) {
	c := Compared{Kind: k.ID}
	var failed error // of Visit
	tell := func(d Difference) error {
		if d.Kind = k.ID; o.Visit != nil && (d.Gone || !o.OnlyGone) {
			failed = o.Visit(d)
		}
		return failed
	}
	// The newer one first: what the older one has is then judged while it is read.
	after, state := standings(ctx, newer, k, far, nil)
	if c.Newer = state; ctx.Err() != nil {
		return c, ctx.Err()
	}
	far.list(len(after))
	var lost waiting
	before, state := standings(ctx, older, k, far, func(t kind.Thing) {
		if d, differs := lostOf(t, after[refOf(t)]); differs && (d.Gone || !o.OnlyGone) {
			lost.add(d)
		}
	})
	if c.Older = state; c.Older != kind.Found || c.Newer != kind.Found {
		return c, nil
	}
	for name, was := range before {
		switch is := after[name]; {
		case was != deleted && (is == 0 || is == deleted):
			c.Gone++
		case was == present && is == partly:
			c.Away++
		}
	}
	for name, is := range after {
		if was := before[name]; is != deleted && (was == 0 || was == deleted) {
			c.Added++
		}
	}
	if o.Visit == nil {
		return c, nil
	}
	var err error
	if lost.much {
		_, err = k.Things(ctx, older, func(t kind.Thing) error {
			if d, differs := lostOf(t, after[refOf(t)]); differs {
				return tell(d)
			}
			return ctx.Err()
		})
	} else {
		for _, d := range lost.all {
			if err = tell(d); err != nil {
				break
			}
		}
	}
	if err == nil && c.Added > 0 && !o.OnlyGone {
		_, err = k.Things(ctx, newer, func(t kind.Thing) error {
			if was := before[refOf(t)]; standingOf(t) != deleted && (was == 0 || was == deleted) {
				return tell(Difference{Thing: t})
			}
			return ctx.Err()
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

// waiting are differences that wait until the list that they are of is known to be
// whole. Where they are very many they are not kept, and the list is read once more.
type waiting struct {
	all   []Difference
	bytes int
	much  bool
}

// mostWaiting is how much memory they may take, about, in bytes.
const mostWaiting = 16 << 20

func (w *waiting) add(d Difference) {
	const each = 200
	w.bytes += each + len(d.Ref) + len(d.Title) + len(d.Where) + len(d.Text)
	if w.much = w.bytes > mostWaiting; w.much {
		w.all = nil
		return
	}
	w.all = append(w.all, d)
}

// standings reads how all things of a version stand; each is called with every one,
// and may be nil.
func standings(ctx context.Context, b *source.Backup, k kind.Kind, far *comparedFar, each func(kind.Thing)) (map[ref]standing, kind.State) {
	all := map[ref]standing{}
	counting := k
	counting.Count = nil
	things := k.Things
	counting.Things = func(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
		return things(ctx, b, func(t kind.Thing) error {
			all[refOf(t)] = standingOf(t)
			if far.thing(); each != nil {
				each(t)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			return visit(t)
		})
	}
	s, err := counting.Look(ctx, b)
	if far.lists++; err != nil || slices.ContainsFunc(s.Notes, func(n kind.Note) bool { return n.Partial }) {
		return nil, kind.Unreadable // cancelled, as the caller sees, or no full list
	}
	return all, s.State
}

// Gone chooses what an older version has and a newer one has not, of some kinds, and
// counts it; see [Compare].
func Gone(ctx context.Context, older, newer *source.Backup, kinds []kind.Kind) (Choice, int, error) {
	gone := map[kind.ID]map[ref]bool{}
	count := 0
	_, err := Compare(ctx, older, newer, kinds, Comparison{OnlyGone: true, Visit: func(d Difference) error {
		if gone[d.Kind] == nil {
			gone[d.Kind] = map[ref]bool{}
		}
		gone[d.Kind][refOf(d.Thing)] = true
		count++
		return nil
	}})
	return func(id kind.ID, name string) bool { return gone[id][refOf(kind.Thing{Ref: name})] }, count, err
}
