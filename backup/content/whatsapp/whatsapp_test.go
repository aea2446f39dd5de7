package whatsapp

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

func opened(t testing.TB, b *source.Backup) chat.Reader {
	t.Helper()
	r, err := Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// phone is the nasty one without its address book, so that the app's own names show.
func phone() apps.Phone {
	p := apps.Nasty()
	p.Contacts = nil
	return p
}

func backup(t testing.TB, shape apps.Shape, p apps.Phone) *source.Backup {
	return contenttest.Phone(t, shape, p, apps.BuildWhatsApp, apps.BuildContacts)
}

// All that the app's chats hold is found again, in every shape, of WhatsApp and of
// WhatsApp Business.
func TestGolden(t *testing.T) {
	for i, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			p := phone()
			p.WhatsApp.Business = i%2 == 1
			b := backup(t, shape, p)
			r := opened(t, b)
			byRef := map[string]chat.Conversation{}
			for _, c := range r.Conversations() {
				byRef[strings.TrimPrefix(c.Ref, "business;")] = c
			}
			n := 0
			for _, c := range p.WhatsApp.Chats {
				if len(c.Messages) == 0 {
					continue
				}
				n++
				got := byRef[c.JID]
				all := contenttest.Messages(t, r, got, 0, -1)
				if len(all) != len(c.Messages) || got.Count != len(all) || got.Archived != c.Archived || got.Group != strings.HasSuffix(c.JID, ofGroup) || !got.To.Equal(c.Messages[len(c.Messages)-1].Date) {
					t.Fatalf("%s: %+v with %d of %d messages", c.JID, got, len(all), len(c.Messages))
				}
				for k, m := range c.Messages {
					compare(t, got, all[k], m, c)
					if at, err := r.Position(t.Context(), got, all[k].Ref); at != k || err != nil {
						t.Errorf("%s is at %d, not %d, %v", m.ID, at, k, err)
					}
				}
				if paged := append(contenttest.Messages(t, r, got, 0, 3), contenttest.Messages(t, r, got, 3, 1000)...); !reflect.DeepEqual(paged, all) {
					t.Errorf("%s by pages is not as in one piece", c.JID)
				}
			}
			if len(r.Conversations()) != n {
				t.Errorf("%d conversations, not %d", len(r.Conversations()), n)
			}
			if counted := contenttest.Counts(t, Kind, b); counted.Entry != 1 || counted.Small != 1 || len(counted.Notes) != 1 || counted.Bytes == 0 {
				t.Errorf("%+v", counted)
			}
		})
	}
}

func compare(t *testing.T, of chat.Conversation, got chat.Message, m apps.WhatsAppMessage, c apps.WhatsAppChat) {
	t.Helper()
	check := contenttest.Check(t, m.ID)
	check("ref", got.Ref, of.Ref+"/"+m.ID)
	check("date", got.Date, m.Date)
	check("own", got.From.Own, m.From == "")
	check("starred", got.Starred, m.Starred)
	check("event", got.Event.Key != "", m.Type == apps.WASystem)
	check("app", got.App.Key != "", m.Type == apps.WACall || m.Type == apps.WAContact)
	check("unsent", !got.Unsent.IsZero(), m.Type == apps.WADeleted)
	text, media := m.Text, m.Media
	if media == nil {
		media = &apps.WhatsAppMedia{}
	}
	if text == "" {
		text = media.Caption
	}
	check("text", got.Text, text)
	check("forwarded", got.Forwarded, media.Forwards > 0)
	if media.Place != nil {
		check("place", *got.Place, chat.Place{Latitude: media.Place.Latitude, Longitude: media.Place.Longitude, Name: media.Name})
	}
	if (got.Reply == nil) != (m.Quotes == "") {
		t.Errorf("%s answers %+v", m.ID, got.Reply)
	} else if got.Reply != nil {
		i := slices.IndexFunc(c.Messages, func(other apps.WhatsAppMessage) bool { return other.ID == m.Quotes })
		quote := chat.Quote{Ref: of.Ref + "/" + m.Quotes}
		if i >= 0 {
			quote.Known, quote.Text, quote.From = true, c.Messages[i].Text, of.Members[0]
		}
		check("reply", *got.Reply, quote)
	}
	if media.Path == "" {
		check("files", len(got.Attachments), 0)
		return
	}
	a, want := got.Attachments[0], chat.Attachment{Name: path.Base(media.Path), Seconds: media.Seconds, Voice: m.Type == apps.WAVoice, Sticker: m.Type == apps.WASticker}
	if media.Name != "" {
		want.Name = media.Name
	}
	size := len(media.Data)
	if media.Absent {
		want.Presence, size = kind.Entry, 0
		if media.Thumb != nil {
			want.Presence, size = kind.Small, len(media.Thumb)
		}
	}
	check("bytes", a.Bytes(), size)
	a.File, a.Small = source.File{}, source.File{}
	check("file", a, want)
}

