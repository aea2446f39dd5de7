package content

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
	"lifeboat/device/fault"
)

// day is a date of things.
func day(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }

// made is a kind of these things, which stand there in place of a backup's.
func made(id kind.ID, fails error, things ...kind.Thing) kind.Kind {
	return kind.Kind{
		ID: id,
		Things: func(ctx context.Context, _ *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
			for _, t := range things {
				if err := errors.Join(ctx.Err(), visit(t)); err != nil {
					return nil, err
				}
			}
			return nil, fails
		},
		Export: func(_ context.Context, _ *source.Backup, to *export.Folder, o kind.Options) error {
			for _, t := range things {
				if !o.Takes(t) {
					continue
				}
				if t.Presence != kind.Here {
					to.Leave(t.Title, words.T("content.left.unreadable", nil))
				} else if _, err := to.WriteFile(t.Title, t.Date, []byte(t.Text)); err != nil {
					return err
				}
			}
			return fails
		},
	}
}

// with has only these kinds in the registry during a test.
func with(t *testing.T, kinds ...kind.Kind) {
	t.Helper()
	before := Kinds
	Kinds = kinds
	t.Cleanup(func() { Kinds = before })
}

func TestLook(t *testing.T) {
	kinds := []kind.Kind{
		made("photos", nil,
			kind.Thing{Ref: "1", Date: day(3), Bytes: 10}, kind.Thing{Ref: "2", Date: day(1), Presence: kind.Small}, kind.Thing{Ref: "3", Presence: kind.Entry},
			kind.Thing{Ref: "4", Hidden: true}, kind.Thing{Ref: "5", Deleted: true, Date: day(9)}),
		made("messages", fmt.Errorf("sms.db: %w", source.ErrDamaged), kind.Thing{Ref: "1"}),
		made("notes", fmt.Errorf("notes: %w", source.ErrNotListed)),
		made("calls", nil, kind.Thing{Ref: "1"}),
	}
	health := made("health", source.ErrNotListed)
	health.EncryptedOnly = true
	kinds = append(kinds, health)
	var said []string
	all, err := Look(t.Context(), &source.Backup{}, kinds, func(s kind.Summary) { said = append(said, words.English().Text(Words(s))) })
	if err != nil {
		t.Fatal(err)
	}
	if s := all[0]; s.Here != 1 || s.Small != 1 || s.Entry != 1 || s.Hidden != 1 || s.Deleted != 1 || s.Bytes != 10 || !s.From.Equal(day(1)) || !s.To.Equal(day(3)) {
		t.Errorf("%+v", s)
	}
	for i, state := range []kind.State{kind.Found, kind.Unreadable, kind.None, kind.Found, kind.LeftOut} {
		if all[i].State != state {
			t.Errorf("%s is %s, not %s", all[i].Kind, all[i].State, state)
		}
	}
	if said[0] != "3 photos and videos: 1 here, 1 only as a small picture, 1 only as an entry. What is missing is in iCloud." || said[3] != "1 call" {
		t.Errorf("%q", said)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Look(ctx, &source.Backup{}, kinds, nil); fault.Of(err) != fault.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
}

func TestExport(t *testing.T) {
	fsys := afero.NewMemMapFs()
	kinds := []kind.Kind{
		made("photos", nil, kind.Thing{Title: "a.jpg", Text: "a", Date: day(2)}, kind.Thing{Title: "b.jpg", Presence: kind.Entry}, kind.Thing{Title: "c.jpg", Hidden: true}),
		made("messages", source.ErrDamaged, kind.Thing{Title: "half", Text: "x"}),
		made("notes", source.ErrNotListed),
		made("calls", nil, kind.Thing{Title: "calls.csv", Text: "c"}),
	}
	done, err := Export(t.Context(), &source.Backup{}, kinds, export.New(fsys, nil), kind.Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if done.LeftCount != 1 || len(done.Kinds) != 4 || done.Kinds[1].State != kind.Unreadable || done.Kinds[2].State != kind.None {
		t.Errorf("%+v", done)
	}
	report, err := afero.ReadFile(fsys, "/About these files.txt")
	if err != nil || !strings.Contains(string(report), "b.jpg: it cannot be read") || !strings.Contains(string(report), "Messages: this part of the backup can't be read") {
		t.Errorf("%v\n%s", err, report)
	}
	for _, name := range []string{"/Photos/a.jpg", "/Calls/calls.csv"} {
		if there, _ := afero.Exists(fsys, name); !there {
			t.Errorf("%s is missing", name)
		}
	}
	if there, _ := afero.Exists(fsys, "/Photos/c.jpg"); there {
		t.Error("a hidden photo was exported")
	}
}

func TestCompare(t *testing.T) {
	older, newer := &source.Backup{}, &source.Backup{}
	things := func(b *source.Backup) []kind.Thing {
		if b == older {
			return []kind.Thing{{Ref: "same"}, {Ref: "gone"}, {Ref: "thrown"}, {Ref: "away"}, {Ref: "was deleted", Deleted: true}}
		}
		return []kind.Thing{{Ref: "new"}, {Ref: "same"}, {Ref: "thrown", Deleted: true}, {Ref: "away", Presence: kind.Small}, {Ref: "was deleted"}}
	}
	fails := map[*source.Backup]error{}
	photos := kind.Kind{ID: "photos", Things: func(_ context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
		for _, t := range things(b) {
			if err := visit(t); err != nil {
				return nil, err
			}
		}
		return nil, fails[b]
	}}
	var said []string
	read := map[*source.Backup]int{}
	counted := photos
	counted.Things = func(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
		read[b]++
		return photos.Things(ctx, b, visit)
	}
	say := func(d Difference) error {
		said = append(said, fmt.Sprint(d.Ref, " ", d.Gone, d.Away))
		return nil
	}
	all, err := Compare(t.Context(), older, newer, []kind.Kind{counted}, Comparison{Visit: say})
	if err != nil || len(all) != 1 || all[0] != (Compared{Kind: "photos", Gone: 2, Added: 2, Away: 1, Older: kind.Found, Newer: kind.Found}) {
		t.Errorf("%+v, %v", all, err)
	}
	if want := []string{"gone true false", "thrown true false", "away false true", "new false false", "was deleted false false"}; !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
	// For what is gone alone each is read once.
	clear(read)
	said = nil
	if _, err := Compare(t.Context(), older, newer, []kind.Kind{counted}, Comparison{Visit: say, OnlyGone: true}); err != nil || !slices.Equal(said, []string{"gone true false", "thrown true false"}) || read[older] != 1 || read[newer] != 1 {
		t.Errorf("%q, read %d and %d times; %v", said, read[older], read[newer], err)
	}
	never := Comparison{Visit: func(d Difference) error { t.Errorf("said: %+v", d); return nil }}
	// Of half a list nothing is said to be gone.
	fails[newer] = source.ErrDamaged
	all, err = Compare(t.Context(), older, newer, []kind.Kind{photos}, never)
	if err != nil || all[0].Newer != kind.Unreadable || all[0].Gone != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	delete(fails, newer)
	fails[older] = source.ErrDamaged
	all, err = Compare(t.Context(), older, newer, []kind.Kind{photos}, never)
	if err != nil || all[0].Older != kind.Unreadable || all[0].Gone+all[0].Added != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	delete(fails, older)
	partial := photos
	partial.Things = func(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
		notes, err := photos.Things(ctx, b, visit)
		return append(notes, kind.Note{Partial: b == newer}), err
	}
	all, err = Compare(t.Context(), older, newer, []kind.Kind{partial}, never)
	if err != nil || all[0].Newer != kind.Unreadable || all[0].Gone != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	stop := errors.New("enough")
	if _, err := Compare(t.Context(), older, newer, []kind.Kind{photos}, Comparison{Visit: func(Difference) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("visit's error: %v", err)
	}
}

// TestCompareFar: how far it is grows to the end and never goes back, also where very
// much is gone, of which all is said; and it ends at once with ctx.
func TestCompareFar(t *testing.T) {
	older, newer := &source.Backup{}, &source.Backup{}
	const many = 4 * comparedEvery
	text := strings.Repeat("x", 2*mostWaiting/many)
	list := func(id kind.ID, read *int) kind.Kind {
		return kind.Kind{ID: id, Things: func(_ context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
			for n := range many {
				if b == newer && n%2 == 0 {
					continue
				}
				*read++
				if err := visit(kind.Thing{Ref: strconv.Itoa(n), Text: text}); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}}
	}
	read, gone := 0, 0
	var far []ComparedSoFar
	kinds := []kind.Kind{list("photos", &read), list("messages", &read)}
	all, err := Compare(t.Context(), older, newer, kinds, Comparison{OnlyGone: true, Visit: func(Difference) error { gone++; return nil },
		Progress: func(f ComparedSoFar) { far = append(far, f) }})
	if err != nil || gone != many || all[0].Gone != many/2 || all[1].Gone != many/2 {
		t.Errorf("%d are said to be gone, of %+v; %v", gone, all, err)
	}
	last := far[len(far)-1]
	if len(far) < 8 || far[0].Share != 0 || last.Share < 0.9 || last.Share > 1 || last.Kind != "messages" || last.Things != 3*many {
		t.Errorf("%d times, at last %+v", len(far), last)
	}
	for n, f := range far[1:] {
		if f.Share < far[n].Share || f.Things < far[n].Things {
			t.Errorf("from %+v back to %+v", far[n], f)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	read = 0
	_, err = Compare(ctx, older, newer, kinds, Comparison{Progress: func(f ComparedSoFar) {
		if f.Things == comparedEvery {
			cancel()
		}
	}})
	if fault.Of(err) != fault.Cancelled || read > comparedEvery {
		t.Errorf("%d were read after it had been cancelled; %v", read-comparedEvery, err)
	}
}

func TestSearch(t *testing.T) {
	with(t,
		made("messages", nil,
			kind.Thing{Ref: "1", Title: "Ada", Text: "Treffen wir uns im Café an der Straße?", Date: day(1)},
			kind.Thing{Ref: "2", Title: "Ada", Text: "CAFE ja, strasse nein", Date: day(3)},
			kind.Thing{Ref: "3", Title: "小明", Text: "写真を送ります", Date: day(2)},
			kind.Thing{Ref: "4", Title: "Zoë", Where: "Familie", Text: strings.Repeat("long ", 30_000) + "end"}),
		made("notes", source.ErrDamaged),
		made("contacts", source.ErrNotListed))
	x, err := NewIndex(t.Context(), &source.Backup{}, Kinds, nil)
	if err != nil || x.Len() != 4 || x.Full || !slices.Equal(x.Unread, []kind.ID{"notes"}) {
		t.Fatalf("%d things, full %v, unread %v, %v", x.Len(), x.Full, x.Unread, err)
	}
	for text, want := range map[string]string{
		"cafe": "2 1", "Café STRASSE": "2 1", "送り": "3", "zoe familie": "4", "ada": "2 1", "nothing": "", " ": "", "long": "4", "ada\nfoo": "", "treffen cafe ada": "1",
	} {
		found, err := x.Find(t.Context(), text, 10)
		var refs []string
		for _, h := range found.Hits {
			refs = append(refs, h.Ref)
		}
		if got := strings.Join(refs, " "); got != want || err != nil || found.Count != len(found.Hits) {
			t.Errorf("%q finds %q, not %q; %v", text, got, want, err)
		}
	}
	found, err := x.Find(t.Context(), "ada", 1)
	hits, count := found.Hits, found.Count
	if err != nil || count != 2 || len(hits) != 1 || hits[0].Title != "Ada" || hits[0].Text != "CAFE ja, strasse nein" || !hits[0].Date.Equal(day(3)) || hits[0].Kind != "messages" {
		t.Errorf("%+v, %d, %v", hits, count, err)
	}
	if got := Excerpt("one two three four Straße six seven eight nine ten", "STRASSE", 20); got != "… four Straße six sev…" {
		t.Errorf("excerpt %q", got)
	}
}
