package notes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

var (
	when   = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)
	oldest = apps.Shapes[0]
	newest = apps.Shapes[len(apps.Shapes)-1]
)

const (
	cloud = "6B1F1C60-2C0F-4E8F-9A57-0C2B6B7A1D01"
	pic   = "CA4E0001-0000-4000-8000-000000000001"
)

var table = [][]string{{"What", "Who", "Euro"}, {"Mooring", "Ben", "480"}, {"New rope & paint", "", "95.50"}, {"ライフジャケット", "Anna 👩‍👧", "160\n+ 5"}}

func attachment(id, form, name, data string) *apps.NoteAttachment {
	a := &apps.NoteAttachment{ID: id, Type: form, MediaID: id[:len(id)-1] + "M", Filename: name}
	if data != "" {
		a.Data = []byte(data)
	}
	return a
}

// runs have every look, style and attachment, and letters of one, two and four units.
var runs = []apps.NoteRun{
	{Text: "Grüße 👩‍👧 from the lake\n", Style: apps.StyleTitle}, {Text: "What it takes\n", Style: apps.StyleHeading},
	{Text: "Apples\n", Style: apps.StyleDotted}, {Text: "sour ones\n", Style: apps.StyleDashed, Indent: 1}, {Text: "Rub\n", Style: apps.StyleNumbered}, {Text: "Bake\n", Style: apps.StyleNumbered},
	{Text: "Tent 🏕️\n", Style: apps.StyleCheck, Done: true}, {Text: "Frog\n", Style: apps.StyleCheck, Indent: 2}, {Text: "x = 1\n", Style: apps.StyleFixed}, {Text: "y < 2\n", Style: apps.StyleFixed},
	{Text: "\n"}, {Text: "We leave at "}, {Text: "six 🕕 sharp", Bold: true, Underline: true}, {Text: ", "}, {Text: "not seven", Italic: true, Strike: true},
	{Text: "grandma's page", Link: "https://example.org/a?b=1&c=2"}, {Text: " or not", Link: "javascript:alert(1)"}, {Text: "\nSmaller\n", Style: apps.StyleSubheading},
	{Attachment: attachment(pic, "public.jpeg", "IMG_1: a.jpg", "a picture")}, {Text: "\n"},
	{Attachment: &apps.NoteAttachment{ID: "TABLE", Type: "com.apple.notes.table", Table: table}}, {Text: "\n"},
	{Attachment: &apps.NoteAttachment{ID: "DRAWING", Type: "com.apple.drawing.2", Fallback: []byte("a drawing")}}, {Text: "\n"},
	{Attachment: &apps.NoteAttachment{ID: "LINK", Type: "public.url", Title: "Train", URL: "https://example.com/train"}}, {Text: "\n"},
	{Attachment: &apps.NoteAttachment{ID: "TAG", Type: "com.apple.notes.inlinetextattachment.hashtag", Title: "#garden"}},
	{Attachment: attachment("AWAY", "public.heic", "IMG_2.HEIC", "")},
	{Attachment: &apps.NoteAttachment{ID: "SMALL001-0000-4000-8000-000000000001", Type: "public.heic", MediaID: "SM", Filename: "IMG_3.HEIC", Preview: []byte("small")}}, {Text: " the end"},
}

var phone = apps.Phone{Now: when.AddDate(0, 1, 0), WAL: true, Notes: apps.Notes{
	Accounts: []apps.NoteAccount{{ID: cloud, Name: "iCloud"}, {ID: "LocalAccount", Name: "On My iPhone", Local: true}},
	Folders: []apps.NoteFolder{{ID: "all", Title: "Notes", Account: cloud}, {ID: "cook", Title: "Recipes/new", Account: cloud, Parent: "home"}, {ID: "home", Title: "Family", Account: cloud},
		{ID: "trash", Title: "Recently Deleted", Account: cloud, Trash: true}, {ID: "local", Title: "Notes", Account: "LocalAccount"}},
	Notes: []apps.Note{
		{ID: "full", Title: "Grüße 👩‍👧 from the lake", Folder: "cook", Account: cloud, Created: when, Modified: when.AddDate(0, 0, 9), Pinned: true, Runs: runs},
		{ID: "locked", Title: "Codes", Folder: "all", Account: cloud, Created: when, Modified: when.AddDate(0, 0, 1), Locked: true, Runs: []apps.NoteRun{{Text: "Codes\n1234"}}},
		{ID: "trash", Title: "Milk", Folder: "trash", Account: cloud, Created: when, Modified: when, Runs: []apps.NoteRun{{Text: "Milk"}}},
		{ID: "gone", Title: "Draft", Folder: "all", Account: cloud, Created: when, Modified: when, Deleted: true, Runs: []apps.NoteRun{{Text: "Draft"}}},
		{ID: "away", Title: "Song", Folder: "all", Account: cloud, Created: when, Modified: when, NoBody: true},
		{ID: "pocket", Title: "Level 3", Folder: "local", Account: "LocalAccount", Created: when, Modified: when, Runs: []apps.NoteRun{{Text: "Level 3\nrow F"}}},
	},
	Old: []apps.OldNote{{Account: "anna@example.com", Store: "Mail", Title: "Books", Created: when, Modified: when.AddDate(0, 0, 2),
		HTML: `<title>no</title><div>Books &amp;amp; more</div><ul><li>The <b>Lighthouse</b></li><li><a href="https://example.org/">Żółw</a> <i>i</i> kot</li></ul><script>alert(1)</script>a<br>b`}},
}}

