package messages

import (
	"context"
	"path"
	"strings"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// attachments reads the files of messages, by their rows.
func (r *reader) attachments(ctx context.Context, rows []int64) (map[int64][]chat.Attachment, error) {
	all := map[int64][]chat.Attachment{}
	if !r.hasFiles() {
		return all, nil
	}
	if err := r.openIndex(ctx); err != nil {
		return nil, err
	}
	var row int64
	var file, name, mime string
	var sticker, hidden bool
	return all, source.ScanIn(ctx, r.db, []any{&row, &file, &name, &mime, &sticker, &hidden}, func() error {
		if isPreview(file, hidden) {
			return nil
		}
		one := chat.Attachment{Name: name, MIME: mime, Sticker: sticker, Presence: kind.Entry}
		if f, there := r.file(file); there {
			one.File, one.Presence = f, kind.Here
		}
		if one.Name == "" && file != "" {
			one.Name = path.Base(file)
		}
		all[row] = append(all[row], one)
		return nil
	}, `SELECT j.message_id, `+r.db.Columns("a", "attachment", "filename", "transfer_name", "mime_type", "is_sticker", "hide_attachment")+`
		FROM message_attachment_join j JOIN attachment a ON a.rowid = j.attachment_id WHERE j.message_id IN (?) ORDER BY j.message_id, a.rowid`, rows)
}

// isPreview reports whether a file is the picture of a link's preview or the like,
// which nobody sent.
func isPreview(file string, hidden bool) bool {
	return hidden || strings.HasSuffix(file, ".pluginPayloadAttachment")
}

// openIndex learns once which files the backup has.
func (r *reader) openIndex(ctx context.Context) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.files != nil {
		return nil
	}
	files, err := r.backup.Index(ctx, mediaDomain, "")
	if err != nil {
		return err
	}
	r.ends = map[string]source.File{}
	for f := range files.All("library/sms/") {
		end := endOf(f.Path)
		if _, twice := r.ends[end]; twice {
			f = source.File{}
		}
		r.ends[end] = f
	}
	r.files = files
	return nil
}

// endOf is the last two names of a path: that of the folder is a guid of its own.
func endOf(name string) string {
	return strings.ToLower(path.Join(path.Base(path.Dir(name)), path.Base(name)))
}

// file finds a file by its name in the database: "~/Library/…" or absolute. One that
// lies elsewhere is found by the end of its name.
func (r *reader) file(name string) (source.File, bool) {
	at := strings.Index(name, "Library/")
	if name == "" || at < 0 {
		return source.File{}, false
	}
	f, found := r.files.Find(name[at:])
	if !found {
		f, found = r.ends[endOf(name)]
	}
	return f, found && f.Regular()
}
