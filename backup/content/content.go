// Package content is what is in a backup, in people's words: it is asked for what
// there is, searched, compared with another version, and exported. Each kind of
// things is a package of its own below this one, and a row of [Kinds].
package content

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"lifeboat/assets/words"
	"lifeboat/backup/content/calendar"
	"lifeboat/backup/content/calls"
	"lifeboat/backup/content/contacts"
	"lifeboat/backup/content/files"
	"lifeboat/backup/content/health"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/messages"
	"lifeboat/backup/content/notes"
	"lifeboat/backup/content/photos"
	"lifeboat/backup/content/recordings"
	"lifeboat/backup/content/reminders"
	"lifeboat/backup/content/safari"
	"lifeboat/backup/content/source"
	"lifeboat/backup/content/voicemail"
	"lifeboat/backup/content/whatsapp"
	"lifeboat/backup/export"
	"lifeboat/device/fault"
)

// Kinds are all kinds, in the order in which people look for them.
var Kinds = []kind.Kind{
	photos.Kind, messages.Kind, whatsapp.Kind, contacts.Kind, calls.Kind, notes.Kind, recordings.Kind, voicemail.Kind, calendar.Kind, reminders.Kind,
	safari.Kind, health.Kind, files.Kind,
}

// Find gives the kinds of these names; "all", or none, gives all. unknown is a name
// that is no kind's.
func Find(names ...string) (found []kind.Kind, unknown string) {
	if len(names) == 0 || slices.Contains(names, "all") {
		return Kinds, ""
	}
	for _, name := range names {
		at := slices.IndexFunc(Kinds, func(k kind.Kind) bool { return string(k.ID) == name })
		if at < 0 {
			return nil, name
		}
		found = append(found, Kinds[at])
	}
	return found, ""
}

// lookedBeside is how many kinds are summed up beside each other: the two with most in
// them are read at once where there are cores for it, and memory is for a few of them.
const lookedBeside = 3

// Look sums kinds up, some of them beside each other; each is called with every result,
// in the order of kinds, by the caller's goroutine, and may be nil. What cannot be read
// of one kind is said in its State, and the others follow. The error is fault.Cancelled.
func Look(ctx context.Context, b *source.Backup, kinds []kind.Kind, each func(kind.Summary)) ([]kind.Summary, error) {
	all, ended := make([]kind.Summary, len(kinds)), make([]chan error, len(kinds))
	var looking sync.WaitGroup
	defer looking.Wait() // the caller may close the backup
	free := make(chan struct{}, lookedBeside)
	for i := range kinds {
		ended[i] = make(chan error, 1)
	}
	looking.Go(func() {
		for i, k := range kinds {
			free <- struct{}{}
			looking.Go(func() {
				defer func() { <-free }()
				var err error
				all[i], err = k.Look(ctx, b)
				ended[i] <- err
			})
		}
	})
	for i := range kinds {
		if err := <-ended[i]; err != nil {
			return all[:i], fault.New(fault.Cancelled, "look into the backup", err)
		}
		if each != nil {
			each(all[i])
		}
	}
	return all, nil
}

// Choice chooses among the things of a kind, by their references.
type Choice func(id kind.ID, ref string) bool

// Exported is what an export has written.
type Exported struct {
	export.Progress
	// Left names what was left out, as far as it is named; LeftCount is how many
	// things these are.
	Left      []export.Left
	LeftCount int
	// Kinds are those that were exported, in numbers; of others their State says why.
	Kinds []kind.Summary
}

