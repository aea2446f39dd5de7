package messages

import (
	"context"
	"strings"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// count counts what things would visit, without reading it: 200,000 messages take part
// of a second.
func count(ctx context.Context, b *source.Backup) (s kind.Summary, err error) {
	r, err := openDatabase(ctx, b)
	if err != nil {
		return s, err
	}
	defer r.Close()
	deleted, err := r.deleted(ctx)
	if err != nil {
		return s, err
	}
	if err := r.countMessages(ctx, &s, deleted); err != nil {
		return s, err
	}
	r.incomplete = !r.db.Has("handle") || !r.db.Has("chat") || !r.db.Has("chat_message_join")
	n, err := r.countFiles(ctx, &s, deleted)
	s.Notes = append(r.Notes(), kind.Counted(absent, n)...)
	return s, err
}

// deleted are the messages in Recently Deleted.
func (r *reader) deleted(ctx context.Context) (map[int64]bool, error) {
	all := map[int64]bool{}
	if !r.db.Has("chat_recoverable_message_join", "chat_id", "message_id") {
		return all, nil
	}
	besides := ""
	if r.db.Has("chat_message_join", "chat_id", "message_id") {
		besides = " AND j.message_id NOT IN (SELECT message_id FROM chat_message_join)"
	}
	var row int64
	return all, r.db.Scan(ctx, []any{&row}, func() error {
		all[row] = true
		return nil
	}, `SELECT m.rowid FROM chat_recoverable_message_join j JOIN message m ON m.rowid = j.message_id WHERE NOT (`+r.reacts()+`)`+besides)
}

func (r *reader) countMessages(ctx context.Context, s *kind.Summary, deleted map[int64]bool) error {
	when, kept := r.db.Column("m", "message", "date"), ""
	var values []any
	if len(deleted) > 0 && len(deleted) <= perQuery {
		for row := range deleted {
			values = append(values, row)
		}
		kept = " AND m.rowid NOT IN (?" + strings.Repeat(", ?", len(values)-1) + ")"
	}
	old := "CASE WHEN " + when + " BETWEEN -1000000000000 AND 1000000000000 AND " + when + " <> 0 THEN " + when + " END"
	now := "CASE WHEN " + when + " NOT BETWEEN -1000000000000 AND 1000000000000 THEN " + when + " END"
	var n int64
	var dates [4]int64
	err := r.db.Scan(ctx, []any{&n, &dates[0], &dates[1], &dates[2], &dates[3]}, nil, `SELECT count(*), min(`+old+`), max(`+old+`), min(`+now+`), max(`+now+`) FROM message m WHERE NOT (`+r.reacts()+`)`+kept, values...)
	s.Here = int(n)
	if kept == "" {
		s.Here -= len(deleted)
	}
	s.Deleted = len(deleted)
	for _, d := range dates {
		s.Span(date(d))
	}
	return err
}

// countFiles adds to a summary what is stored of files, and moves those messages that
// are nothing but files that are not there.
func (r *reader) countFiles(ctx context.Context, s *kind.Summary, deleted map[int64]bool) (absent int, err error) {
	if !r.hasFiles() {
		return 0, nil
	}
	if err := r.openIndex(ctx); err != nil {
		return 0, err
	}
	here, lacks := map[int64]bool{}, map[int64]bool{}
	var row int64
	var file string
	var hidden bool
	err = r.db.Scan(ctx, []any{&row, &file, &hidden}, func() error {
		if isPreview(file, hidden) {
			return nil
		}
		if f, there := r.file(file); there {
			here[row] = true
			s.Bytes += f.Size
		} else {
			lacks[row] = true
			absent++
		}
		return nil
	}, `SELECT m.rowid, a.filename, `+r.db.Column("a", "attachment", "hide_attachment")+` FROM message_attachment_join j JOIN attachment a ON a.rowid = j.attachment_id
		JOIN message m ON m.rowid = j.message_id WHERE NOT (`+r.reacts()+`)`)
	if err != nil {
		return absent, err
	}
	var doubtful []int64
	for row := range lacks {
		if !here[row] && !deleted[row] {
			doubtful = append(doubtful, row)
		}
	}
	records, err := records(ctx, r, "m.rowid", doubtful)
	for _, c := range records {
		if m := r.message(chat.Conversation{}, c); m.Text == "" && m.Event.Key == "" {
			s.Here--
			s.Entry++
		}
	}
	return absent, err
}
