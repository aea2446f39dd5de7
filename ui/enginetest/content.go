// Package enginetest is what tests of the window share: things that are there without
// a phone and without a disk.
package enginetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// Content is what is in a backup that does not exist.
type Content struct {
	// All are the things of each kind.
	All []Kind
	// Holds, if set, is waited for by Export, which then has written half.
	Holds chan struct{}
	// CompareHolds, if set, is waited for by Compare of the newer one, which then has
	// read a part and ends with ctx.
	CompareHolds chan struct{}
	// LookHolds, if set, is waited for by Look.
	LookHolds chan struct{}
	// Exported is what an export gives; its error is Err.
	Exported content.Exported
	Err      error
	// Closed is set by Close, Took is the folder of the last Export.
	Closed atomic.Bool
	Took   string
	Chosen kind.Options
	// Only is what the last Export chose among things; nil for all of them. Refs are
	// those that it chose.
	Only content.Choice
	Refs []string
	Shown
}

// Kind is a kind with its things. Err is why it cannot be read, or nil.
type Kind struct {
	ID     kind.ID
	Things []kind.Thing
	Err    error
}

// madeDay is the day of the newest of the things.
var madeDay = time.Date(2026, time.November, 22, 9, 41, 0, 0, time.UTC)

// Made is the content that most tests look into: two kinds, one that is not there, and
// one that cannot be read.
func Made() *Content {
	day := madeDay
	return &Content{Shown: Shown{Library: MadeLibrary(40, day), Talks: MadeTalks(30, day)}, All: []Kind{
		{ID: "photos", Things: []kind.Thing{
			{Ref: "p1", Title: "IMG_0001.HEIC", Where: "Lisbon", Date: day, Bytes: 3e6},
			{Ref: "p2", Title: "IMG_0002.HEIC", Date: day.AddDate(0, 0, -1), Presence: kind.Small},
			{Ref: "p3", Title: "IMG_0003.HEIC", Hidden: true},
		}},
		{ID: "messages", Things: []kind.Thing{
			{Ref: "m2", Where: "Boat crew", Title: "Ada Lovelace", Text: "The boat leaves at six. Bring a jacket.", Date: day.Add(time.Hour)},
			{Ref: "m3", Where: "Ada Lovelace", Text: "See you there!", Date: day},
		}},
		{ID: "health", Err: source.ErrNotListed},
		{ID: "notes", Err: source.ErrDamaged},
	}}
}

// Later is what is in a newer backup than Made: a photo and a message are gone, and a
// photo came.
func Later() *Content {
	c := Made()
	photos, messages := &c.All[0], &c.All[1]
	came := kind.Thing{Ref: "p4", Title: "IMG_0004.HEIC", Date: photos.Things[0].Date.AddDate(0, 0, 1)}
	photos.Things = append([]kind.Thing{came}, photos.Things[1:]...)
	messages.Things = messages.Things[1:]
	return c
}

// Info implements [engine.Content].
func (c *Content) Info() source.Info {
	return source.Info{DeviceName: "Anna's iPhone", Encrypted: true}
}

// kind is a kind as the registry would have it.
func (k Kind) kind() kind.Kind {
	return kind.Kind{ID: k.ID, EncryptedOnly: true, Things: func(_ context.Context, _ *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
		for _, t := range k.Things {
			if err := visit(t); err != nil {
				return nil, err
			}
		}
		return nil, k.Err
	}}
}

// Look implements [engine.Content].
func (c *Content) Look(ctx context.Context, each func(kind.Summary)) (all []kind.Summary, err error) {
	if c.LookHolds != nil {
		<-c.LookHolds
	}
	for _, k := range c.All {
		s, err := k.kind().Look(ctx, &source.Backup{})
		if err != nil {
			return all, fault.New(fault.Cancelled, "look", err)
		}
		each(s)
		all = append(all, s)
	}
	return all, nil
}

