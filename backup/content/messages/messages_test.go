package messages

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/contacts"
	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

// opened opens the messages of a backup until the test is over.
func opened(t testing.TB, b *source.Backup) chat.Reader {
	t.Helper()
	r, err := Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// said is a text without the marks of files, as the records have it.
func said(text string) string {
	return strings.NewReplacer("\uFFFC", "", "\uFFFD", "").Replace(text)
}

// person is who a fixture's address is.
func person(book *contacts.Book, address string) chat.Person {
	if address == "" {
		return chat.Person{Own: true}
	}
	return chat.Person{Address: address, Name: book.Name(address)}
}

// All that the phone's messages hold is found again, in every shape: what apps.Nasty
// has put there is what the records say.
func TestGolden(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			b := contenttest.Phone(t, shape, apps.Nasty(), apps.BuildMessages, apps.BuildContacts)
			book, err := contacts.Load(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			r := opened(t, b)
			got := map[string][]chat.Message{}
			in := map[string][]string{}
			total := 0
			for _, c := range r.Conversations() {
				all := contenttest.Messages(t, r, c, 0, -1)
				if len(all) != c.Count {
					t.Errorf("%s has %d of %d messages", c.Title, len(all), c.Count)
				}
				if !slices.IsSortedFunc(all, func(a, b chat.Message) int { return a.Date.Compare(b.Date) }) {
					t.Errorf("%s is not in the order of its dates", c.Title)
				}
				for _, m := range all {
					got[m.Ref] = append(got[m.Ref], m)
					in[m.Ref] = append(in[m.Ref], c.Title)
				}
				total += len(all)
			}
			expected := 0
			texts := map[string]apps.Message{}
			phone := apps.Nasty().In(shape)
			for _, c := range phone.Chats {
				for _, m := range c.Messages {
					texts[m.GUID] = m
				}
			}
			for _, c := range phone.Chats {
				for _, m := range c.Messages {
					expected += 1 + len(m.AlsoIn)
					if len(got[m.GUID]) != 1+len(m.AlsoIn) {
						t.Errorf("%s is there %d times, in %q", m.GUID, len(got[m.GUID]), in[m.GUID])
						continue
					}
					compare(t, book, got[m.GUID][0], m, texts)
				}
			}
			if total != expected {
				t.Errorf("%d messages, not %d", total, expected)
			}
			if counted := contenttest.Counts(t, Kind, b); counted.Entry == 0 || len(counted.Notes) != 1 || counted.To.IsZero() {
				t.Errorf("%+v", counted)
			}
		})
	}
}

// compare compares a record with the data that it was made of.
func compare(t *testing.T, book *contacts.Book, got chat.Message, m apps.Message, texts map[string]apps.Message) {
	t.Helper()
	check := contenttest.Check(t, m.GUID)
	check("text", got.Text, said(m.Text))
	check("date", got.Date, m.Date.UTC())
	check("sender", got.From, person(book, m.From))
	check("service", got.Service, m.Service)
	check("deleted", got.Deleted, !m.Deleted.IsZero())
	check("edited", got.Edited, m.Edited)
	check("unsent", got.Unsent, m.Unsent)
	check("event", got.Event.Key != "", m.Event != nil)
	check("app", got.App.Key != "", m.App != "")
	var earlier, wanted []string
	for _, v := range got.Earlier {
		earlier = append(earlier, v.Text+v.Date.Format(time.StampMilli))
	}
	for _, v := range m.Earlier {
		wanted = append(wanted, v.Text+v.At.Format(time.StampMilli))
	}
	check("earlier", earlier, wanted)
	if m.Link != nil {
		check("link", *got.Link, chat.Link(*m.Link))
	} else {
		check("link", got.Link == nil, true)
	}
	if reply := got.Reply; m.ReplyTo != "" {
		first, known := texts[m.ReplyTo]
		check("reply", *reply, chat.Quote{Ref: m.ReplyTo, Known: known, Text: said(first.Text), From: map[bool]chat.Person{true: person(book, first.From)}[known]})
	} else {
		check("reply", reply == nil, true)
	}
	compareFiles(check, got, m)
	var reactions, given []string
	for _, one := range got.Reactions {
		reactions = append(reactions, one.By.Address+one.Emoji+one.Date.Format(time.StampNano))
	}
	for _, one := range m.Reactions {
		if !one.TakenBack {
			emoji := map[int]string{apps.Loved: "❤️", apps.Liked: "👍", apps.Disliked: "👎", apps.Laughed: "😂", apps.Emphasised: "‼️", apps.Questioned: "❓", apps.EmojiReaction: one.Emoji}[one.Kind]
			given = append(given, one.From+emoji+one.Date.Format(time.StampNano))
		}
	}
	check("reactions", reactions, given)
}

