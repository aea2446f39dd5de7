package powerfs

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
)

// Killed returns the file system as the program's death before operation k
// (from 0 to Len) leaves it. It has its own copy of the log up to there: what
// was not durable then is not durable now, and a power cut later may take it.
func (f *FS) Killed(k int) *FS {
	f.mu.Lock()
	defer f.mu.Unlock()
	img := boot(f.base, f.next, f.names, f.Now)
	img.log = slices.Clip(f.log[:k])
	for i, op := range img.log {
		img.live.apply(op, kept)
		made := f.settled[i]
		if made > k {
			made = 0
		}
		img.settled = append(img.settled, made)
		if made == 0 && !op.Kind.syncs() {
			img.pending = append(img.pending, i)
		}
	}
	return img
}

// PowerCut gives file systems as a power cut before operation k (from 0 to
// Len) may leave them, each with a few words on what was lost. They are all
// different in what arrived, and not more than most; where little was under
// way there are fewer. The first are always: nothing that was not durable;
// all of it; names without bytes; names and sizes; bytes without names. Then
// come, in an order that seed decides: each operation lost alone, or there
// alone, or half done; all up to a point, or from it on; any part.
//
// The images start with an empty log, and all that they hold is durable.
func (f *FS) PowerCut(k int, seed uint64, most int) iter.Seq2[*FS, string] {
	return func(yield func(*FS, string) bool) {
		f.mu.Lock()
		log, names, now, next, base := f.log[:k], f.names, f.Now, f.next, f.base
		var open []int
		for i, op := range log {
			if made := f.settled[i]; !op.Kind.syncs() && (made == 0 || made > k) {
				open = append(open, i)
			}
		}
		f.mu.Unlock()
		seen := map[string]bool{}
		for fates, how := range losses(names, log, open, rand.New(rand.NewPCG(seed, uint64(k)))) {
			if len(seen) >= most {
				return
			}
			if seen[key(fates)] {
				continue
			}
			seen[key(fates)] = true
			if !yield(boot(replay(base, log, open, fates), next, names, now), how) {
				return
			}
		}
	}
}

func key(fates []fate) string {
	all := make([]byte, len(fates))
	for i, fate := range fates {
		all[i] = byte(fate)
	}
	return string(all)
}

// replay does the operations of log, those named in open as far as they
// arrived. A rename into a folder that turns out to be lost is lost with it,
// even if it was made durable; what was done in the folder that it moved was
// then done at the old place.
func replay(base *state, log []Op, open []int, fates []fate) *state {
	drowned := map[int]bool{}
	for {
		s := base.clone()
		left, become := open, fates
		for i, op := range log {
			its := kept
			if len(left) > 0 && left[0] == i {
				its, left, become = become[0], left[1:], become[1:]
			}
			if !drowned[i] {
				s.apply(op, its)
			}
		}
		last := s.lastAdrift(log, drowned)
		if last < 0 {
			return s
		}
		drowned[last] = true
	}
}

// lastAdrift finds the last rename that has put something where it cannot be
// reached, -1 if there is none.
func (s *state) lastAdrift(log []Op, drowned map[int]bool) int {
	for i, op := range slices.Backward(log) {
		if op.Kind != Rename || drowned[i] {
			continue
		}
		if n := s.nodes[op.id]; n.parent == op.toDir && n.name == op.name && s.adrift(s.nodes[op.toDir]) {
			return i
		}
	}
	return -1
}

// losses gives what may become of the operations of log that are named in
// open, at first in a fixed order and then for as long as anything new can
// be expected.
func losses(names Names, log []Op, open []int, random *rand.Rand) iter.Seq2[[]fate, string] {
	n := len(open)
	// each makes one fate for every open operation.
	each := func(become func(i int, op Op) fate) []fate {
		all := make([]fate, n)
		ended := false
		for i, at := range open {
			op := log[at]
			if all[i] = become(i, op); op.Kind != Write && all[i] != kept || ended && !op.Kind.data() {
				all[i] = lost
			}
			ended = ended || names == InOrder && !op.Kind.data() && all[i] == lost
		}
		return all
	}
	pick := func(when bool, yes, no fate) fate {
		if when {
			return yes
		}
		return no
	}
	return func(yield func([]fate, string) bool) {
		fixed := []struct {
			how    string
			become func(int, Op) fate
		}{
			{"nothing arrived", func(int, Op) fate { return lost }},
			{"all arrived", func(int, Op) fate { return kept }},
			{"names without bytes", func(_ int, op Op) fate { return pick(op.Kind.data(), lost, kept) }},
			{"names and sizes without bytes", func(_ int, op Op) fate { return pick(op.Kind == Write, zeroed, kept) }},
			{"bytes without names", func(_ int, op Op) fate { return pick(op.Kind.data(), kept, lost) }},
		}
		for _, loss := range fixed {
			if !yield(each(loss.become), loss.how) {
				return
			}
		}
		singles := random.Perm(n)
		for round := 0; round < 8*n+300; round++ {
			var one int
			if n > 0 {
				one = singles[round%n]
			}
			here := func() string { return log[open[one]].String() }
			share := random.Float64()
			turns := []struct {
				how    func() string
				become func(int, Op) fate
			}{
				{func() string { return "lost alone: " + here() }, func(i int, _ Op) fate { return pick(i == one, lost, kept) }},
				{func() string { return "none but: " + here() }, func(i int, _ Op) fate { return pick(i == one, kept, lost) }},
				{func() string { return "only from: " + here() }, func(i int, _ Op) fate { return pick(i >= one, kept, lost) }},
				{func() string { return "only up to: " + here() }, func(i int, _ Op) fate { return pick(i <= one, kept, lost) }},
				{func() string { return "half done: " + here() }, func(i int, _ Op) fate { return pick(i == one, halved, kept) }},
				{func() string { return "no bytes but the size: " + here() }, func(i int, _ Op) fate { return pick(i == one, zeroed, kept) }},
				{func() string { return fmt.Sprintf("any part, %.0f %% of it", 100*share) }, func(_ int, op Op) fate {
					return pick(random.Float64() < share, kept, [...]fate{lost, lost, halved, zeroed}[random.IntN(4)])
				}},
			}
			for _, turn := range turns {
				if n == 0 || !yield(each(turn.become), turn.how()) {
					return
				}
			}
		}
	}
}