// Find implements [engine.Content]: what has the text as it stands.
func (c *Content) Find(ctx context.Context, text string, limit int, _ func(int)) (found content.Results, err error) {
	if ctx.Err() != nil {
		return found, fault.New(fault.Cancelled, "search", ctx.Err())
	}
	for _, k := range c.All {
		for _, t := range k.Things {
			found.Things++
			if strings.Contains(strings.ToLower(t.Title+t.Where+t.Text), strings.ToLower(text)) {
				if found.Count++; len(found.Hits) < limit {
					found.Hits = append(found.Hits, content.Hit{Kind: k.ID, Thing: t})
				}
			}
		}
		if errors.Is(k.Err, source.ErrDamaged) {
			found.Unread = append(found.Unread, k.ID)
		}
	}
	return found, nil
}

// Things implements [engine.Content].
func (c *Content) Things(_ context.Context, id kind.ID) ([]kind.Thing, error) {
	for _, k := range c.All {
		if k.ID == id {
			return k.Things, k.Err
		}
	}
	return nil, source.ErrNotListed
}

// Compare implements [engine.Content]: things are the same by their Ref.
func (c *Content) Compare(ctx context.Context, older engine.Content, o content.Comparison) (all []content.Compared, err error) {
	if c.CompareHolds != nil {
		o.Progress(content.ComparedSoFar{Kind: "messages", Things: 12_000, Share: 0.25})
		select {
		case <-c.CompareHolds:
		case <-ctx.Done():
			return nil, fault.New(fault.Cancelled, "compare", ctx.Err())
		}
	}
	for _, was := range older.(*Content).All {
		one := content.Compared{Kind: was.ID, Older: kind.Found, Newer: kind.Found}
		if was.Err != nil {
			one.Older = kind.Unreadable
		}
		for _, is := range c.All {
			if is.ID != was.ID || was.Err != nil {
				continue
			}
			one.Added = len(missing(is.Things, was.Things))
			for _, t := range missing(was.Things, is.Things) {
				one.Gone++
				if err := o.Visit(content.Difference{Kind: was.ID, Thing: t, Gone: true}); err != nil {
					return all, err
				}
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// missing are the things that are not among others.
func missing(things, among []kind.Thing) (all []kind.Thing) {
	for _, t := range things {
		if !slices.ContainsFunc(among, func(o kind.Thing) bool { return o.Ref == t.Ref }) {
			all = append(all, t)
		}
	}
	return all
}

// GoneSince implements [engine.Content].
func (c *Content) GoneSince(ctx context.Context, newer engine.Content, kinds []kind.Kind) (content.Choice, int, error) {
	gone := map[kind.ID][]string{}
	count := 0
	_, err := newer.Compare(ctx, c, content.Comparison{Visit: func(d content.Difference) error {
		if slices.ContainsFunc(kinds, func(k kind.Kind) bool { return k.ID == d.Kind }) {
			gone[d.Kind] = append(gone[d.Kind], d.Ref)
			count++
		}
		return nil
	}})
	return func(id kind.ID, ref string) bool { return slices.Contains(gone[id], ref) }, count, err
}

// Export implements [engine.Content].
func (c *Content) Export(ctx context.Context, kinds []kind.Kind, dir string, o kind.Options, only content.Choice, report func(export.Progress)) (content.Exported, error) {
	c.Took, c.Chosen, c.Only, c.Refs = dir, o, only, nil
	for _, k := range c.All {
		for _, t := range k.Things {
			if slices.ContainsFunc(kinds, func(of kind.Kind) bool { return of.ID == k.ID }) && (only == nil || only(k.ID, t.Ref)) {
				c.Refs = append(c.Refs, t.Ref)
			}
		}
	}
	if c.Holds != nil {
		report(export.Progress{Files: 1, Bytes: 1.5e6})
		select {
		case <-c.Holds:
		case <-ctx.Done():
			return content.Exported{}, fault.New(fault.Cancelled, "export", ctx.Err())
		}
	}
	return c.Exported, c.Err
}

// Close implements [engine.Content].
func (c *Content) Close() error {
	c.Closed.Store(true)
	return nil
}
