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
	return chat.Things(ctx, r, absent, visit)
}

// absent are the words for files that were sent and are not in the backup.
const absent = "content.messages.absent"

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
	return open(ctx, b)
}
