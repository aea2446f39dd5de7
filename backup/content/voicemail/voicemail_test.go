package voicemail

import (
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/device/phonesim/content/apps"
)

var when = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)

var phone = apps.Phone{
	Now: when.AddDate(0, 1, 0), WAL: true,
	Contacts: []apps.Contact{{First: "Ada", Phones: []apps.Labelled{{Value: "+1 555 555 0100"}}}},
	Voicemail: []apps.Voicemail{
		{Date: when, Sender: "+15555550100", Seconds: 12, Audio: []byte("#!AMR\nA"), Transcript: "Call me, üñí 🔑"},
		{Date: when.Add(time.Hour), Seconds: 3, Audio: []byte("#!AMR\nB")},
		{Date: when.Add(2 * time.Hour), Sender: "+15555550111", Deleted: true, Trashed: when.Add(3 * time.Hour), Audio: []byte("#!AMR\nC")},
		{Date: when.Add(4 * time.Hour), Sender: "a/../b", Seconds: 9},
	},
}

func TestShapes(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			var got []Message
			b := contenttest.Phone(t, shape, phone, apps.BuildVoicemail, apps.BuildContacts)
			if err := Read(t.Context(), b, func(m Message) error { got = append(got, m); return nil }); err != nil {
				t.Fatal(err)
			}
			if len(got) != 4 {
				t.Fatalf("%+v", got)
			}
			for i, want := range phone.In(shape).Voicemail {
				m := got[i]
				if !m.Date.Equal(want.Date) || m.Sender != want.Sender || m.Duration != time.Duration(want.Seconds)*time.Second || m.Deleted != want.Deleted ||
					m.Transcript != want.Transcript || m.Here != (want.Audio != nil) {
					t.Errorf("%+v is not %+v", m, want)
				}
			}
			if got[0].Name != "Ada" {
				t.Errorf("from %q", got[0].Name)
			}
		})
	}
}

func TestExport(t *testing.T) {
	b := contenttest.Phone(t, apps.Shapes[len(apps.Shapes)-1], phone, apps.BuildVoicemail, apps.BuildContacts)
	files, folder := contenttest.Export(t, Kind, b, kind.Options{Zone: time.UTC})
	if files["2026-03-01 10.20 Ada.amr"] != "#!AMR\nA" || files["2026-03-01 11.20 Number withheld.amr"] != "#!AMR\nB" || len(files) != 3 {
		t.Errorf("%q", files)
	}
	if table := files["Voicemail.csv"]; !strings.Contains(table, `2026-03-01 10:20:30 +00:00,Ada,+15555550100,12,2026-03-01 10.20 Ada.amr,"Call me, üñí 🔑"`) {
		t.Errorf("%s", table)
	}
	if left, n := folder.Left(); n != 1 || left[0].What != "2026-03-01 14.20 a/../b" {
		t.Errorf("%+v", left)
	}
}

func TestHarm(t *testing.T) {
	if s, err := Kind.Look(t.Context(), contenttest.Open(t, "")); err != nil || s.State != kind.None {
		t.Errorf("%+v, %v", s, err)
	}
	nasty := apps.Nasty()
	for _, shape := range apps.Shapes {
		if s, err := Kind.Look(t.Context(), contenttest.Phone(t, shape, nasty, apps.BuildVoicemail)); err != nil || s.State != kind.Found {
			t.Errorf("nasty: %+v, %v", s, err)
		}
	}
	files := contenttest.Files(t, apps.Shapes[2], phone, apps.BuildVoicemail)
	for i := range files {
		if strings.HasSuffix(files[i].Path, ".transcript") {
			files[i].Data = []byte("bplist00nonsense")
		}
	}
	n := 0
	if err := Read(t.Context(), contenttest.Open(t, "", files...), func(m Message) error {
		if n++; m.Transcript != "" {
			t.Errorf("%+v", m)
		}
		return nil
	}); err != nil || n != 4 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.voicemail.", ".") }
