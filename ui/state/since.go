package state

import (
	"context"
	"slices"

	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/ui/engine"
)

// Since is what a backup has that a newer one of the same phone has no longer.
type Since struct {
	Newer vault.Version
	// Comparing is set until the two were compared.
	Comparing bool
	// Far is how far it is.
	Far      content.ComparedSoFar
	Compared []content.Compared
	// Gone are the things that the newer one has no longer, of each kind the first
	// ones. Inside.Kinds counts all of them.
	Gone map[kind.ID][]kind.Thing

	newer engine.Content // nil until it is open
}

// mostGone is how many things of a kind that are gone are listed.
const mostGone = 2000

// NewestAfter is the newest backup of a phone that can be compared with an older one;
// there is none after the newest.
func NewestAfter(k Kept, v vault.Version) (newest vault.Version, any bool) {
	for _, other := range k.Versions {
		if other.Number > max(v.Number, newest.Number) && !other.Unfinished && !other.Unread && other.Trashed.IsZero() {
			newest, any = other, true
		}
	}
	return newest, any
}

// LookSince opens a backup and the newest one, and goes to the page of what the older
// has and the newer has not.
func (s *State) LookSince(k Kept, v vault.Version) {
	if newer, any := NewestAfter(k, v); any {
		s.lookInto(k, v, &Since{Newer: newer})
	}
}

// NewerLocked reports whether it is the newer one whose password is asked for, or was
// not given.
func (i *Inside) NewerLocked() bool { return i.Locked && i.content != nil }

// openNewer opens the backup that is compared with, after the older one.
func (s *State) openNewer(i *Inside, password keybag.Password) {
	s.openVersion(i, i.Since.Newer, password, func(c engine.Content) {
		i.Since.newer = c
		s.compareSince(i)
	})
}

// compareSince finds out what is gone.
func (s *State) compareSince(i *Inside) {
	since := i.Since
	since.Comparing = true
	s.use(i, func(older engine.Content) func() {
		progress, end := relay(s, func(f content.ComparedSoFar) {
			if since.Far = f; s.Inside == i {
				s.View.Progress()
			}
		})
		defer end()
		gone, sums := map[kind.ID][]kind.Thing{}, map[kind.ID]*kind.Summary{}
		compared, err := since.newer.Compare(i.ctx, older, content.Comparison{OnlyGone: true, Progress: progress, Visit: func(d content.Difference) error {
			if sums[d.Kind] == nil {
				sums[d.Kind] = &kind.Summary{Kind: d.Kind, State: kind.Found}
			}
			sums[d.Kind].Add(d.Thing)
			if len(gone[d.Kind]) < mostGone {
				gone[d.Kind] = append(gone[d.Kind], d.Thing)
			}
			return nil
		}})
		for _, things := range gone {
			slices.SortStableFunc(things, func(a, b kind.Thing) int { return b.Date.Compare(a.Date) })
		}
		return func() {
			since.Comparing, since.Compared, since.Gone, i.Err = false, compared, gone, err
			for _, c := range compared {
				if sum := sums[c.Kind]; sum != nil {
					i.Kinds = append(i.Kinds, *sum)
				}
			}
		}
	})
}

// Working reports whether the two backups are being opened or compared.
func (i *Inside) Working() bool { return i.Since != nil && (i.Opening || i.Since.Comparing) }

// StopComparing gives it up, and goes back to where it was asked for.
func (s *State) StopComparing() {
	if i := s.Inside; i != nil && i.Working() {
		s.Back()
	}
}

// choose is what is taken out: all of the kinds, or only what is gone.
func (i *Inside) choose(ctx context.Context, c engine.Content, kinds []kind.Kind) (content.Choice, error) {
	if i.Since == nil || i.Since.newer == nil {
		return nil, nil
	}
	only, _, err := c.GoneSince(ctx, i.Since.newer, kinds)
	return only, err
}
