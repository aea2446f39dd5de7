// Package messages reads the conversations of the app Messages (iMessage, SMS, RCS)
// out of a backup.
package messages

import (
	"context"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "messages", Things: things, Count: count, Export: write}

const (
	domain      = "HomeDomain"
	sms         = "Library/SMS/sms.db"
	mediaDomain = "MediaDomain"
)

// things visits each message once, also one that is in several conversations.
func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	r, err := open(ctx, b)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	absent := 0
	for _, c := range r.conversations {
		var once []entry
		for _, e := range r.entries[c.Index] {
			if !e.again {
				once = append(once, e)
			}
		}
		if err := r.read(ctx, c, once, func(m chat.Message) error {
			absent += m.Absent()
			return visit(m.Thing(c))
		}); err != nil {
			return nil, err
		}
	}
	return append(r.notes, absentNote(absent)...), nil
}

// absentNote says how many files that were sent are not in the backup.
func absentNote(n int) []kind.Note {
	if n == 0 {
		return nil
	}
	return []kind.Note{{Text: words.T("content.messages.absent", words.Args{"N": words.Count(n)})}}
}

// write exports the conversations.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	r, err := open(ctx, b)
	if err != nil {
		return err
	}
	defer r.Close()
	return chat.Export(ctx, b, r, to, o, words.T("content.messages.title", nil))
}

// Open opens the messages of a backup. Its errors are those of a kind. The caller must
// Close the reader before the backup.
func Open(ctx context.Context, b *source.Backup) (chat.Reader, error) {
	r, err := open(ctx, b)
	if err != nil {
		return nil, err
	}
	return r, nil
}
