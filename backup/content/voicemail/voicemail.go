// Package voicemail reads the messages of the answering machine that a phone has
// fetched out of a backup.
package voicemail

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/contacts"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "voicemail", Things: things, Export: write}

const (
	domain = "HomeDomain"
	folder = "Library/Voicemail/"
	table  = "voicemail"
)

// Message is one message. Texts are untrusted.
type Message struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref  string
	Date time.Time
	// Sender is the number, "" if it was withheld; Name who that is, "" if unknown.
	Sender, Name string
	Duration     time.Duration
	Deleted      bool
	// Transcript is what the phone understood, "" for nothing.
	Transcript string
	// File is its sound, if Here.
	File source.File
	Here bool
}

// flagDeleted are the flags of a message that was deleted.
const flagDeleted = 75

// Read visits each message, the oldest first.
func Read(ctx context.Context, b *source.Backup, visit func(Message) error) error {
	d, err := b.Database(ctx, domain, folder+"voicemail.db")
	if err != nil {
		return err
	}
	defer d.Close()
	if !d.Has(table, "ROWID") && !d.Has(table, "date") {
		return fmt.Errorf("voicemail: no table of messages: %w", source.ErrDamaged)
	}
	book, err := contacts.Load(ctx, b)
	if err != nil {
		return err
	}
	var row, flags int64
	var date, duration, trashed float64
	var sender, callback string
	return d.Scan(ctx, []any{&row, &date, &sender, &callback, &duration, &flags, &trashed}, func() error {
		m := Message{
			Ref: fmt.Sprintf("%v %s", date, sender), Date: kind.Unix(date), Sender: cmp.Or(sender, callback),
			Duration: time.Duration(max(0, min(duration, 1e6))) * time.Second, Deleted: flags == flagDeleted || trashed > 0,
		}
		m.Name = book.Name(m.Sender)
		stem := folder + strconv.FormatInt(row, 10)
		var err error
		if m.File, m.Here, err = b.Find(ctx, domain, stem+".amr"); err != nil {
			return err
		}
		m.Here = m.Here && m.File.Regular()
		if m.Transcript, err = transcript(ctx, b, stem+".transcript"); err != nil {
			return err
		}
		return visit(m)
	}, `SELECT v.ROWID, `+d.Columns("v", table, "date", "sender", "callback_num", "duration", "flags", "trashed_date")+` FROM voicemail v ORDER BY 2`)
}

// longestTranscript bounds the file of a transcript, in bytes.
const longestTranscript = 1 << 20

// transcript reads what the phone understood: an archive with one text in it under
// transcriptionString. One that is not there, or is something else, is "".
func transcript(ctx context.Context, b *source.Backup, name string) (string, error) {
	f, found, err := b.Find(ctx, domain, name)
	if err != nil || !found {
		return "", err
	}
	data, err := b.ReadAll(ctx, f, longestTranscript)
	if err != nil {
		if source.Unreadable(err) {
			err = nil
		}
		return "", err
	}
	return transcriptIn(data), nil
}

// transcriptIn is the text in an archive.
func transcriptIn(data []byte) string {
	archive := kind.ParseArchive(data)
	for _, object := range archive {
		fields, _ := object.(map[string]any)
		if text := archive.Text(fields["transcriptionString"]); text != "" {
			return text
		}
	}
	return ""
}

func (m Message) who() string { return cmp.Or(m.Name, m.Sender) }

func (m Message) thing() kind.Thing {
	t := kind.Thing{Ref: m.Ref, Title: m.who(), Text: m.Transcript, Date: m.Date, Deleted: m.Deleted, Bytes: m.File.Size}
	if m.Name != "" {
		t.Where = m.Sender
	}
	if !m.Here {
		t.Presence = kind.Entry
	}
	return t
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return nil, Read(ctx, b, func(m Message) error { return visit(m.thing()) })
}

// write exports the sounds, each with what was understood beside it, and a table of
// all. The sounds are AMR as they came, which VLC and phones play.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	say := func(key string) string { return o.Say().Say(key, nil) }
	t, err := to.Table(say("content.folder.voicemail"), o.Header("content.voicemail.date", "content.voicemail.name", "content.voicemail.number",
		"content.voicemail.seconds", "content.voicemail.file", "content.voicemail.transcript")...)
	if err != nil {
		return err
	}
	return export.End(t, Read(ctx, b, func(m Message) error {
		if !o.Takes(m.thing()) {
			return nil
		}
		name := m.Date.In(o.In()).Format("2006-01-02 15.04") + " " + cmp.Or(m.who(), say("content.voicemail.withheld"))
		file := ""
		if m.Here {
			if file, err = to.Take(ctx, b, m.File, name+".amr", m.Date, name); err != nil {
				return err
			}
		} else {
			to.Leave(name, words.T("content.voicemail.away", nil))
		}
		return t.Row(o.Stamp(m.Date), m.Name, m.Sender, strconv.Itoa(int(m.Duration/time.Second)), file, m.Transcript)
	}))
}
