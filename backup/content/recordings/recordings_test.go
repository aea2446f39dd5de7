package recordings

import (
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/device/phonesim/content/apps"
)

var when = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)

var phone = apps.Phone{Now: when.AddDate(0, 1, 0), WAL: true, Recordings: apps.Recordings{
	Folders: []apps.MemoFolder{{ID: "f1", Name: "Songs/new"}},
	Memos: []apps.Memo{
		{ID: "A", Title: "Grandma: her story?", File: "20260301 102030.m4a", Recorded: when, Seconds: 61.6, Folder: "f1", Audio: []byte("sound A")},
		{ID: "B", Title: "Only in iCloud", File: "20260302 102030.m4a", Recorded: when.AddDate(0, 0, 1), Seconds: 3},
		{ID: "C", Title: "Thrown away", File: "20260303 102030.m4a", Recorded: when.AddDate(0, 0, 2), Deleted: when.AddDate(0, 0, 3), Audio: []byte("sound C")},
		{ID: "D", Title: "../../escape", File: "20260304 102030.m4a", Recorded: when.AddDate(0, 0, 3), Audio: []byte("sound D")},
	},
}}

func read(t *testing.T, shape apps.Shape, p apps.Phone) map[string]Recording {
	t.Helper()
	got := map[string]Recording{}
	notes, err := Read(t.Context(), contenttest.Phone(t, shape, p, apps.BuildRecordings), func(r Recording) error {
		got[r.Ref] = r
		return nil
	})
	if err != nil || len(notes) > 0 {
		t.Fatalf("%v, %+v", err, notes)
	}
	return got
}

func TestShapes(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			got := read(t, shape, phone)
			if len(got) != 4 {
				t.Fatalf("%+v", got)
			}
			for _, want := range phone.In(shape).Recordings.Memos {
				r := got[want.ID]
				folder := ""
				if want.Folder != "" {
					folder = "Songs/new"
				}
				if r.Title != want.Title || !r.Date.Equal(want.Recorded) || r.Deleted == want.Deleted.IsZero() || r.Here != (want.Audio != nil) || r.Folder != folder {
					t.Errorf("%+v is not %+v", r, want)
				}
			}
			if got["A"].Duration != 62*time.Second {
				t.Errorf("%v long", got["A"].Duration)
			}
		})
	}
}

func TestExport(t *testing.T) {
	for _, shape := range apps.Shapes {
		b := contenttest.Phone(t, shape, phone, apps.BuildRecordings)
		files, folder := contenttest.Export(t, Kind, b, kind.Options{})
		in := "Songs%2Fnew/"
		if shape == apps.Shapes[0] {
			in = "" // it has no folders
		}
		if files[in+"Grandma%3A her story%3F.m4a"] != "sound A" || files["..%2F..%2Fescape.m4a"] != "sound D" {
			t.Errorf("%s: %q", shape, files)
		}
		if left, n := folder.Left(); n != 1 || left[0].What != "Only in iCloud" {
			t.Errorf("%+v", left)
		}
		deleted := 0
		for name := range files {
			if strings.Contains(name, "Thrown away") {
				deleted++
			}
		}
		if shape != apps.Shapes[0] && deleted > 0 {
			t.Errorf("what was thrown away was exported: %q", files)
		}
	}
}

// TestHarm: sounds whose list is damaged are still there.
func TestHarm(t *testing.T) {
	shape := apps.Shapes[len(apps.Shapes)-1]
	files := contenttest.Files(t, shape, phone, apps.BuildRecordings)
	for i := range files {
		if strings.HasSuffix(files[i].Path, ".db") {
			files[i].Data = []byte("no database")
		}
	}
	count := 0
	notes, err := Read(t.Context(), contenttest.Open(t, "", files...), func(r Recording) error {
		if count++; !r.Here || r.Title == "" {
			t.Errorf("%+v", r)
		}
		return nil
	})
	if err != nil || count != 3 || len(notes) != 1 {
		t.Errorf("%d, %v, %+v", count, err, notes)
	}
	if s, err := Kind.Look(t.Context(), contenttest.Open(t, "")); err != nil || s.State != kind.None {
		t.Errorf("%+v, %v", s, err)
	}
	nasty := apps.Nasty()
	for _, shape := range apps.Shapes {
		if s, err := Kind.Look(t.Context(), contenttest.Phone(t, shape, nasty, apps.BuildRecordings)); err != nil || s.State != kind.Found {
			t.Errorf("nasty: %+v, %v", s, err)
		}
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.recordings.", ".") }
