package apps

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"lifeboat/device/phonesim/content"
)

// rest is a phone without photos, talk and people.
func rest(fill func(*Phone)) Phone {
	p := Phone{Now: time.Date(2026, 11, 28, 21, 30, 0, 0, time.UTC)}
	fill(&p)
	return p
}

// restKinds are the kinds of things that are made here.
var restKinds = map[string]func(Shape, Phone) ([]content.Extra, error){
	"notes": BuildNotes, "recordings": BuildRecordings, "voicemail": BuildVoicemail, "calendar": BuildCalendar,
	"reminders": BuildReminders, "safari": BuildSafari, "health": BuildHealth, "files": BuildFiles,
}

// named is the database of that name, with what belongs to it, opened.
func named(t *testing.T, files []content.Extra, base string) *sql.DB {
	t.Helper()
	for name, of := range databases(files) {
		if path.Base(name) == base {
			slices.SortFunc(of, func(a, b content.Extra) int { return len(a.Path) - len(b.Path) })
			return opened(t, of...)
		}
	}
	t.Fatalf("there is no %s", base)
	return nil
}

func texts(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s.String)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return all
}

// No file is there twice, and none outside of its domain. That the databases
// are sound is looked at in TestIntegrity.
func TestRestFiles(t *testing.T) {
	for name, fill := range map[string]func(*Phone){"demo": demoRest, "nasty": nastyRest} {
		phone := rest(fill)
		for _, shape := range []Shape{IOS13, IOS17} {
			seen := map[string]bool{}
			for kind, build := range restKinds {
				files, err := build(shape, phone)
				if err != nil {
					t.Fatalf("%s, iOS %s, %s: %v", name, shape, kind, err)
				}
				for _, f := range files {
					if key := f.Domain + "/" + f.Path; seen[key] || path.Clean(f.Path) != f.Path || strings.HasPrefix(f.Path, "/") || strings.HasPrefix(f.Path, "../") {
						t.Errorf("%s, iOS %s: the file %q", name, shape, key)
					} else {
						seen[key] = true
					}
				}
			}
		}
	}
}

func TestRestIsTheSameEachTime(t *testing.T) {
	for kind, build := range restKinds {
		one, err := build(IOS18, rest(demoRest))
		if err != nil {
			t.Fatal(err)
		}
		two, err := build(IOS18, rest(demoRest))
		if err != nil {
			t.Fatal(err)
		}
		for i := range one {
			if one[i].Path != two[i].Path || !bytes.Equal(one[i].Data, two[i].Data) {
				t.Errorf("%s: %s differs", kind, one[i].Path)
			}
		}
	}
}

// The newest row is found with the write-ahead log only.
func TestRestNewestRowIsInTheLog(t *testing.T) {
	p := rest(demoRest)
	p.WAL = true
	for _, shape := range []Shape{IOS13, IOS17, IOS27} {
		files, err := Build(shape, p)
		if err != nil {
			t.Fatal(err)
		}
		memos, memo := "CloudRecordings.db", "ZCLOUDRECORDING"
		if shape == IOS13 {
			memos, memo = "Recordings.db", "ZRECORDING"
		}
		for base, table := range map[string]string{"NoteStore.sqlite": "ZICNOTEDATA", "notes.sqlite": "ZNOTE", memos: memo, "voicemail.db": "voicemail",
			"Calendar.sqlitedb": "CalendarItem", "Bookmarks.db": "bookmarks", "healthdb_secure.sqlite": "samples"} {
			with := number(t, named(t, files, base), "SELECT count(*) FROM "+table)
			without := number(t, named(t, slices.DeleteFunc(slices.Clone(files), func(f content.Extra) bool {
				return strings.HasSuffix(f.Path, "-wal") || strings.HasSuffix(f.Path, "-shm")
			}), base), "SELECT count(*) FROM "+table)
			if with != without+1 {
				t.Errorf("iOS %s, %s: %d rows with the log, %d without", shape, base, with, without)
			}
		}
	}
}

