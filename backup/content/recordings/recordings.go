// Package recordings reads the voice memos of a phone out of a backup.
package recordings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "recordings", Things: things, Export: write}

// Recording is one voice memo. Texts are untrusted.
type Recording struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref string
	// Title is what the person called it, else the name of its file. Folder is the
	// person's own, "" for none.
	Title, Folder string
	Date          time.Time
	Duration      time.Duration
	// Deleted: it lies in Recently Deleted.
	Deleted bool
	// File is its sound, if Here.
	File source.File
	Here bool
}

// place is where a version of the app keeps its database and the sounds beside it.
type place struct{ domain, folder, database, table string }

var places = []place{
	{"AppDomainGroup-group.com.apple.VoiceMemos.shared", "Recordings", "CloudRecordings.db", "ZCLOUDRECORDING"},
	{"MediaDomain", "Media/Recordings", "CloudRecordings.db", "ZCLOUDRECORDING"},
	{"MediaDomain", "Media/Recordings", "Recordings.db", "ZRECORDING"},
}

// sounds are the endings of files that are taken for voice memos where no database
// names them.
var sounds = map[string]bool{".m4a": true, ".qta": true, ".caf": true, ".wav": true}

// Read visits each voice memo, also those that only their file tells of.
func Read(ctx context.Context, b *source.Backup, visit func(Recording) error) ([]kind.Note, error) {
	var notes []kind.Note
	found := false
	seen, named := map[string]bool{}, map[string]bool{}
	indexes := map[string]*source.Index{}
	var broken error
	for _, p := range places {
		x := indexes[p.domain]
		if x == nil { // a domain has one folder of them
			var err error
			if x, err = b.Index(ctx, p.domain, p.folder+"/"); err != nil {
				return notes, err
			}
			indexes[p.domain] = x
		}
		f, there := x.Find(p.folder + "/" + p.database)
		if !there {
			continue
		}
		err := p.read(ctx, b, f, x, func(r Recording) error {
			if r.Here {
				named[r.File.ID] = true
			}
			if seen[r.Ref] {
				return nil
			}
			seen[r.Ref] = true
			return visit(r)
		})
		switch {
		case errors.Is(err, source.ErrDamaged) && ctx.Err() == nil:
			broken = err
		case err != nil:
			return notes, err
		default:
			found = true
		}
	}
	loose, err := unnamed(indexes, named, visit)
	if err != nil {
		return notes, err
	}
	switch {
	case broken != nil && loose == 0 && !found:
		return notes, broken
	case broken != nil:
		notes = append(notes, kind.Note{Text: words.T("content.recordings.no-titles", nil)})
	case !found && loose == 0:
		return notes, fmt.Errorf("voice memos: %w", source.ErrNotListed)
	}
	return notes, nil
}

// unnamed visits the sounds that no database names, and counts them: what is there is
// not lost because a list of it is.
func unnamed(indexes map[string]*source.Index, named map[string]bool, visit func(Recording) error) (n int, err error) {
	for _, p := range places {
		x := indexes[p.domain]
		if x == nil {
			continue
		}
		for f := range x.All(p.folder + "/") {
			if !f.Regular() || named[f.ID] || !sounds[strings.ToLower(path.Ext(f.Path))] {
				continue
			}
			named[f.ID] = true
			n++
			if err := visit(Recording{Ref: f.Path, Title: stem(f.Path), Date: f.Modified, File: f, Here: true}); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func stem(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }

func (p place) read(ctx context.Context, b *source.Backup, f source.File, x *source.Index, visit func(Recording) error) error {
	d, err := b.DatabaseOf(ctx, f, p.table, "ZDATE", "ZPATH")
	if err != nil {
		return err
	}
	defer d.Close()
	folder, join := "NULL", ""
	if name := d.FirstColumn("f", "ZFOLDER", "ZENCRYPTEDNAME", "ZNAME"); name != "NULL" && d.Has("ZFOLDER", "Z_PK") && d.Has(p.table, "ZFOLDER") {
		folder, join = name, ` LEFT JOIN ZFOLDER f ON f.Z_PK = `+d.Column("r", p.table, "ZFOLDER")
	}
	var ref, title, label, file, in string
	var date, duration, gone float64
	return d.Scan(ctx, []any{&ref, &title, &label, &date, &file, &gone, &duration, &in}, func() error {
		r := Recording{
			Ref: cmp.Or(ref, file), Title: title, Folder: in, Date: kind.Cocoa(date),
			Duration: time.Duration(max(0, min(duration, 1e7)) * float64(time.Second)).Round(time.Second), Deleted: gone != 0,
		}
		// The database has a name, or a path of the phone's; the file lies beside it.
		if name := path.Base(file); file != "" {
			r.File, r.Here = x.Find(p.folder + "/" + name)
			r.Here = r.Here && r.File.Regular()
		}
		if r.Title == "" && !isDate(label) {
			r.Title = label
		}
		r.Title = cmp.Or(r.Title, stem(file))
		return visit(r)
	}, `SELECT `+d.Columns("r", p.table, "ZUNIQUEID", "ZENCRYPTEDTITLE", "ZCUSTOMLABEL", "ZDATE", "ZPATH", "ZEVICTIONDATE")+`, `+
		d.FirstColumn("r", p.table, "ZDURATION", "ZLOCALDURATION")+`, `+folder+` FROM "`+p.table+`" r`+join+` ORDER BY 4`)
}

// isDate reports whether a label is the date that newer versions keep there in place
// of a title.
func isDate(label string) bool {
	_, err := time.Parse(time.RFC3339, label)
	return err == nil
}

func (r Recording) thing() kind.Thing {
	t := kind.Thing{Ref: r.Ref, Title: r.Title, Where: r.Folder, Date: r.Date, Deleted: r.Deleted, Bytes: r.File.Size}
	if !r.Here {
		t.Presence = kind.Entry
	}
	return t
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return Read(ctx, b, func(r Recording) error { return visit(r.thing()) })
}

// write exports the sounds under their titles, in the person's own folders.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	_, err := Read(ctx, b, func(r Recording) error {
		switch {
		case !o.Takes(r.thing()):
			return nil
		case !r.Here:
			to.Leave(r.Title, words.T("content.recordings.away", nil))
			return nil
		}
		folder := to
		if r.Folder != "" {
			var err error
			if folder, err = to.In(r.Folder); err != nil {
				return err
			}
		}
		_, err := folder.Take(ctx, b, r.File, r.Title+path.Ext(r.File.Path), r.Date, r.Title)
		return err
	})
	return err
}
