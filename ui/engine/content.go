package engine

import (
	"context"
	"slices"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/disk"
	"lifeboat/backup/export"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// Content is a backup that was opened to look into it. Its methods may be called by
// several goroutines; the caller must Close it, when none is running.
type Content interface {
	// Info is what the backup says of itself.
	Info() source.Info
	// Look sums all kinds up; see [content.Look].
	Look(ctx context.Context, each func(kind.Summary)) ([]kind.Summary, error)
	// Find searches all kinds for the words of a text, as [content.Index.Find] does. At
	// the first call everything is read, which takes seconds and calls progress as
	// [content.NewIndex] does.
	Find(ctx context.Context, text string, limit int, progress func(things int)) (content.Results, error)
	// Things lists all things of a kind, the newest first, those of no date by title.
	Things(ctx context.Context, id kind.ID) ([]kind.Thing, error)
	// Compare finds what differs between an older version and this one; see
	// [content.Compare].
	Compare(ctx context.Context, older Content, o content.Comparison) ([]content.Compared, error)
	// GoneSince chooses what this version has and a newer one has not, and counts it.
	GoneSince(ctx context.Context, newer Content, kinds []kind.Kind) (content.Choice, int, error)
	// Export writes kinds of things into a folder of this computer, of which the last
	// part is made; see [content.Export]. It is refused before anything is written
	// where the disk has too little room for what is stored (fault.ExportFull).
	// report is called as [export.New] says.
	Export(ctx context.Context, kinds []kind.Kind, dir string, o kind.Options, only content.Choice, report func(export.Progress)) (content.Exported, error)
	Shown
	Close() error
}

// opened is the Content of a real backup.
type opened struct {
	*source.Backup
	engine *Engine

	index once[*content.Index]
	shown shown
}

// OpenContent opens a version of k to look into it, number 0 for the newest. Where the
// password does not open it, or none is given, those that the keyring has of the phone
// are tried, as a backup keeps the one that it was made with. See [source.Open].
func (e *Engine) OpenContent(ctx context.Context, k library.Kept, number int, password keybag.Password) (Content, error) {
	number, err := e.numberOf(k, number)
	if err != nil {
		return nil, err
	}
	var b *source.Backup
	err = e.orKept(ctx, k, number, password, func(p keybag.Password) (err error) {
		b, err = source.Open(ctx, e.FilesOf(k), k.Root, k.UDID, number, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &opened{Backup: b, engine: e}, nil
}

// numberOf is a version that was asked for by its number: 0 is the newest that was
// finished and is not in the trash.
func (e *Engine) numberOf(k library.Kept, number int) (int, error) {
	if number != 0 {
		return number, nil
	}
	versions, err := e.Versions(k)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(versions, func(v vault.Version) bool { return v.Trashed.IsZero() && !v.Unfinished })
	if i < 0 {
		return 0, fault.New(fault.VersionUnknown, "look for the version", nil)
	}
	return versions[i].Number, nil
}

func (o *opened) Look(ctx context.Context, each func(kind.Summary)) ([]kind.Summary, error) {
	return content.Look(ctx, o.Backup, content.Kinds, each)
}

func (o *opened) Find(ctx context.Context, text string, limit int, progress func(things int)) (content.Results, error) {
	x, err := o.index.get(func() (*content.Index, error) { return content.NewIndex(ctx, o.Backup, content.Kinds, progress) })
	if err != nil {
		return content.Results{}, err
	}
	return x.Find(ctx, text, limit)
}

func (o *opened) Things(ctx context.Context, id kind.ID) ([]kind.Thing, error) {
	return content.List(ctx, o.Backup, id)
}

func (o *opened) Compare(ctx context.Context, older Content, wanted content.Comparison) ([]content.Compared, error) {
	return content.Compare(ctx, older.(*opened).Backup, o.Backup, content.Kinds, wanted)
}

func (o *opened) GoneSince(ctx context.Context, newer Content, kinds []kind.Kind) (content.Choice, int, error) {
	return content.Gone(ctx, o.Backup, newer.(*opened).Backup, kinds)
}

func (o *opened) Export(ctx context.Context, kinds []kind.Kind, dir string, options kind.Options, only content.Choice, report func(export.Progress)) (done content.Exported, err error) {
	folder, err := o.engine.TakeOut(dir)
	if err != nil {
		return done, err
	}
	defer folder.Close()
	if options.Words == nil {
		options.Words = o.engine.Words
	}
	known, err := content.Look(ctx, o.Backup, kinds, nil)
	if err != nil {
		return done, err
	}
	if free, err := disk.Free(dir); err == nil && only == nil { // unknown is no reason to refuse
		need := int64(0)
		for _, s := range known {
			need += s.Bytes
		}
		if need > int64(min(free, 1<<62)) { //nolint:gosec // bounded
			return done, fault.New(fault.ExportFull, "export", nil).With("Path", dir).With("Need", words.Bytes(need)).With("Have", words.Bytes(min(free, 1<<62))) //nolint:gosec // bounded
		}
	}
	done, err = content.Export(ctx, o.Backup, kinds, export.New(folder, report), options, only, known)
	if err == nil {
		err = disk.SyncTree(ctx, folder, "/")
	}
	if fault.Of(err) == fault.DestFull { // no backup is meant here
		err = fault.New(fault.ExportFull, "export", err).With("Path", dir)
	}
	return done, err
}