func TestRestHarm(t *testing.T) {
	p := rest(demoRest)
	p.Harm = Harm{Corrupt: []string{"Calendar.sqlitedb"}, NoFile: []string{"voicemail.db"}, Missing: []string{"ZICCLOUDSYNCINGOBJECT.ZISPINNED", "history_visits", "ZICNOTEDATA"}}
	files, err := Build(IOS18, p)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(files, func(f content.Extra) bool { return path.Base(f.Path) == "voicemail.db" }) {
		t.Error("voicemail.db is there")
	}
	notes := named(t, files, "NoteStore.sqlite")
	if number(t, notes, "SELECT count(*) FROM pragma_table_info('ZICCLOUDSYNCINGOBJECT') WHERE name = 'ZISPINNED'") != 0 || number(t, notes, "SELECT count(*) FROM sqlite_schema WHERE name = 'ZICNOTEDATA'") != 0 {
		t.Error("what should be missing is there")
	}
	if n := number(t, named(t, files, "History.db"), "SELECT count(*) FROM sqlite_schema WHERE name = 'history_visits'"); n != 0 {
		t.Error("history_visits is there")
	}
	if err := named(t, files, "Calendar.sqlitedb").QueryRow("SELECT count(*) FROM CalendarItem").Scan(new(int)); err == nil {
		t.Error("the calendar can be read")
	}
}

// Fields of a protobuf message, by number; only lengths and integers.
type fields map[uint64][]protoField

type protoField struct {
	number uint64
	bytes  []byte
}

func parse(t *testing.T, data []byte) fields {
	t.Helper()
	all := fields{}
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		data = data[n:]
		value, n := binary.Uvarint(data)
		data = data[n:]
		f := protoField{number: value}
		if tag&7 == wireBytes {
			f.bytes, data = data[:value], data[value:]
		}
		all[tag>>3] = append(all[tag>>3], f)
	}
	return all
}

func (f fields) in(t *testing.T, numbers ...uint64) fields {
	t.Helper()
	for _, n := range numbers {
		if len(f[n]) == 0 {
			t.Fatalf("no field %d of %v", n, numbers)
		}
		f = parse(t, f[n][0].bytes)
	}
	return f
}

