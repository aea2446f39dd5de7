package chat

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/export"
)

// told is a reader of given conversations.
type told struct {
	conversations []Conversation
	messages      [][]Message
}

func (r told) Conversations() []Conversation { return r.conversations }
func (r told) Notes() []kind.Note            { return nil }
func (r told) Close() error                  { return nil }

func (r told) Position(context.Context, Conversation, string) (int, error) { return -1, nil }

func (r told) Messages(_ context.Context, c Conversation, _, _ int, visit func(Message) error) error {
	for _, m := range r.messages[c.Index] {
		if err := visit(m); err != nil {
			return err
		}
	}
	return nil
}

// exported exports conversations into memory.
func exported(t *testing.T, r Reader) afero.Fs {
	t.Helper()
	fsys := afero.NewMemMapFs()
	if err := Export(t.Context(), nil, r, export.New(fsys, nil), kind.Options{Zone: time.UTC, Deleted: true}, words.T("content.messages.title", nil)); err != nil {
		t.Fatal(err)
	}
	return fsys
}

func page(t *testing.T, fsys afero.Fs, name string) string {
	t.Helper()
	data, err := afero.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A long conversation is in pages that lead to each other, and no message gets lost
// between two.
func TestManyPages(t *testing.T) {
	const n = 2*perPage + 7
	r := told{conversations: []Conversation{{Title: "Long"}}, messages: make([][]Message, 1)}
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range n {
		r.messages[0] = append(r.messages[0], Message{Ref: fmt.Sprint(i), Text: fmt.Sprintf("<%d>", i), Date: start.Add(time.Duration(i) * time.Hour)})
	}
	fsys := exported(t, r)
	next := 0
	for i, name := range []string{"Long.html", "Long 2.html", "Long 3.html"} {
		text := page(t, fsys, "/Long/"+name)
		for _, found := range regexp.MustCompile(`&lt;(\d+)&gt;`).FindAllStringSubmatch(text, -1) {
			if found[1] != fmt.Sprint(next) {
				t.Fatalf("%s has %s where %d comes", name, found[1], next)
			}
			next++
		}
		for other, want := range map[string]bool{"Long.html": i == 1, "Long%202.html": i != 1, "Long%203.html": i == 1} {
			if got := strings.Contains(text, `href="./`+other+`"`); got != want {
				t.Errorf("%s leads to %s: %v", name, other, got)
			}
		}
	}
	if next != n {
		t.Errorf("%d of %d messages", next, n)
	}
	if index := page(t, fsys, "/Messages.html"); !strings.Contains(index, `href="./Long/Long.html"`) || !strings.Contains(index, "10,007 messages") || !strings.Contains(index, "2 January 2026 to 23 February 2027") {
		t.Errorf("the index is %s", index)
	}
	if strings.Count(page(t, fsys, "/Long/Long.csv"), "\n") != n+1 {
		t.Error("the table has another length")
	}
}

// What a message is made of is on the page, in words, and nothing in it runs.
func TestPage(t *testing.T) {
	anna, me := Person{Address: "+49 1", Name: "Anna <b>"}, Person{Own: true}
	absent := Attachment{Name: "gone.jpg", Presence: kind.Entry}
	at := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	messages := []Message{
		{From: anna, Date: at, Text: "Hello <script>alert(1)</script>", Reactions: []Reaction{{By: me, Emoji: "👍"}, {By: anna, Vote: true}, {By: Person{}, Sticker: nil}}, Starred: true},
		{From: me, Date: at, Text: "now", Earlier: []Version{{Text: "before <i>"}}, Edited: at, Reply: &Quote{Known: true, From: anna, Text: "Hello"}},
		{From: me, Reply: &Quote{Ref: "x"}, Unsent: at, Deleted: true},
		{From: anna, Date: at.AddDate(0, 0, 1), Attachments: []Attachment{absent}, Forwarded: true},
		{From: anna, Date: at, Link: &Link{URL: "javascript:alert(1)", Title: "click"}, Text: "a"},
		{From: anna, Date: at, Link: &Link{URL: "https://a.example/?a=1&b=2"}, Text: "b"},
		{From: anna, Date: at, Place: &Place{Latitude: 38.7, Longitude: -9.1, Name: "Lisbon"}},
		{Event: words.T("content.messages.event.left", words.Args{"Who": "Anna <b>"}), Date: at},
		{From: anna, Date: at, App: words.T("content.messages.app.poll", nil)},
	}
	fsys := exported(t, told{conversations: []Conversation{{Title: "Anna <b>", Members: []Person{anna}}}, messages: [][]Message{messages}})
	raw := page(t, fsys, "/Anna %3Cb%3E/Anna %3Cb%3E.html")
	text := html.UnescapeString(raw)
	for _, want := range []string{
		"Hello <script>alert(1)</script>", "Me: 👍", "Anna <b>: voted", "Somebody: a sticker", "Starred", "now", "It said before: before <i>", "Edited", "Reply to Anna <b>: Hello",
		"Reply to a message that is not in this backup.", "This message was unsent.", "In Recently Deleted", "gone.jpg is not in this backup", "Forwarded",
		`<a href="https://a.example/?a=1&b=2"`, "Place: Lisbon (38.70000, -9.10000)", "Anna <b> left the conversation.", "A poll, which only the iPhone can show.", "6 May 2026", "7 May 2026",
		"Without a date", "Times are those of UTC.", "07:08", "+49 1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"<script", "<b>", "<i>", "javascript:"} {
		if strings.Contains(raw, never) {
			t.Errorf("the page has %q", never)
		}
	}
	if t.Failed() {
		t.Log(raw)
	}
}

// Conversations of one name have folders of their own, and no name leads elsewhere.
func TestFolders(t *testing.T) {
	one := []Message{{Text: "x"}}
	var r told
	for i, c := range []Conversation{
		{Title: "Anna", Members: []Person{{Address: "+49 1"}}}, {Title: "ANNA", Members: []Person{{Address: "anna@example.com"}}}, {Title: "Anna", Ref: "../..", Group: true},
		{Title: "../../etc"}, {Title: ""}, {Title: "CON"}, {Title: strings.Repeat("ä", 500)},
	} {
		c.Index = i
		r.conversations, r.messages = append(r.conversations, c), append(r.messages, one)
	}
	fsys := exported(t, r)
	for _, folder := range []string{"Anna (+49 1)", "ANNA (anna@example.com)", "Anna (..%2F..)", "..%2F..%2Fetc", "Without a name", "%43ON", strings.Repeat("ä", longestName-1) + "…"} {
		if names, err := afero.ReadDir(fsys, "/"+folder); err != nil || len(names) != 3 {
			t.Errorf("%q has %d files, %v", folder, len(names), err)
		}
	}
	if names, err := afero.ReadDir(fsys, "/"); err != nil || len(names) != 8 {
		t.Errorf("%v, %v", names, err)
	}
}

// A message that is nothing but files is as much here as they are.
func TestPresence(t *testing.T) {
	here, small, entry := Attachment{}, Attachment{Presence: kind.Small}, Attachment{Presence: kind.Entry}
	for _, c := range []struct {
		text   string
		files  []Attachment
		want   kind.Presence
		absent int
	}{
		{"", nil, kind.Here, 0}, {"x", []Attachment{entry}, kind.Here, 1}, {"", []Attachment{entry}, kind.Entry, 1}, {"", []Attachment{entry, small}, kind.Small, 2}, {"", []Attachment{entry, here}, kind.Here, 1},
	} {
		m := Message{Text: c.text, Attachments: c.files}
		if m.Presence() != c.want || m.Absent() != c.absent || m.Thing(Conversation{}).Presence != c.want {
			t.Errorf("%+v is %d, %d", c, m.Presence(), m.Absent())
		}
	}
}

// What could run something when it is opened is not opened by a click.
func TestForms(t *testing.T) {
	for name, want := range map[string]Form{"a.JPG": Picture, "a.mov": Video, "a.m4a": Sound, "a.heic": Document, "a.html": Other, "a.svg": Other, "a.js": Other, "a.exe": Other, "a": Other, "jpg": Other, "a.jpg.lnk": Other} {
		if got := FormOf(name); got != want {
			t.Errorf("%s is %d", name, got)
		}
	}
}
