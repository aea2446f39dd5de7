package calls

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

var when = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)

var phone = apps.Phone{
	Now: when.AddDate(0, 1, 0), WAL: true,
	Contacts: []apps.Contact{{First: "Ada", Last: "Lovelace", Phones: []apps.Labelled{{Label: "_$!<Mobile>!$_", Value: "+1 (555) 555-0100"}}}},
	Calls: []apps.Call{
		{Date: when, Seconds: 61, Address: "+15555550100", Outgoing: true, Answered: true, Type: apps.CallPhone},
		{Date: when.Add(time.Hour), Address: "ada@example.com", Name: "Ada (mail)", Type: apps.CallFaceTimeVideo, Text: true},
		{Date: when.Add(2 * time.Hour), Seconds: 5.4, Answered: true, Type: apps.CallFaceTimeAudio},
		{Date: when.Add(3 * time.Hour), Address: "=HYPERLINK(\"x\")", Type: 0, Provider: "net.whatsapp.WhatsApp"},
	},
}

var want = []Call{
	{Date: when, Duration: 61 * time.Second, Address: "+15555550100", Name: "Ada Lovelace", Outgoing: true, Answered: true, Service: Phone},
	{Date: when.Add(time.Hour), Address: "ada@example.com", Name: "Ada (mail)", Service: FaceTime},
	{Date: when.Add(2 * time.Hour), Duration: 5 * time.Second, Answered: true, Service: FaceTime},
	{Date: when.Add(3 * time.Hour), Address: "=HYPERLINK(\"x\")", Service: OtherApp, App: "net.whatsapp.WhatsApp"},
}

// TestShapes: each iOS shape gives the calls that were made, those too that stand in the
// write-ahead log only.
func TestShapes(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			b := contenttest.Phone(t, shape, phone, apps.BuildCalls, apps.BuildContacts)
			var got []Call
			refs := map[string]bool{}
			if err := Read(t.Context(), b, func(c Call) error {
				refs[c.Ref] = true
				c.Ref = ""
				got = append(got, c)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if len(got) != len(want) || len(refs) != len(want) {
				t.Fatalf("%+v", got)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%d: %+v is not %+v", i, got[i], want[i])
				}
			}
		})
	}
}

func TestExport(t *testing.T) {
	b := contenttest.Phone(t, apps.Shapes[0], phone, apps.BuildCalls, apps.BuildContacts)
	files, _ := contenttest.Export(t, Kind, b, kind.Options{Zone: time.FixedZone("", 3600)})
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["Calls.csv"], "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%q, %v", files, err)
	}
	if got, want := strings.Join(rows[1], "|"), "2026-03-01 11:20:30 +01:00|Ada Lovelace|+15555550100|outgoing|yes|61|phone"; got != want {
		t.Errorf("%s is not %s", got, want)
	}
	if got, want := strings.Join(rows[4], "|"), `2026-03-01 14:20:30 +01:00||'=HYPERLINK("x")|incoming|missed|0|net.whatsapp.WhatsApp`; got != want {
		t.Errorf("%s is not %s", got, want)
	}
}

// TestHarm: what is not there is left out of unencrypted backups; what is damaged is
// said to be.
func TestHarm(t *testing.T) {
	none := contenttest.Phone(t, apps.Shapes[0], phone, apps.BuildContacts)
	if s, err := Kind.Look(t.Context(), none); err != nil || s.State != kind.LeftOut {
		t.Errorf("%+v, %v", s, err)
	}
	nasty := apps.Nasty()
	for _, shape := range apps.Shapes {
		s, err := Kind.Look(t.Context(), contenttest.Phone(t, shape, nasty, apps.BuildCalls))
		if err != nil || s.State != kind.Found || s.Total() != len(nasty.In(shape).Calls) {
			t.Errorf("nasty: %+v, %v", s, err)
		}
	}
	files := contenttest.Files(t, apps.Shapes[0], phone, apps.BuildCalls)
	for i := range files {
		files[i].Data = files[i].Data[:100]
	}
	if err := Read(t.Context(), contenttest.Open(t, "", files...), func(Call) error { return nil }); !errors.Is(err, source.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.calls.", ".") }
