package apps

import (
	"bytes"
	"database/sql"
	"image/jpeg"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lifeboat/device/phonesim/content"
)

// opened lays some files into a folder of their own and opens the first.
func opened(t *testing.T, files ...content.Extra) *sql.DB {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, path.Base(f.Path)), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(dir, path.Base(files[0].Path)))+"?_pragma=synchronous(0)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// databases are the databases among some files, each before its logs.
func databases(files []content.Extra) map[string][]content.Extra {
	all := map[string][]content.Extra{}
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimSuffix(f.Path, "-wal"), "-shm")
		if name != f.Path || strings.HasPrefix(string(f.Data), "SQLite format 3\x00") {
			all[name] = append(all[name], f)
		}
	}
	return all
}

// built are the files of a phone by name, which must be names that a backup can have, each once.
func built(t *testing.T, build func(Shape, Phone) ([]content.Extra, error), shape Shape, phone Phone) (map[string]content.Extra, map[string][]content.Extra) {
	t.Helper()
	files, err := build(shape, phone)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]content.Extra{}
	for _, f := range files {
		key := f.Domain + "/" + f.Path
		if _, twice := named[key]; twice || path.Clean(f.Path) != f.Path || strings.HasPrefix(f.Path, "..") || f.Path == "" || f.Domain == "" || f.ModTime.IsZero() && !phone.Now.IsZero() {
			t.Errorf("iOS %s: %q, there already: %v, of %v", shape, key, twice, f.ModTime)
		}
		named[key] = f
	}
	return named, databases(files)
}

func number(t *testing.T, db *sql.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// verdict is what SQLite finds wrong with a database.
func verdict(db *sql.DB) string {
	var text string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&text); err != nil {
		return err.Error()
	}
	return text
}

// Every database of every shape is one that SQLite finds nothing wrong with.
func TestIntegrity(t *testing.T) {
	phones := map[string]Phone{"empty": {}, "nasty": Nasty(), "demo": Demo()}
	for _, shape := range Shapes {
		for name, phone := range phones {
			if name == "demo" && shape != IOS13 && shape != IOS27 {
				continue // it takes long, and holds nothing that the others do not
			}
			_, stores := built(t, Build, shape, phone)
			for path, files := range stores {
				if got := verdict(opened(t, files...)); got != "ok" {
					t.Errorf("%s, iOS %s, %s: %s", name, shape, path, got)
				}
			}
			if len(stores) < 5 {
				t.Errorf("%s, iOS %s: only %d databases", name, shape, len(stores))
			}
		}
	}
	if _, err := Build("14.2", Phone{}); err == nil {
		t.Error("there is a shape of iOS 14.2")
	}
}

// newestRow is a table of which the newest row lies in the write-ahead log.
var newestRow = map[string]string{
	smsPath: "message", photosPath: "{asset}", "ChatStorage.sqlite": "ZWAMESSAGE", contactsPath: "ABPerson", callsPath: "ZCALLRECORD",
}

// The newest rows of a nasty phone are there with the write-ahead log only, and
// the rest without it too.
func TestNewestRowsLieInTheLog(t *testing.T) {
	for _, shape := range Shapes {
		_, stores := built(t, Build, shape, Nasty())
		for path, table := range newestRow {
			if table = strings.ReplaceAll(table, "{asset}", "ZASSET"); shape == IOS13 && table == "ZASSET" {
				table = "ZGENERICASSET"
			}
			files := stores[path]
			if len(files) != 3 {
				t.Fatalf("iOS %s, %s has %d files", shape, path, len(files))
			}
			all, without, noIndex := opened(t, files...), opened(t, files[0]), opened(t, files[:2]...)
			n, fewer := number(t, all, "SELECT count(*) FROM "+table), number(t, without, "SELECT count(*) FROM "+table)
			if fewer >= n || fewer == 0 {
				t.Errorf("iOS %s, %s: %d rows, and %d without the log", shape, path, n, fewer)
			}
			if got := number(t, noIndex, "SELECT count(*) FROM "+table); got != n {
				t.Errorf("iOS %s, %s: %d rows without the log's index, want %d", shape, path, got, n)
			}
		}
		found := "SELECT count(*) FROM message WHERE text = 'Newest of all'"
		if with, without := number(t, opened(t, stores[smsPath]...), found), number(t, opened(t, stores[smsPath][0]), found); with != 1 || without != 0 {
			t.Errorf("iOS %s: the newest message is there %d times, and %d times without the log", shape, with, without)
		}
	}
	phone := Nasty()
	phone.WAL = false
	if _, stores := built(t, BuildMessages, IOS26, phone); len(stores[smsPath]) != 1 || number(t, opened(t, stores[smsPath]...), "SELECT count(*) FROM message WHERE text = 'Newest of all'") != 1 {
		t.Error("without a log the newest message is not in the database")
	}
}

// What is to be wrong with a database is wrong with it, and with no other.
func TestHarm(t *testing.T) {
	phone := Nasty()
	phone.WAL = false
	phone.Harm = Harm{Corrupt: []string{"sms.db"}, NoFile: []string{"CallHistory.storedata"}, Missing: []string{"ZPERSON", "ABPerson.Note"}}
	_, stores := built(t, Build, IOS18, phone)
	if got := verdict(opened(t, stores[smsPath]...)); got == "ok" {
		t.Error("nothing is wrong with a corrupt database")
	}
	if _, there := stores[callsPath]; there {
		t.Error("the calls are there")
	}
	photos, contacts := opened(t, stores[photosPath]...), opened(t, stores[contactsPath]...)
	if n := number(t, photos, "SELECT count(*) FROM sqlite_master WHERE name = 'ZPERSON'"); n != 0 {
		t.Error("the table is there")
	}
	if n := number(t, contacts, "SELECT count(*) FROM pragma_table_info('ABPerson') WHERE name IN ('Note', 'First')"); n != 1 {
		t.Errorf("%d of the two columns are there", n)
	}
	if verdict(photos) != "ok" || verdict(contacts) != "ok" {
		t.Error("others are broken too")
	}
}

