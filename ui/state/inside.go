package state

import (
	"context"
	"slices"

	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/export"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// Inside is what is shown of what is in a backup.
type Inside struct {
	Kept    Kept
	Version vault.Version
	// Opening is set until the password has opened it. Err is why it could not be
	// opened; nil if it could, or while the password is asked for.
	Opening bool
	Err     error
	// Locked: the password is asked for, or was not given.
	Locked bool
	// Kinds are those that were summed up so far, Summing whether more follow. Where
	// it is compared with a newer one, they sum up what is gone since.
	Kinds   []kind.Summary
	Summing bool
	// Search is what is searched for.
	Search Search
	// Lists are the things of kinds, as far as they were asked for.
	Lists map[kind.ID]*ThingList
	// Export is what is being taken out, nil for nothing.
	Export *Export
	// Gallery is the photos, Chats are the conversations of messengers, and Talk the
	// one that was opened last; nil until they are asked for.
	Gallery *Gallery
	Chats   map[kind.ID]*Chats
	Talk    *Talk
	// Since is what the backup is compared with; nil where it is only looked into.
	Since *Since

	content engine.Content // nil until it is open
	ctx     context.Context
	cancel  context.CancelFunc
	calls   int  // that use content
	closed  bool // content is closed as soon as none does
}

// Search is a search of all kinds.
type Search struct {
	Text string
	// Busy is whether it runs, Read how many things were read for the first one.
	Busy    bool
	Read    int
	Results content.Results
	Err     error

	cancel context.CancelFunc
}

// ThingList is all things of a kind.
type ThingList struct {
	Reading bool
	Things  []kind.Thing
	Err     error
}

// Export is what is being taken out of a backup.
type Export struct {
	Dir      string
	Far      export.Progress
	Bytes    int64 // of all that is to come, as far as it is known
	Stopping bool

	cancel context.CancelFunc
}

// Share is the part that was written, 0 to 1; -1 while it is not known.
func (e *Export) Share() float64 {
	if e.Bytes <= 0 {
		return -1
	}
	return min(1, float64(e.Far.Bytes)/float64(e.Bytes))
}

// LookInside opens a backup, and goes to the page of what is in it.
func (s *State) LookInside(k Kept, v vault.Version) { s.lookInto(k, v, nil) }

func (s *State) lookInto(k Kept, v vault.Version, since *Since) {
	if s.closeInside(); s.Inside != nil { // something is being taken out of it
		s.Show(s.Inside.page())
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.Inside = &Inside{Kept: k, Version: v, Since: since, Lists: map[kind.ID]*ThingList{}, Chats: map[kind.ID]*Chats{}, ctx: ctx, cancel: cancel}
	s.openInside(s.knownPassword(k.UDID))
	s.Show(s.Inside.page())
}

// page is where an opened backup is shown first.
func (i *Inside) page() Page {
	if i.Since != nil {
		return Page{Name: GonePage}
	}
	return Page{Name: InsidePage}
}

// openInside opens the backup with a password, which may be empty.
func (s *State) openInside(password keybag.Password) {
	i := s.Inside
	s.openVersion(i, i.Version, password, func(c engine.Content) {
		if i.content = c; i.Since != nil {
			s.openNewer(i, password)
		} else {
			s.sumUp(i)
		}
	})
}

// openVersion opens one of the versions that are looked into, and asks for another
// password where this one does not open it; then is called with what is in it.
func (s *State) openVersion(i *Inside, v vault.Version, password keybag.Password, then func(engine.Content)) {
	i.Opening, i.Err, i.Locked = true, nil, false
	s.changed()
	ctx := i.ctx
	go func() {
		c, err := s.Engine.OpenContent(ctx, i.Kept, v.Number, password)
		s.Post(func() {
			if ctx.Err() != nil {
				if err == nil {
					go c.Close()
				}
				return
			}
			i.Opening = false
			switch fault.Of(err) {
			case "":
				then(c)
			case fault.PasswordNeeded, fault.PasswordWrong, fault.PasswordOlder:
				i.Locked = true
				s.askInside(fault.Of(err) != fault.PasswordNeeded)
			default:
				i.Err = err
			}
			s.changed()
		})
	}()
}

// UnlockInside asks for the password of the backup again.
func (s *State) UnlockInside() {
	if s.Inside != nil && s.Inside.Locked {
		s.askInside(false)
	}
}

func (s *State) askInside(wrong bool) {
	i := s.Inside
	version, open := i.Version, s.openInside
	if i.NewerLocked() {
		version, open = i.Since.Newer, func(typed keybag.Password) { s.openNewer(i, typed) }
	}
	s.View.AskPassword(version, wrong, func(typed keybag.Password) {
		if s.Inside == i {
			open(typed)
		}
	})
}

// use has content do something on another goroutine, keeps it open until then, and
// has everything drawn anew.
func (s *State) use(i *Inside, do func(c engine.Content) (show func())) {
	s.borrow(i, func(c engine.Content) func() {
		show := do(c)
		return func() { show(); s.changed() }
	})
}

// borrow is use without drawing; it reports whether content is open.
func (s *State) borrow(i *Inside, do func(c engine.Content) (show func())) bool {
	if i.content == nil || i.closed {
		return false
	}
	i.calls++
	c := i.content
	go func() {
		show := do(c)
		s.Post(func() {
			i.calls--
			s.closeIfUnused(i)
			if !i.closed && i.ctx.Err() == nil {
				show()
			}
			s.quitIfIdle()
		})
	}()
	return true
}

func (s *State) closeIfUnused(i *Inside) {
	if i.closed && i.calls == 0 && i.content != nil {
		c := i.content
		i.content = nil
		go c.Close()
		if i.Since != nil && i.Since.newer != nil {
			go i.Since.newer.Close()
		}
	}
}

// sumUp counts what is in the backup.
func (s *State) sumUp(i *Inside) {
	i.Summing = true
	s.use(i, func(c engine.Content) func() {
		_, err := c.Look(i.ctx, func(sum kind.Summary) {
			s.postFor(i.ctx, func() { i.Kinds = append(i.Kinds, sum) })
		})
		return func() { i.Summing, i.Err = false, err }
	})
}

// Summary is a kind in numbers; known is false until it was summed up.
func (i *Inside) Summary(id kind.ID) (sum kind.Summary, known bool) {
	at := slices.IndexFunc(i.Kinds, func(one kind.Summary) bool { return one.Kind == id })
	if at < 0 {
		return sum, false
	}
	return i.Kinds[at], true
}

// mostFound is how many things that a search has found are listed.
const mostFound = 500

// SearchInside searches for a text, in place of what was searched for before; the
// empty one ends the search.
func (s *State) SearchInside(text string) {
	i := s.Inside
	if i == nil || text == i.Search.Text {
		return
	}
	if i.Search.cancel != nil {
		i.Search.cancel()
	}
	ctx, cancel := context.WithCancel(i.ctx)
	i.Search = Search{Text: text, Busy: text != "", cancel: cancel, Results: i.Search.Results}
	if text == "" {
		i.Search.Results = content.Results{}
		s.changed()
		return
	}
	s.use(i, func(c engine.Content) func() {
		found, err := c.Find(ctx, text, mostFound, func(n int) {
			s.postFor(ctx, func() { i.Search.Read = n })
		})
		return func() {
			if ctx.Err() == nil {
				i.Search.Busy, i.Search.Results, i.Search.Err = false, found, err
			}
		}
	})
	s.changed()
}

// List is all things of a kind; they are read at the first call.
func (s *State) List(id kind.ID) *ThingList {
	i := s.Inside
	if list := i.Lists[id]; list != nil {
		return list
	}
	list := &ThingList{Reading: true}
	i.Lists[id] = list
	s.use(i, func(c engine.Content) func() {
		all, err := c.Things(i.ctx, id)
		return func() { list.Reading, list.Things, list.Err = false, all, err }
	})
	return list
}

// TakeOut writes kinds of things into a folder; where a newer backup is compared with,
// only what is gone since.
func (s *State) TakeOut(kinds []kind.ID, dir string, o kind.Options) {
	bytes := int64(0)
	for _, id := range kinds {
		if s.Inside != nil {
			sum, _ := s.Inside.Summary(id)
			bytes += sum.Bytes
		}
	}
	s.takeOut(kinds, dir, o, nil, bytes)
}

// TakeOutOne writes one thing into a folder, with all that is stored of it.
func (s *State) TakeOutOne(id kind.ID, ref string, bytes int64, dir string) {
	only := func(of kind.ID, other string) bool { return of == id && other == ref }
	s.takeOut([]kind.ID{id}, dir, kind.Options{Hidden: true, Deleted: true, SmallPictures: true}, only, bytes)
}

// takeOut writes what only chooses, nil for all, of some kinds: so many bytes.
func (s *State) takeOut(kinds []kind.ID, dir string, o kind.Options, only content.Choice, bytes int64) {
	i := s.Inside
	if i == nil || i.Export != nil || i.content == nil {
		return
	}
	names := make([]string, len(kinds))
	for n, id := range kinds {
		names[n] = string(id)
	}
	ctx, cancel := context.WithCancel(i.ctx)
	e := &Export{Dir: dir, Bytes: bytes, cancel: cancel}
	found, _ := content.Find(names...)
	i.Export = e
	report, end := relay(s, func(p export.Progress) {
		if e.Far = p; s.Inside == i {
			s.View.Progress()
		}
	})
	s.use(i, func(c engine.Content) func() {
		var done content.Exported
		var err error
		if only == nil {
			only, err = i.choose(ctx, c, found)
		}
		if err == nil {
			done, err = c.Export(ctx, found, dir, o, only, report)
		}
		end()
		cancel()
		return func() {
			i.Export = nil
			if !isInside(s.Page().Name) {
				s.closeInside()
			}
			s.outcome(err, func() { s.takeOut(kinds, dir, o, only, bytes) }, func() { s.View.TakenOut(dir, done) })
		}
	})
	s.changed()
}

// StopTakingOut gives it up; what was written stays.
func (s *State) StopTakingOut() {
	if i := s.Inside; i != nil && i.Export != nil && !i.Export.Stopping {
		i.Export.Stopping = true
		i.Export.cancel()
		s.changed()
	}
}

// closeInside forgets what is in a backup, unless something is being taken out.
func (s *State) closeInside() {
	i := s.Inside
	if i == nil || i.Export != nil && !s.quitting {
		return
	}
	s.Inside = nil
	i.closed = true
	i.cancel()
	s.closeIfUnused(i)
}

// Busy reports whether stopping now would throw work away.
func (i *Inside) Busy() bool { return i != nil && i.Export != nil }