func read(t testing.TB, b *source.Backup) (map[string]Note, []kind.Note) {
	t.Helper()
	got := map[string]Note{}
	notes, err := Read(t.Context(), b, func(n Note) error {
		if _, twice := got[n.Ref]; twice {
			t.Errorf("%q is there twice", n.Ref)
		}
		got[n.Ref] = n
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, notes
}

// looks are the letters of a note, one a line, with all that is said of their looks:
// of a run the style and indent count where its paragraph begins.
func looks(text []Paragraph) string {
	var out strings.Builder
	for _, p := range text {
		fmt.Fprintf(&out, "%d %d %v\n", p.Style, p.Indent, p.Done)
		for _, piece := range p.Pieces {
			if piece.Attachment != "" {
				fmt.Fprintf(&out, "%s %s\n", piece.Attachment, piece.Type)
			}
			for _, letter := range piece.Text {
				fmt.Fprintf(&out, "%q %v %v %v %v %s\n", letter, piece.Bold, piece.Italic, piece.Underline, piece.Strike, piece.Link)
			}
		}
	}
	return out.String()
}

// lines are the paragraphs that the simulated phone was given.
func lines(runs []apps.NoteRun) []Paragraph {
	named := map[int]Style{apps.StylePlain: Plain, apps.StyleTitle: Title, apps.StyleHeading: Heading, apps.StyleSubheading: Subheading, apps.StyleFixed: Fixed,
		apps.StyleDotted: Dotted, apps.StyleDashed: Dashed, apps.StyleNumbered: Numbered, apps.StyleCheck: Check}
	var all []Paragraph
	open := false
	for _, r := range runs {
		letters := []rune(r.Text)
		if r.Attachment != nil {
			letters = []rune{objectMark}
		}
		for _, letter := range letters {
			if !open {
				all, open = append(all, Paragraph{Style: named[r.Style], Indent: r.Indent, Done: r.Done}), true
			}
			last := &all[len(all)-1]
			switch {
			case r.Attachment != nil:
				last.Pieces = append(last.Pieces, Piece{Attachment: r.Attachment.ID, Type: r.Attachment.Type})
			case letter == '\n':
				open = false
			default:
				last.Pieces = append(last.Pieces, Piece{Text: string(letter), Bold: r.Bold, Italic: r.Italic, Underline: r.Underline, Strike: r.Strike, Link: r.Link})
			}
		}
	}
	return all
}

func TestShapes(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			got, notes := read(t, contenttest.Phone(t, shape, phone, apps.BuildNotes))
			p := phone.In(shape)
			if len(got) != len(p.Notes.Notes)+1 || len(notes) != 1 || notes[0].Text.Key != "content.notes.some-locked" || notes[0].Partial {
				t.Fatalf("%d, %+v", len(got), notes)
			}
			folders := map[string]string{"all": "iCloud/Notes", "cook": "iCloud/Family/Recipes/new", "trash": "iCloud/Recently Deleted", "local": "On My iPhone/Notes"}
			for _, want := range p.Notes.Notes {
				n := got[want.ID]
				where := strings.Join(append([]string{n.Account}, n.Folder...), "/")
				state := Readable
				switch {
				case want.Locked:
					state = Locked
				case want.NoBody:
					state = Away
				}
				if n.Title != want.Title || !n.Created.Equal(want.Created) || !n.Modified.Equal(want.Modified) || n.Pinned != want.Pinned ||
					n.Deleted != (want.Deleted || want.Folder == "trash") || where != folders[want.Folder] || n.State != state {
					t.Errorf("%+v is not %+v", n, want)
				}
				if state != Readable {
					continue
				}
				if got, want := looks(n.Text), looks(lines(want.Runs)); got != want {
					t.Errorf("%s: got\n%s\nwant\n%s", n.Title, got, want)
				}
			}
			full := got["full"].Attachments
			if fmt.Sprint(full["TABLE"].Table) != fmt.Sprint(table) {
				t.Errorf("the table is %q", full["TABLE"].Table)
			}
			for id, presence := range map[string]kind.Presence{pic: kind.Here, "DRAWING": kind.Here, "AWAY": kind.Entry, "SMALL001-0000-4000-8000-000000000001": kind.Small} {
				if a := full[id]; a.Presence != presence || (a.File.ID == "") != (presence == kind.Entry) {
					t.Errorf("%s: %+v", id, a)
				}
			}
			if a := full["TAG"]; shape != oldest && a.Title != "#garden" {
				t.Errorf("%+v", a)
			}
			old := got["old old-1"]
			if old.Account != "anna@example.com" || old.where() != "Mail" || old.Body() != "Books &amp; more\nThe Lighthouse\nŻółw i kot\na\nb" || !old.Modified.Equal(when.AddDate(0, 0, 2)) {
				t.Errorf("%+v, %q", old, old.Body())
			}
			if p := old.Text; p[1].Style != Dotted || !p[1].Pieces[1].Bold || p[2].Pieces[0].Link != "https://example.org/" {
				t.Errorf("%+v", p)
			}
		})
	}
}