func compareFiles(check func(string, any, any), got chat.Message, m apps.Message) {
	var files, sent []string
	for _, a := range got.Attachments {
		files = append(files, fmt.Sprint(a.Name, a.MIME, a.Presence, a.Bytes(), a.Sticker, a.Voice, a.File.Path))
	}
	for _, a := range m.Attachments {
		if a.Hidden {
			continue
		}
		presence, size, path, name := kind.Here, int64(len(a.Data)), a.StoredPath(), a.Name
		if a.Absent {
			presence, size, path = kind.Entry, 0, ""
		}
		if name == "" {
			name = "attachment"
		}
		sent = append(sent, fmt.Sprint(name, a.MIME, presence, size, a.Sticker, m.Audio, path))
	}
	check("files", files, sent)
}

// Conversations are those that people know: one for each person, two groups of one name.
func TestConversations(t *testing.T) {
	b := contenttest.Phone(t, apps.IOS26, apps.Nasty(), apps.BuildMessages, apps.BuildContacts)
	r := opened(t, b)
	var got []string
	for _, c := range r.Conversations() {
		var people []string
		for _, p := range c.Members {
			people = append(people, p.Address)
		}
		got = append(got, fmt.Sprintf("%.20s|%v|%s|%s|%d", c.Title, c.Group, strings.Join(people, " "), strings.Join(c.Services, " "), c.Count))
	}
	slices.Sort(got)
	want := []string{
		`../..\CON|true|+15555550101|iMessage|1`,
		`+15555550105|false|+15555550105|RCS|1`,
		`Dr. Zoë Q. O'Brien; |false|+15555550101|iMessage SMS|21`,
		`Two of one name|true|+15555550101 +15555550105 nobody@example.com|iMessage|2`,
		`Two of one name|true|+15555550101 +15555550105|iMessage|30`,
		`nobody@example.com|false|nobody@example.com|iMessage|3`,
		`|false||SMS|1`,
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A window reads page by page, and finds the page of what was searched.
func TestPages(t *testing.T) {
	b := contenttest.Phone(t, apps.IOS18, apps.Nasty(), apps.BuildMessages, apps.BuildContacts)
	r := opened(t, b)
	for _, c := range r.Conversations() {
		all := contenttest.Messages(t, r, c, 0, -1)
		var paged []chat.Message
		for from := 0; from < c.Count+5; from += 5 {
			paged = append(paged, contenttest.Messages(t, r, c, from, 5)...)
		}
		if !reflect.DeepEqual(paged, all) {
			t.Errorf("%s by pages is not as in one piece", c.Title)
		}
		for i, m := range all {
			if at, err := r.Position(t.Context(), c, m.Ref); at != i || err != nil {
				t.Errorf("%s is at %d, not %d, %v", m.Ref, at, i, err)
			}
		}
		if at, err := r.Position(t.Context(), c, "nothing"); at != -1 || err != nil {
			t.Errorf("nothing is at %d, %v", at, err)
		}
	}
	fresh := opened(t, b)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := fresh.Messages(cancelled, fresh.Conversations()[0], 0, -1, func(chat.Message) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled gives %v", err)
	}
	if again := contenttest.Messages(t, fresh, fresh.Conversations()[0], 0, -1); len(again) != fresh.Conversations()[0].Count {
		t.Errorf("%d messages after it was cancelled once", len(again))
	}
	if none := contenttest.Messages(t, r, chat.Conversation{Index: 99}, 0, -1); len(none) != 0 {
		t.Errorf("of no conversation: %v", none)
	}
}

// What happened to a group is said in words.
func TestEvents(t *testing.T) {
	b := contenttest.Phone(t, apps.IOS17, apps.Nasty(), apps.BuildMessages, apps.BuildContacts)
	r := opened(t, b)
	var got []string
	for _, c := range r.Conversations() {
		for _, m := range contenttest.Messages(t, r, c, 0, -1) {
			if m.Event.Key != "" {
				got = append(got, words.English().Text(m.Event))
			}
			if m.App.Key != "" {
				got = append(got, words.English().Text(m.App))
			}
		}
	}
	want := []string{
		"Something of the app com.example.game.messages, which only the iPhone can show.",
		"Dr. Zoë Q. O'Brien; Smith, Jr\\n III named the conversation “<script>alert(\"1\")</script><img src=x onerror=alert(1)>'\"&amp; </title>”.",
		"You added nobody@example.com.", "+15555550105 removed nobody@example.com.", "+15555550105 changed the picture of the group.",
		"Dr. Zoë Q. O'Brien; Smith, Jr\\n III left the conversation.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Whatever is missing or damaged, the rest is there, and it is said.
func TestHarm(t *testing.T) {
	phone := apps.Nasty()
	phone.WAL = false
	look := func(h apps.Harm) (kind.Summary, *source.Backup) {
		phone.Harm = h
		b := contenttest.Phone(t, apps.IOS18, phone, apps.BuildMessages, apps.BuildContacts)
		s, err := Kind.Look(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		return s, b
	}
	whole, _ := look(apps.Harm{})
	if s, _ := look(apps.Harm{Corrupt: []string{"sms.db"}}); s.State != kind.Unreadable || s.Err == nil {
		t.Errorf("a corrupt database is %+v", s)
	}
	if s, _ := look(apps.Harm{NoFile: []string{"sms.db"}}); s.State != kind.None {
		t.Errorf("no database is %+v", s)
	}
	if s, _ := look(apps.Harm{Missing: []string{"message"}}); s.State != kind.Unreadable {
		t.Errorf("no table of messages is %+v", s)
	}
	if s, _ := look(apps.Harm{NoFile: []string{"AddressBook.sqlitedb"}}); fmt.Sprintf("%+v", s) != fmt.Sprintf("%+v", whole) {
		t.Errorf("without contacts: %+v, not %+v", s, whole)
	}
	for _, missing := range [][]string{{"handle"}, {"chat"}, {"chat_message_join"}, {"chat_handle_join", "chat_recoverable_message_join"}, {"attachment"}, {"message_attachment_join", "message.text"},
		{"message.date_edited", "message.associated_message_emoji", "message.attributedBody", "message.balloon_bundle_id", "attachment.hide_attachment", "chat.style", "chat.display_name"}} {
		s, b := look(apps.Harm{Missing: missing})
		if got := s.Total() + s.Deleted; s.State != kind.Found || got != whole.Total()+whole.Deleted {
			t.Errorf("without %s: %d messages, not %d: %+v", missing, got, whole.Total()+whole.Deleted, s)
		}
		if said := slices.ContainsFunc(s.Notes, func(n kind.Note) bool { return n.Partial }); said != (len(missing) == 1 && missing[0] != "attachment") {
			t.Errorf("without %s the notes are %+v", missing, s.Notes)
		}
		checkThings(t, b, s)
	}
}

func checkThings(t *testing.T, b *source.Backup, s kind.Summary) {
	t.Helper()
	if n := len(contenttest.Things(t, Kind, b)); n != s.Total()+s.Deleted {
		t.Errorf("%d things, but %+v", n, s)
	}
}

func TestWords(t *testing.T) {
	contenttest.Words(t, "content.messages.", ".")
	contenttest.Words(t, "content.chat.", ".", "../chat", "../whatsapp")
}
