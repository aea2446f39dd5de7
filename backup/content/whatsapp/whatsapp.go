// Package whatsapp reads the chats of WhatsApp and WhatsApp Business out of a backup.
package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "whatsapp", Things: things, Count: count, Export: write}

// domains are those of the two apps. A phone may have both.
var domains = []string{
	"AppDomainGroup-group.net.whatsapp.WhatsApp.shared",
	"AppDomainGroup-group.net.whatsapp.WhatsAppSMB.shared",
}

// Open opens the chats of WhatsApp, and of WhatsApp Business if there are any. Its
// errors are those of a kind. The caller must Close the reader before the backup.
func Open(ctx context.Context, b *source.Backup) (chat.Reader, error) {
	return open(ctx, b)
}

// absent are the words for files that were sent and are not in the backup.
const absent = "content.whatsapp.absent"

// reader joins the two apps.
type reader struct {
	stores        []*store
	conversations []chat.Conversation // their Index is that of whose
	whose         []place
	notes         []kind.Note
}

// place is a chat of an app.
type place struct{ store, chat int }

func open(ctx context.Context, b *source.Backup) (chat.Reader, error) {
	r := &reader{}
	var firstErr error
	for _, domain := range domains {
		s, err := openStore(ctx, b, domain)
		if err != nil {
			if ctx.Err() != nil {
				r.Close()
				return nil, ctx.Err()
			}
			// One that cannot be read counts for more than one that is not there.
			if firstErr == nil || errors.Is(firstErr, source.ErrNotListed) {
				firstErr = err
			}
			if !errors.Is(err, source.ErrNotListed) {
				r.notes = append(r.notes, kind.Note{Text: words.T("content.whatsapp.incomplete", nil), Partial: true})
			}
			continue
		}
		for i, c := range s.chats {
			c.conversation.Index = len(r.whose)
			r.whose = append(r.whose, place{len(r.stores), i})
			if c.conversation.Count > 0 {
				r.conversations = append(r.conversations, c.conversation)
			}
		}
		r.stores = append(r.stores, s)
	}
	if len(r.stores) == 0 {
		return nil, fmt.Errorf("WhatsApp: %w", firstErr)
	}
	chat.Sort(r.conversations)
	return r, nil
}

// Close implements [chat.Reader].
func (r *reader) Close() error {
	var errs []error
	for _, s := range r.stores {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}

// Conversations implements [chat.Reader].
func (r *reader) Conversations() []chat.Conversation { return r.conversations }

// Notes implements [chat.Reader].
func (r *reader) Notes() []kind.Note { return r.notes }

func (r *reader) find(c chat.Conversation) (*store, *waChat) {
	if c.Index < 0 || c.Index >= len(r.whose) {
		return nil, nil
	}
	s := r.stores[r.whose[c.Index].store]
	return s, s.chats[r.whose[c.Index].chat]
}

// Messages implements [chat.Reader].
func (r *reader) Messages(ctx context.Context, c chat.Conversation, from, limit int, visit func(chat.Message) error) error {
	s, of := r.find(c)
	if s == nil {
		return nil
	}
	rows := of.rows[min(max(from, 0), len(of.rows)):]
	if limit >= 0 {
		rows = rows[:min(limit, len(rows))]
	}
	return s.read(ctx, of, rows, visit)
}

// Position implements [chat.Reader].
func (r *reader) Position(ctx context.Context, c chat.Conversation, ref string) (int, error) {
	s, of := r.find(c)
	if s == nil {
		return -1, nil
	}
	return s.position(ctx, of, ref)
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	r, err := open(ctx, b)
	if err != nil {
		return switchedOff(ctx, b, err)
	}
	defer r.Close()
	return chat.Things(ctx, r, absent, visit)
}

func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	r, err := open(ctx, b)
	if err != nil {
		return err
	}
	defer r.Close()
	return chat.Export(ctx, b, r, to, o, words.T("content.whatsapp.title", nil))
}