func TestExport(t *testing.T) {
	for _, shape := range []apps.Shape{oldest, newest} {
		files, folder := contenttest.Export(t, Kind, contenttest.Phone(t, shape, phone, apps.BuildNotes), kind.Options{Zone: time.UTC})
		name := "iCloud/Family/Recipes%2Fnew/Grüße 👩‍👧 from the lake"
		beside := name + " – attachments/"
		if files[beside+"IMG_1%3A a.jpg"] != "a picture" || files[beside+"IMG_3.small.jpg"] != "small" {
			t.Errorf("%s: %q", shape, slices.Sorted(maps.Keys(files)))
		}
		page, plain := files[name+".html"], files[name+".txt"]
		for _, want := range []string{
			`<h1 dir="auto">Grüße 👩‍👧 from the lake</h1>`, `<h2 dir="auto">What it takes</h2>`, `<ul><li dir="auto">Apples<ul><li dir="auto">sour ones</li>`, `<ol><li dir="auto">Rub</li>`, `☑ Tent`, "\u2003\u2003☐ Frog",
			"<pre dir=\"auto\">x = 1\ny &lt; 2</pre>", `<b><u>six 🕕 sharp</u></b>`, `<i><s>not seven</s></i>`, `<a href="https://example.org/a?b=1&amp;c=2" rel="noreferrer">grandma&#39;s page</a>`,
			` or not &lt;javascript:alert(1)&gt;`, `attachments/IMG_1%253A%20a.jpg"`, `<td dir="auto">New rope &amp; paint</td>`, `<a href="https://example.com/train" rel="noreferrer">Train</a>`, `2026-03-10 10:20:30 &#43;00:00`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page has no %s:\n%s", shape, want, page[max(0, strings.Index(page, "<body")):])
			}
		}
		for _, want := range []string{"• Apples\n  – sour ones\n1. Rub\n2. Bake\n☑ Tent 🏕️\n    ☐ Frog\nx = 1\ny < 2\n", "We leave at six 🕕 sharp, not sevengrandma's page <https://example.org/a?b=1&c=2>",
			"New rope & paint\t\t95.50", "[IMG_1: a.jpg]", "Train <https://example.com/train>", "IMG_2.HEIC: what belongs here is in iCloud"} {
			if !strings.Contains(plain, want) {
				t.Errorf("%s: the text has no %q:\n%s", shape, want, plain)
			}
		}
		if files["On My iPhone/Notes/Level 3.txt"] != "Level 3\nrow F" || files["anna@example.com/Mail/Books.txt"] != "Books &amp; more\n• The Lighthouse\n• Żółw <https://example.org/> i kot\na\nb" {
			t.Errorf("%q", files["anna@example.com/Mail/Books.txt"])
		}
		if !strings.Contains(files["Notes.html"], `href="./iCloud/Family/Recipes%252Fnew/`) {
			t.Errorf("the list is %s", files["Notes.html"])
		}
		left, _ := folder.Left()
		why := map[string]string{}
		for _, l := range left {
			why[l.What] = l.Why.Key
		}
		if why["Codes"] != "content.notes.locked" || why["Song"] != "content.notes.away" || why["Grüße 👩‍👧 from the lake: IMG_2.HEIC"] != "content.notes.attachment" {
			t.Errorf("%+v", left)
		}
		for name := range files {
			if strings.Contains(name, "Milk") || strings.Contains(name, "Draft") || strings.Contains(name, "Codes") {
				t.Errorf("%s was exported", name)
			}
		}
	}
	files, _ := contenttest.Export(t, Kind, contenttest.Phone(t, newest, phone, apps.BuildNotes), kind.Options{Deleted: true, Only: func(ref string) bool { return ref == "trash" || ref == "gone" }})
	if files["Recently deleted/Milk.txt"] != "Milk" || files["Recently deleted/Draft.txt"] != "Draft" || len(files) != 5 {
		t.Errorf("%q", slices.Sorted(maps.Keys(files)))
	}
}