func unzip(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// noteColumns are the columns of a note's account and first day.
var noteColumns = map[Shape][2]string{IOS13: {"ZACCOUNT3", "ZCREATIONDATE1"}, IOS15: {"ZACCOUNT4", "ZCREATIONDATE3"}, IOS17: {"ZACCOUNT7", "ZCREATIONDATE3"},
	IOS18: {"ZACCOUNT7", "ZCREATIONDATE3"}, IOS26: {"ZACCOUNT7", "ZCREATIONDATE3"}, IOS27: {"ZACCOUNT7", "ZCREATIONDATE3"}}

// The text of a note and the lengths of its runs, in units of UTF-16, are what
// they were made of, wherever the columns are.
func TestNotesBodies(t *testing.T) {
	for _, shape := range Shapes {
		p := rest(demoRest).In(shape)
		files, err := BuildNotes(shape, p)
		if err != nil {
			t.Fatal(err)
		}
		db := named(t, files, "NoteStore.sqlite")
		for _, note := range p.Notes.Notes {
			if note.Locked || note.NoBody {
				continue
			}
			var data []byte
			var folder, account string
			var created float64
			err := db.QueryRow(fmt.Sprintf(`SELECT d.ZDATA, f.ZIDENTIFIER, a.ZIDENTIFIER, n.%s FROM ZICCLOUDSYNCINGOBJECT n JOIN ZICNOTEDATA d ON d.ZNOTE = n.Z_PK AND n.ZNOTEDATA = d.Z_PK
				JOIN ZICCLOUDSYNCINGOBJECT f ON f.Z_PK = n.ZFOLDER JOIN ZICCLOUDSYNCINGOBJECT a ON a.Z_PK = n.%s WHERE n.ZIDENTIFIER = ?`, noteColumns[shape][1], noteColumns[shape][0]), note.ID).Scan(&data, &folder, &account, &created)
			if err != nil || folder != note.Folder || account != note.Account || int64(created)+cocoaEpoch != note.Created.Unix() {
				t.Fatalf("iOS %s, %s: %q, %q, %v, %v", shape, note.Title, folder, account, created, err)
			}
			text := parse(t, unzip(t, data)).in(t, 2, 3)
			var want strings.Builder
			for i, run := range note.Runs {
				words := run.Text
				if run.Attachment != nil {
					words = "\uFFFC"
				}
				want.WriteString(words)
				got := parse(t, text[5][i].bytes)
				if got[1][0].number != uint64(len(utf16.Encode([]rune(words)))) {
					t.Errorf("%s, run %d: %d units", note.Title, i, got[1][0].number)
				}
				if done := len(got[2]) > 0 && len(got.in(t, 2)[5]) > 0 && got.in(t, 2, 5)[2][0].number == 1; done != run.Done {
					t.Errorf("%s, %q is done: %v", note.Title, words, done)
				}
				if run.Attachment != nil && string(got.in(t, 12)[1][0].bytes) != run.Attachment.ID {
					t.Errorf("%s, run %d is not %s", note.Title, i, run.Attachment.ID)
				}
			}
			if string(text[2][0].bytes) != want.String() || len(text[5]) != len(note.Runs) {
				t.Errorf("iOS %s: %q", shape, text[2][0].bytes)
			}
		}
	}
}

// A table that is read by following its pointers has its cells where they
// belong.
func TestNotesTable(t *testing.T) {
	want := [][]string{{"What", "Who", "Euro"}, {"Mooring", "", "480"}, {"", "👩‍👧", ""}}
	data := parse(t, unzip(t, tableData("seed", want))).in(t, 2, 3)
	object := func(place uint64) fields { return parse(t, data[3][place].bytes) }
	at := func(f protoField) uint64 { return parse(t, f.bytes)[6][0].number } // what a pointer points at
	id := func(place uint64) uint64 { return object(place).in(t, 13, 3, 2)[2][0].number }
	table := object(0).in(t, 13)
	if string(data[5][table[1][0].number].bytes) != "com.apple.notes.ICTable" {
		t.Fatal("the first object is no table")
	}
	parts := map[string]uint64{}
	for _, entry := range table[3] {
		e := parse(t, entry.bytes)
		parts[string(data[4][e[1][0].number].bytes)] = at(e[2][0])
	}
	order := func(part string) map[uint64]int {
		ordering := object(parts[part]).in(t, 16, 1)
		place := map[uint64]int{}
		for i, attachment := range ordering.in(t, 1)[2] {
			name := parse(t, attachment.bytes)[2][0].bytes
			place[uint64(slices.IndexFunc(data[6], func(f protoField) bool { return bytes.Equal(f.bytes, name) }))] = i
		}
		for _, element := range ordering.in(t, 2)[1] {
			e := parse(t, element.bytes)
			place[id(at(e[2][0]))] = place[id(at(e[1][0]))]
		}
		return place
	}
	rows, columns := order("crRows"), order("crColumns")
	got := [][]string{{"", "", ""}, {"", "", ""}, {"", "", ""}}
	for _, column := range object(parts["cellColumns"]).in(t, 6)[1] {
		c := parse(t, column.bytes)
		for _, cell := range object(at(c[2][0])).in(t, 6)[1] {
			r := parse(t, cell.bytes)
			got[rows[id(at(r[1][0]))]][columns[id(at(c[1][0]))]] = string(object(at(r[2][0])).in(t, 10)[2][0].bytes)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q", got)
	}
}

// A file of a note lies where the database says, and nothing of a locked note
// can be read.
func TestNotesFiles(t *testing.T) {
	for _, shape := range Shapes {
		files, err := BuildNotes(shape, rest(demoRest))
		if err != nil {
			t.Fatal(err)
		}
		generation := "NULL"
		if shape.since(17) {
			generation = "ZGENERATION1"
		}
		db := named(t, files, "NoteStore.sqlite")
		found := 0
		for _, name := range texts(t, db, "SELECT 'Accounts/"+noteCloud+"/Media/' || ZIDENTIFIER || '/' || COALESCE("+generation+" || '/', '') || ZFILENAME FROM ZICCLOUDSYNCINGOBJECT WHERE ZFILENAME IS NOT NULL ORDER BY 1") {
			i := slices.IndexFunc(files, func(f content.Extra) bool { return f.Path == name })
			if i < 0 {
				continue
			}
			found++
			if strings.HasSuffix(name, ".jpg") {
				if _, err := jpeg.Decode(bytes.NewReader(files[i].Data)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if found != 2 || number(t, db, "SELECT count(*) FROM ZICCLOUDSYNCINGOBJECT WHERE ZFILENAME IS NOT NULL") != 3 {
			t.Errorf("iOS %s: %d files", shape, found)
		}
		if n := number(t, db, "SELECT count(*) FROM ZICCLOUDSYNCINGOBJECT n JOIN ZICNOTEDATA d ON d.ZNOTE = n.Z_PK WHERE n.ZISPASSWORDPROTECTED = 1 AND hex(d.ZDATA) NOT LIKE '1F8B%' AND n.ZSNIPPET IS NULL"); n != 1 {
			t.Errorf("iOS %s: %d locked notes", shape, n)
		}
	}
}

func TestRestRows(t *testing.T) {
	for _, shape := range Shapes {
		p := rest(demoRest).In(shape)
		files, err := Build(shape, rest(demoRest))
		if err != nil {
			t.Fatal(err)
		}
		memos, memo := "CloudRecordings.db", "ZCLOUDRECORDING"
		if shape == IOS13 {
			memos, memo = "Recordings.db", "ZRECORDING"
		}
		reminders := "SELECT ZTITLE FROM ZREMCDREMINDER ORDER BY Z_PK"
		lists := "SELECT l.ZNAME FROM ZREMCDREMINDER r JOIN ZREMCDBASELIST l ON l.Z_PK = r.ZLIST ORDER BY r.Z_PK"
		if !shape.since(16) {
			reminders = "SELECT ZTITLE1 FROM ZREMCDOBJECT WHERE Z_ENT = (SELECT Z_ENT FROM Z_PRIMARYKEY WHERE Z_NAME = 'REMCDReminder') ORDER BY Z_PK"
			lists = "SELECT l.ZNAME1 FROM ZREMCDOBJECT r JOIN ZREMCDOBJECT l ON l.Z_PK = r.ZLIST WHERE r.ZTITLE1 IS NOT NULL ORDER BY r.Z_PK"
		}
		var titles, calls, events, todo, inLists []string
		for _, m := range p.Recordings.Memos {
			titles = append(titles, m.Title)
		}
		for _, v := range p.Voicemail {
			calls = append(calls, fmt.Sprint(v.Date.Unix(), " ", v.Sender))
		}
		for _, a := range p.Calendars {
			for _, c := range a.Calendars {
				for _, e := range c.Events {
					events = append(events, fmt.Sprint(e.Title, " ", e.Start.Unix(), " ", c.Title))
				}
			}
		}
		for _, l := range p.Reminders[0].Lists {
			for _, r := range l.Reminders {
				todo, inLists = append(todo, r.Title), append(inLists, l.Title)
			}
		}
		label := "ZCUSTOMLABEL"
		if shape.since(15) {
			label = "ZENCRYPTEDTITLE"
		}
		visits := "CAST(visit_time AS INTEGER) + 978307200"
		if shape.since(26) {
			visits = "CAST(visit_time AS INTEGER)"
		}
		var seen []string
		for _, v := range p.Safari.Visits {
			seen = append(seen, fmt.Sprint(v.At.Unix(), " ", v.URL))
		}
		slices.Sort(seen)
		for _, tc := range []struct {
			base, query string
			want        []string
		}{
			{memos, "SELECT " + label + " FROM " + memo + " ORDER BY Z_PK", titles},
			{"voicemail.db", "SELECT date || ' ' || COALESCE(sender, '') FROM voicemail ORDER BY ROWID", calls},
			{"Calendar.sqlitedb", "SELECT summary || ' ' || (CAST(start_date AS INTEGER) + 978307200) || ' ' || c.title FROM CalendarItem i JOIN Calendar c ON c.ROWID = i.calendar_id ORDER BY i.ROWID", events},
			{p.Reminders[0].File, reminders, todo},
			{p.Reminders[0].File, lists, inLists},
			{"Bookmarks.db", "SELECT title FROM bookmarks WHERE parent = 12 ORDER BY order_index", []string{"Tides & moon", "Repairs", "Empty folder"}},
		} {
			if got := texts(t, named(t, files, tc.base), tc.query); !slices.Equal(got, tc.want) {
				t.Errorf("iOS %s, %s: %q instead of %q", shape, tc.base, got, tc.want)
			}
		}
		main := slices.DeleteFunc(slices.Clone(files), func(f content.Extra) bool { return strings.Contains(f.Path, "/Profiles/") })
		got := texts(t, named(t, main, "History.db"), "SELECT ("+visits+") || ' ' || url FROM history_visits v JOIN history_items i ON i.id = v.history_item ORDER BY 1")
		slices.Sort(got)
		if !slices.Equal(got, seen) {
			t.Errorf("iOS %s: visits %q", shape, got)
		}
		health := named(t, files, "healthdb_secure.sqlite")
		steps := number(t, health, "SELECT count(*) FROM samples s JOIN quantity_samples q USING (data_id) JOIN objects o USING (data_id) JOIN data_provenances p ON p.ROWID = o.provenance WHERE s.data_type = 7")
		if steps != 30*5*2 || number(t, health, "SELECT count(DISTINCT provenance) FROM objects JOIN samples USING (data_id) WHERE data_type = 7") != 2 {
			t.Errorf("iOS %s: %d counts of steps", shape, steps)
		}
		if deep := number(t, health, "SELECT count(*) FROM category_samples WHERE value > 2"); (deep > 0) != shape.since(16) {
			t.Errorf("iOS %s: %d phases of sleep", shape, deep)
		}
		if profiles := len(files) - len(main); (profiles > 0) != shape.since(17) {
			t.Errorf("iOS %s: %d files of profiles", shape, profiles)
		}
	}
}

// Sounds begin as such files do.
func TestSounds(t *testing.T) {
	sound := m4a("a", 2.5)
	if string(sound[4:8]) != "ftyp" || len(sound) < 900 || bytes.Equal(sound, m4a("b", 2.5)) {
		t.Errorf("%q", sound[:32])
	}
	for rest, kinds := sound, []string{"ftyp", "moov", "mdat"}; len(kinds) > 0; kinds = kinds[1:] {
		if string(rest[4:8]) != kinds[0] {
			t.Errorf("%q instead of %s", rest[4:8], kinds[0])
		}
		rest = rest[binary.BigEndian.Uint32(rest):]
	}
	if voice := amr("a", 3); !bytes.HasPrefix(voice, []byte("#!AMR\n")) || len(voice) != 6+3*50*32 || bytes.Equal(voice, amr("b", 3)) {
		t.Errorf("%d bytes of voice", len(voice))
	}
}