// A description that is wrong, and a row that no shape has, are errors.
func TestSchema(t *testing.T) {
	for _, text := range []string{"  column INTEGER", "a table", "table | 15", "table | x-", "table | -y"} {
		if _, err := describe(text, IOS15, nil); err == nil {
			t.Errorf("%q is a description", text)
		}
	}
	const text = "a\n  x INTEGER\n  y TEXT | 17-\n  z TEXT | 15-17\nb | -15\n  x TEXT\nindex i a(y)\n"
	for shape, want := range map[Shape]string{
		IOS13: "CREATE TABLE a (x INTEGER);CREATE TABLE b (x TEXT)", IOS15: "CREATE TABLE a (x INTEGER, z TEXT);CREATE TABLE b (x TEXT)",
		IOS17: "CREATE TABLE a (x INTEGER, y TEXT, z TEXT);CREATE INDEX i ON a(y)", IOS27: "CREATE TABLE a (x INTEGER, y TEXT);CREATE INDEX i ON a(y)",
	} {
		s, err := describe(text, shape, nil)
		if got := strings.Join(s.statements(), ";"); err != nil || got != want {
			t.Errorf("iOS %s: %q, %v", shape, got, err)
		}
	}
	for table, ok := range map[string]bool{"a.y": true, "b.x": true, "a.w": false, "c.x": false} {
		name, column, _ := strings.Cut(table, ".")
		_, err := (Phone{}).build(IOS18, store{"HomeDomain", "t.db", text, func(d *database) { d.insert(name, row{column: "v"}) }})
		if (err == nil) != ok {
			t.Errorf("%s: %v", table, err)
		}
	}
}

func TestShapeOf(t *testing.T) {
	for version, want := range map[string]Shape{"10.3": IOS13, "13.7": IOS13, "14.8": IOS13, "15.8.2": IOS15, "16.7": IOS15, "17.0": IOS17, "18.4.1": IOS18, "26.1": IOS26, "27.0.1": IOS27, "31": IOS27, "": IOS13} {
		if got := ShapeOf(version); got != want {
			t.Errorf("%q: %s, want %s", version, got, want)
		}
	}
}

// The demonstration's phone is worth looking at, small, and of nobody who lives.
func TestDemo(t *testing.T) {
	phone := Demo()
	named, _ := built(t, Build, IOS27, phone)
	var size, pictures int
	for name, f := range named {
		size += len(f.Data)
		if strings.HasSuffix(name, "5005.JPG") {
			img, err := jpeg.Decode(bytes.NewReader(f.Data))
			if err != nil || max(img.Bounds().Dx(), img.Bounds().Dy()) != smallWidth {
				t.Errorf("%s: %v", name, err)
			}
			pictures++
		}
	}
	if size > 25<<20 || pictures < 300 || pictures > 600 {
		t.Errorf("%d bytes, %d pictures", size, pictures)
	}
	guids, messages := map[string]bool{}, 0
	fictional := regexp.MustCompile(`^\+155555501\d\d$`)
	for _, c := range phone.Chats {
		for _, h := range c.Handles {
			if !fictional.MatchString(h) {
				t.Errorf("%s may be somebody's number", h)
			}
		}
		if !slices.IsSortedFunc(c.Messages, func(a, b Message) int { return a.Date.Compare(b.Date) }) {
			t.Errorf("%s is not in the order of time", c.ID)
		}
		for _, m := range c.Messages {
			messages++
			if guids[m.GUID] || m.Date.After(phone.Now) || m.Text == "" && m.Event == nil && m.Unsent.IsZero() || m.From != "" && !slices.Contains(c.Handles, m.From) {
				t.Errorf("%s: %+v", c.ID, m)
			}
			guids[m.GUID] = true
		}
	}
	if messages < 80 {
		t.Errorf("only %d messages", messages)
	}
	if i := slices.IndexFunc(phone.Albums, func(a Album) bool { return a.Title == "Lisbon" }); i < 0 || len(phone.Albums[i].Photos) < 50 {
		t.Error("there is no album of Lisbon")
	}
	for _, c := range phone.Contacts {
		if !fictional.MatchString(c.Phones[0].Value) {
			t.Errorf("%s may be somebody's number", c.Phones[0].Value)
		}
	}
}

// Two phones of the same data are the same to the byte, but for what SQLite
// draws by lot in its log.
func TestBuildIsDeterministic(t *testing.T) {
	phone := Nasty()
	phone.WAL = false
	one, _ := built(t, Build, IOS17, phone)
	two, _ := built(t, Build, IOS17, phone)
	for name, f := range one {
		if !bytes.Equal(f.Data, two[name].Data) || !f.ModTime.Equal(two[name].ModTime) {
			t.Errorf("%s differs", name)
		}
	}
	if len(one) != len(two) || len(one) < 50 {
		t.Errorf("%d and %d files", len(one), len(two))
	}
}