// TestHarm: tables, columns and bytes that are missing or wrong are said, and what can
// be read is read.
func TestHarm(t *testing.T) {
	for name, c := range map[string]struct {
		harm    apps.Harm
		count   int
		partial bool
		title   string
	}{
		"no texts":        {harm: apps.Harm{Missing: []string{"ZICNOTEDATA"}}, count: 7, title: "Level 3"},
		"no kinds":        {harm: apps.Harm{Missing: []string{"Z_PRIMARYKEY"}}, count: 7, title: "Level 3"},
		"no titles":       {harm: apps.Harm{Missing: []string{"ZICCLOUDSYNCINGOBJECT.ZTITLE1", "ZICCLOUDSYNCINGOBJECT.ZFOLDERTYPE", "ZICCLOUDSYNCINGOBJECT.ZMEDIA"}}, count: 7},
		"no main table":   {harm: apps.Harm{Missing: []string{"ZICCLOUDSYNCINGOBJECT"}}, count: 1, partial: true},
		"no old database": {harm: apps.Harm{NoFile: []string{"notes.sqlite"}}, count: 6, title: "Level 3"},
		"no old table":    {harm: apps.Harm{Missing: []string{"ZNOTEBODY", "ZSTORE.ZNAME"}}, count: 7, title: "Level 3"},
		"corrupt":         {harm: apps.Harm{Corrupt: []string{"NoteStore.sqlite"}}, count: 1, partial: true},
	} {
		p := phone
		p.WAL, p.Harm = false, c.harm
		b := contenttest.Phone(t, newest, p, apps.BuildNotes)
		got, notes := read(t, b)
		partial := false
		for _, n := range notes {
			partial = partial || n.Partial
		}
		if len(got) != c.count || partial != c.partial || got["pocket"].Title != c.title {
			t.Errorf("%s: %d, %+v, %+v", name, len(got), notes, got["pocket"])
		}
		if s, err := Kind.Look(t.Context(), b); err != nil || s.State != kind.Found || s.Total()+s.Deleted != c.count {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if s, err := Kind.Look(t.Context(), contenttest.Open(t, "")); err != nil || s.State != kind.None {
		t.Errorf("%+v, %v", s, err)
	}
	files := contenttest.Files(t, newest, apps.Phone{Now: when, Notes: apps.Notes{Notes: phone.Notes.Notes[:1]}}, apps.BuildNotes)
	for i := range files {
		files[i].Data = []byte("no database, and nothing else that could be one")
	}
	if _, err := Read(t.Context(), contenttest.Open(t, "", files...), func(Note) error { return nil }); !errors.Is(err, source.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
}

// TestNasty: of each note that wants to get out there is something, and nothing of it
// runs or lies elsewhere.
func TestNasty(t *testing.T) {
	nasty := apps.Nasty()
	for _, shape := range []apps.Shape{oldest, newest} {
		b := contenttest.Phone(t, shape, nasty, apps.BuildNotes)
		got, notes := read(t, b)
		if want := len(nasty.In(shape).Notes.Notes) + len(nasty.Notes.Old); len(got) != want {
			t.Errorf("%s: %d of %d", shape, len(got), want)
		}
		bodies := 0
		for _, n := range got {
			if name, body := strings.CutPrefix(n.Title, "Body: "); body {
				bodies++
				readable := strings.HasPrefix(name, "runs") || strings.HasPrefix(name, "letters") || name == "two texts"
				if readable != (n.State == Readable) && name != "messages in messages" {
					t.Errorf("%s: %v", n.Title, n.State)
				}
				if name == "runs that divide a letter" && n.Body() != "a🌬b" || name == "runs beyond the text" && n.Body() != "short" || name == "runs that end too soon" && n.Body() != "words without a look" {
					t.Errorf("%s: %q", name, n.Body())
				}
			}
		}
		if bodies == 0 || len(notes) != 2 {
			t.Errorf("%d, %+v", bodies, notes)
		}
		files, _ := contenttest.Export(t, Kind, b, kind.Options{Deleted: true})
		for name, data := range files {
			for _, part := range strings.Split(name, "/") {
				if part == "" || part == "." || part == ".." || strings.ContainsAny(part, `\:<>"|?*`) {
					t.Errorf("%q", name)
				}
			}
			if !strings.HasSuffix(name, ".html") || strings.Contains(name, "attachments/") {
				continue
			}
			for _, bad := range []string{"<script", "<iframe", "<img src=x", `href="javascript`, `href="file`, "onmouseover=\"alert", `src="https:`} {
				if strings.Contains(data, bad) {
					t.Errorf("%s has %s", name, bad)
				}
			}
		}
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.notes.", ".") }