// names are the titles and senders, by chat.
func names(t *testing.T, b *source.Backup) (all []string) {
	r := opened(t, b)
	for _, c := range r.Conversations() {
		line := c.Title + ":"
		seen := map[string]bool{}
		for _, m := range contenttest.Messages(t, r, c, 0, -1) {
			if who := m.From.Shown(); !m.From.Own && !seen[who] {
				seen[who] = true
				line += " " + who
			}
		}
		all = append(all, line)
	}
	slices.Sort(all)
	return all
}

// Everybody has the best name that there is: of the address book, else the app's own.
func TestNames(t *testing.T) {
	p := phone()
	want := []string{"+15555550105: +15555550105", "../.. 🎉: Mary Ben Carter Zoë 🌊 ", "Ben: Ben", "Maria: Mary", "Maria: Zoë 🌊"}
	if got := names(t, backup(t, apps.IOS18, p)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	p.WhatsApp.Contacts = []apps.WhatsAppContact{{JID: "15555550101@s.whatsapp.net", Name: "Maria of the app", Number: "+15555550101"}}
	p.Contacts = []apps.Contact{{First: "Benjamin", Phones: []apps.Labelled{{Value: "(0555) 555-0105"}}}, {First: "Last"}}
	want = []string{"../.. 🎉: Maria of the app Benjamin Zoë 🌊 ", "Ben: Benjamin", "Benjamin: Benjamin", "Maria: Maria of the app", "Maria: Zoë 🌊"}
	if got := names(t, backup(t, apps.IOS27, p)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Whatever is missing or damaged, the rest is there, and it is said.
func TestHarm(t *testing.T) {
	look := func(change func(*apps.Phone)) kind.Summary {
		p := phone()
		p.WAL = false
		change(&p)
		b := backup(t, apps.IOS17, p)
		s, err := Kind.Look(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		if s.State == kind.Found {
			if n := len(contenttest.Things(t, Kind, b)); n != s.Total() {
				t.Errorf("%d things, but %+v", n, s)
			}
		}
		return s
	}
	whole := look(func(*apps.Phone) {})
	if s := look(func(p *apps.Phone) { p.WhatsApp.Absent = true }); s.State != kind.None || len(s.Notes) != 0 {
		t.Errorf("no app is %+v", s)
	}
	if s := look(func(p *apps.Phone) { p.WhatsApp.NoDatabase = true }); s.State != kind.None || len(s.Notes) != 1 {
		t.Errorf("chats that were kept out are %+v", s)
	}
	if s := look(func(p *apps.Phone) { p.Harm.Corrupt = []string{"ChatStorage.sqlite"} }); s.State != kind.Unreadable || s.Err == nil {
		t.Errorf("a corrupt database is %+v", s)
	}
	for _, missing := range [][]string{{"ZWACHATSESSION"}, {"ZWAMEDIAITEM"}, {"ZWAGROUPMEMBER", "ZWAPROFILEPUSHNAME"},
		{"ZWAMESSAGE.ZSTANZAID", "ZWAMESSAGE.ZPUSHNAME", "ZWAMESSAGE.ZMESSAGETYPE", "ZWAMEDIAITEM.ZMETADATA", "ZWAMEDIAITEM.ZXMPPTHUMBPATH", "ZWACHATSESSION.ZPARTNERNAME"}} {
		if s := look(func(p *apps.Phone) { p.Harm.Missing = missing }); s.State != kind.Found || s.Total() != whole.Total() {
			t.Errorf("without %s: %+v, not %+v", missing, s, whole)
		}
	}
}

// All that is exported equals what is on the phone, and chats of one name have a
// folder each.
func TestExport(t *testing.T) {
	p := phone()
	b := backup(t, apps.IOS26, p)
	zone := time.FixedZone("Lisbon", 3600)
	files, folder := contenttest.Export(t, Kind, b, kind.Options{Zone: zone})
	folders := map[string]string{} // by JID
	for name, data := range files {
		if path.Ext(name) != ".json" {
			continue
		}
		var one struct {
			Conversation struct{ ID string }
			Messages     []struct {
				ID, Date, Text string
				Attachments    []struct{ Path, State string }
			}
		}
		if err := json.Unmarshal([]byte(data), &one); err != nil {
			t.Fatal(name, err)
		}
		jid := one.Conversation.ID
		folders[jid] = path.Dir(name)
		i := slices.IndexFunc(p.WhatsApp.Chats, func(c apps.WhatsAppChat) bool { return c.JID == jid })
		page := html.UnescapeString(files[strings.TrimSuffix(name, "json")+"html"])
		for k, m := range p.WhatsApp.Chats[i].Messages {
			got, media := one.Messages[k], m.Media
			if media == nil {
				media = &apps.WhatsAppMedia{}
			}
			if want := m.Text + media.Caption; got.ID != jid+"/"+m.ID || got.Date != m.Date.In(zone).Format(time.RFC3339) || got.Text != want || !strings.Contains(page, want) {
				t.Errorf("%s is %.200v", m.ID, got)
			}
			want := string(media.Data)
			if media.Absent {
				want = string(media.Thumb)
			}
			if media.Path != "" && want != "" && files[path.Join(path.Dir(name), got.Attachments[0].Path)] != want {
				t.Errorf("%s: the file is another: %+v", m.ID, got.Attachments)
			}
		}
	}
	if len(folders) != 5 || folders["15555550101@s.whatsapp.net"] == folders["99900012345678@lid"] || files["WhatsApp.html"] == "" {
		t.Errorf("%q", folders)
	}
	if left, n := folder.Left(); n != 2 { // one file, and one of which there is a small picture
		t.Errorf("left out: %v", left)
	}
	for name, data := range files {
		if path.Ext(name) == ".html" && strings.Contains(data, "<script") {
			t.Errorf("%s can run something", name)
		}
	}
}

func TestPushName(t *testing.T) {
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, want := range map[string]string{
		"": "", "Bo": "Bo", "Anna": "Anna", "Annabell": "Annabell", "Zoë 🌊": "Zoë 🌊",
		encoded("\x0a\x04Mary"):              "Mary",
		encoded("\x0a\x04Mary\x10\x01"):      "Mary",
		encoded("\x0a\x05Mary"):              encoded("\x0a\x05Mary"),
		encoded("\x12\x04Mary"):              encoded("\x12\x04Mary"),
		encoded("\x0a\x02\xff\xfe"):          encoded("\x0a\x02\xff\xfe"),
		encoded("\x0a\xff\xff\xff\xff\x0fM"): encoded("\x0a\xff\xff\xff\xff\x0fM"),
	} {
		if got := pushName(name); got != want {
			t.Errorf("%q is %q, not %q", name, got, want)
		}
	}
}

func FuzzProtobuf(f *testing.F) {
	f.Add([]byte("\x2a\x143A0000000000000000FF\x88\x01\x05"))
	f.Add([]byte("\x09\x01\x02\x03\x04\x05\x06\x07\x08\x15\x01\x02\x03\x04\x0a\x04Mary"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if quoted, _ := metadata(data); len(quoted) > len(data) {
			t.Error(quoted)
		}
		if name := pushName(base64.StdEncoding.EncodeToString(data)); len(name) > 2*len(data)+4 {
			t.Error(name)
		}
	})
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.whatsapp.", ".") }