// Export writes kinds into a folder, each into one of its own, and a list of what was
// left out. What cannot be read of one kind is left out, and the others follow; an
// error is that of the disk, or fault.Cancelled, and what was written until then stays.
// only chooses among the things of a kind, by their references; nil takes all.
// known are kinds that were summed up already; others are summed up here.
func Export(ctx context.Context, b *source.Backup, kinds []kind.Kind, to *export.Folder, o kind.Options, only Choice, known []kind.Summary) (done Exported, err error) {
	say := o.Say()
	for _, k := range kinds {
		var s kind.Summary
		if at := slices.IndexFunc(known, func(s kind.Summary) bool { return s.Kind == k.ID }); at >= 0 {
			s = known[at]
		} else if s, err = k.Look(ctx, b); err != nil {
			done.sum(to)
			return done, fault.New(fault.Cancelled, "export", err)
		}
		if o.Only = nil; only != nil {
			o.Only = func(ref string) bool { return only(k.ID, ref) }
		}
		if s.State == kind.Found {
			err = exportKind(ctx, b, k, to, o, &s)
		}
		if err != nil {
			done.sum(to)
			return done, err
		}
		done.Kinds = append(done.Kinds, s)
	}
	done.sum(to)
	return done, done.report(b, to, say)
}

func exportKind(ctx context.Context, b *source.Backup, k kind.Kind, to *export.Folder, o kind.Options, s *kind.Summary) error {
	folder, err := to.In(o.Say().Say("content.folder."+string(k.ID), nil))
	if err != nil {
		return err
	}
	err = k.Export(ctx, b, folder, o)
	switch {
	case ctx.Err() != nil:
		return fault.New(fault.Cancelled, "export", ctx.Err())
	case source.Unreadable(err):
		s.State, s.Err = kind.Unreadable, err
		folder.Leave(o.Say().Say("content.kind."+string(k.ID), nil), words.T("content.left.unreadable", nil))
		return nil
	}
	return err
}

func (d *Exported) sum(to *export.Folder) {
	d.Progress = to.Done()
	d.Left, d.LeftCount = to.Left()
}

// Short says how many there are of a kind, in few words.
func Short(s kind.Summary) words.Text {
	args := words.Args{"N": words.Count(s.Total()), "Away": words.Count(s.Small + s.Entry)}
	switch {
	case s.State != kind.Found:
		return words.T("content.short."+string(s.State), nil)
	case s.Small > 0:
		return words.T("content.short.away", args)
	}
	return words.T("content.short.all", args)
}

// Words say what is in a backup of one kind, in one sentence.
func Words(s kind.Summary) words.Text {
	args := words.Args{
		"Kind": words.T("content.kind."+string(s.Kind), nil), "All": words.T("content.count."+string(s.Kind), words.Args{"N": words.Count(s.Total())}),
		"Here": words.Count(s.Here), "Small": words.Count(s.Small), "Entry": words.Count(s.Entry),
	}
	switch {
	case s.State != kind.Found:
		return words.T("content.state."+string(s.State), args)
	case s.Small > 0 && s.Entry > 0:
		return words.T("content.here-small-entry", args)
	case s.Small > 0:
		return words.T("content.here-small", args)
	case s.Entry > 0:
		return words.T("content.here-entry", args)
	}
	return words.T("content.count."+string(s.Kind), words.Args{"N": words.Count(s.Total())})
}

// mostListed bounds how many things a list has.
const mostListed = 1_000_000

// List gives all things of a kind, the newest first, those of no date by title. An
// error is that of the kind, or fault.Cancelled.
func List(ctx context.Context, b *source.Backup, id kind.ID) (all []kind.Thing, err error) {
	found, unknown := Find(string(id))
	if unknown != "" {
		return nil, source.ErrNotListed
	}
	_, err = found[0].Things(ctx, b, func(t kind.Thing) error {
		if len(all) < mostListed {
			all = append(all, t)
		}
		return nil
	})
	if ctx.Err() != nil {
		return nil, fault.New(fault.Cancelled, "look into the backup", ctx.Err())
	}
	slices.SortStableFunc(all, func(a, b kind.Thing) int {
		return cmp.Or(b.Date.Compare(a.Date), strings.Compare(Fold(a.Title), Fold(b.Title)))
	})
	return all, err
}
