package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/messages"
	"lifeboat/backup/content/photos"
	"lifeboat/backup/content/source"
	"lifeboat/backup/content/whatsapp"
)

// Shown is what a backup has to be looked at: photos and conversations.
type Shown interface {
	// Photos is the photo library. It is read at the first call, which takes seconds
	// for many photos.
	Photos(ctx context.Context) (*photos.Library, error)
	// Small is the small picture of an asset of the library, and Large the asset
	// itself where it can be decoded, which whole reports; see [photos.Library.Show].
	Small(ctx context.Context, a *photos.Asset, f photos.Fit) (image.Image, error)
	Large(ctx context.Context, a *photos.Asset, f photos.Fit) (shown image.Image, whole bool, err error)
	// Chats are the conversations of a messenger, opened at the first call. A kind that
	// is none gives source.ErrNotListed. The content closes the reader.
	Chats(ctx context.Context, id kind.ID) (chat.Reader, error)
	// Attached is a picture of a message, decoded as [photos.Decode] does.
	Attached(ctx context.Context, f source.File, fit photos.Fit) (image.Image, error)
}

// messengers are the kinds whose things are messages of conversations.
var messengers = map[kind.ID]func(context.Context, *source.Backup) (chat.Reader, error){
	"messages": messages.Open,
	"whatsapp": whatsapp.Open,
}

// Converses reports whether the things of a kind are messages of conversations.
func Converses(id kind.ID) bool { return messengers[id] != nil }

// once is what is opened at its first use. What has failed is tried again.
type once[T any] struct {
	mu    sync.Mutex
	value T
	open  bool
}

func (o *once[T]) get(open func() (T, error)) (T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open {
		return o.value, nil
	}
	value, err := open()
	if err == nil {
		o.value, o.open = value, true
	}
	return value, err
}

// shown is what of a backup was opened to be looked at.
type shown struct {
	library once[*photos.Library]
	mu      sync.Mutex // guards chats
	chats   map[kind.ID]*once[chat.Reader]
}

// close closes the conversations that were opened.
func (s *shown) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var failed error
	for _, one := range s.chats {
		if one.open {
			failed = errors.Join(failed, one.value.Close())
		}
	}
	s.chats = nil
	return failed
}

func (o *opened) Photos(ctx context.Context) (*photos.Library, error) {
	return o.shown.library.get(func() (*photos.Library, error) { return photos.Open(ctx, o.Backup) })
}

func (o *opened) Small(ctx context.Context, a *photos.Asset, f photos.Fit) (image.Image, error) {
	l, err := o.Photos(ctx)
	if err != nil {
		return nil, err
	}
	return l.Small(ctx, o.Backup, a, f)
}

func (o *opened) Large(ctx context.Context, a *photos.Asset, f photos.Fit) (image.Image, bool, error) {
	l, err := o.Photos(ctx)
	if err != nil {
		return nil, false, err
	}
	return l.Show(ctx, o.Backup, a, f)
}

func (o *opened) Chats(ctx context.Context, id kind.ID) (chat.Reader, error) {
	open := messengers[id]
	if open == nil {
		return nil, source.ErrNotListed
	}
	o.shown.mu.Lock()
	if o.shown.chats == nil {
		o.shown.chats = map[kind.ID]*once[chat.Reader]{}
	}
	one := o.shown.chats[id]
	if one == nil {
		one = &once[chat.Reader]{}
		o.shown.chats[id] = one
	}
	o.shown.mu.Unlock()
	return one.get(func() (chat.Reader, error) { return open(ctx, o.Backup) })
}

// largestAttached bounds a picture of a message, in bytes.
const largestAttached = 64 << 20

func (o *opened) Attached(ctx context.Context, f source.File, fit photos.Fit) (image.Image, error) {
	data, err := o.ReadAll(ctx, f, largestAttached)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	picture, err := photos.Decode(data, fit)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", f.Path, source.ErrDamaged, err)
	}
	return picture, nil
}

// Close closes the backup.
func (o *opened) Close() error { return errors.Join(o.shown.close(), o.Backup.Close()) }
