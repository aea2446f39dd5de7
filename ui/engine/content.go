package engine

import (
	"context"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/disk"
	"lifeboat/backup/export"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/device/fault"
)

// OpenContent opens a version of k to look into it, number 0 for the newest; the
// caller must Close it. Where the password does not open it, or none is given, those
// that the keyring has of the phone are tried, as a backup keeps the one that it was
// made with. See [source.Open].
func (e *Engine) OpenContent(ctx context.Context, k library.Kept, number int, password keybag.Password) (*source.Backup, error) {
	if number == 0 {
		versions, err := e.Versions(k)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			if v.Trashed.IsZero() && !v.Unfinished {
				number = v.Number
				break
			}
		}
		if number == 0 {
			return nil, fault.New(fault.VersionUnknown, "look for the version", nil)
		}
	}
	open := func(p keybag.Password) (*source.Backup, error) {
		return source.Open(ctx, e.FilesOf(k), k.Root, k.UDID, number, p)
	}
	b, err := open(password)
	if refused(err) {
		if kept, _ := e.PasswordOf(ctx, k, number); !kept.Empty() { // without, err says all
			defer kept.Wipe()
			return open(kept)
		}
	}
	return b, err
}

// Export writes kinds of things of a backup into a folder of this computer, of which
// the last part is made; see [content.Export]. It is refused before anything is written
// where the disk has too little room for what is stored (fault.ExportFull). report is
// called as [export.New] says.
func (e *Engine) Export(ctx context.Context, b *source.Backup, kinds []kind.Kind, dir string, o kind.Options, only content.Choice, report func(export.Progress)) (done content.Exported, err error) {
	folder, err := e.TakeOut(dir)
	if err != nil {
		return done, err
	}
	defer folder.Close()
	if o.Words == nil {
		o.Words = e.Words
	}
	if free, err := disk.Free(dir); err == nil && only == nil { // unknown is no reason to refuse
		all, err := content.Look(ctx, b, kinds, nil)
		if err != nil {
			return done, err
		}
		need := int64(0)
		for _, s := range all {
			need += s.Bytes
		}
		if need > int64(min(free, 1<<62)) { //nolint:gosec // bounded
			return done, fault.New(fault.ExportFull, "export", nil).With("Path", dir).With("Need", words.Bytes(need)).With("Have", words.Bytes(min(free, 1<<62))) //nolint:gosec // bounded
		}
	}
	done, err = content.Export(ctx, b, kinds, export.New(folder, report), o, only)
	if err == nil {
		err = disk.SyncTree(ctx, folder, "/")
	}
	if fault.Of(err) == fault.DestFull { // no backup is meant here
		err = fault.New(fault.ExportFull, "export", err).With("Path", dir)
	}
	return done, err
}
