package engine

import (
	"context"
	"testing"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/photos"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

// TestShown: of a whole demonstration phone each photo of which there is a picture can be
// looked at, as can each picture of a message; what was opened is opened once, and what
// failed is tried again.
func TestShown(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	b := contenttest.Phone(t, apps.IOS26, apps.Demo(), apps.BuildPhotos, apps.BuildMessages, apps.BuildContacts)
	o := &opened{Backup: b}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.Photos(cancelled); err == nil {
		t.Fatal("a library was read though that was given up")
	}
	l, err := o.Photos(t.Context())
	if err != nil || len(l.Assets) < 300 {
		t.Fatalf("%v", err)
	}
	if again, _ := o.Photos(t.Context()); again != l {
		t.Error("the library is read twice")
	}
	whole := 0
	for i := range l.Assets {
		a := &l.Assets[i]
		small, err := o.Small(t.Context(), a, photos.Fit{Side: 64, Square: true})
		if there := a.Presence != kind.Entry; there != (err == nil) || there && (small.Bounds().Dx() != small.Bounds().Dy() || small.Bounds().Dx() > 64) {
			t.Errorf("%s: %v", a.Name, err)
		}
		if i%10 != 0 || a.Presence == kind.Entry {
			continue
		}
		large, original, err := o.Large(t.Context(), a, photos.Fit{Side: 1000})
		if err != nil || large.Bounds().Empty() {
			t.Errorf("%s large: %v", a.Name, err)
		}
		if original {
			whole++
		}
	}
	if whole < 10 {
		t.Errorf("%d are shown as they were taken", whole)
	}
	if _, err := o.Chats(t.Context(), "calls"); !source.NotListed(err) {
		t.Errorf("conversations of calls: %v", err)
	}
	r, err := o.Chats(t.Context(), "messages")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := o.Chats(t.Context(), "messages"); again != r {
		t.Error("the conversations are opened twice")
	}
	pictures := 0
	for _, c := range r.Conversations() {
		if err := r.Messages(t.Context(), c, 0, -1, func(m chat.Message) error {
			for _, a := range m.Attachments {
				f, there := a.Stored()
				if !there || chat.FormOf(a.Name) != chat.Picture {
					continue
				}
				pictures++
				if img, err := o.Attached(t.Context(), f, photos.Fit{Side: 100}); err != nil || img.Bounds().Empty() {
					t.Errorf("%s: %v", a.Name, err)
				}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	if pictures == 0 {
		t.Error("no picture was sent")
	}
	if err := o.shown.close(); err != nil {
		t.Error(err)
	}
}
