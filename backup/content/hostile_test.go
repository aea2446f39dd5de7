package content_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"golang.org/x/net/html"
	_ "modernc.org/sqlite"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/content"
	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/disk/rootfs"
	"lifeboat/backup/export"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	phone "lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

const (
	script    = `</title></style>--><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a><svg onload=alert(4)>{{.}}`
	sqlText   = `'; DROP TABLE message; SELECT load_extension('x'); --"`
	climbing  = "../../../../../../outside/climbed"
	tooSecret = "what lies elsewhere on this computer"
)

// Whoever made a backup may have put anything into it: nothing of it gets out of the
// folder of the export or is run, all of it ends, and each kind reads or says why not.
func TestHostileBackup(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a backup for each harm")
	}
	files := contenttest.Files(t, apps.IOS18, apps.Nasty())
	plain := contenttest.Open(t, "", files...)
	for name, harm := range harms(t) {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			dir := backuptest.Make(t, root, phone.With(phone.Generate(1, 0, 0), spoilt(t, files, harm)...), "")
			secret := filepath.Join(t.TempDir(), "secret")
			if err := os.WriteFile(secret, []byte(tooSecret), 0o600); err != nil {
				t.Fatal(err)
			}
			if name == "links" {
				linked(t, dir, secret)
			}
			b, err := source.Open(t.Context(), afero.NewReadOnlyFs(afero.NewOsFs()), root, backuptest.UDID, 1, keybag.Password{})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			endure(t, plain, b)
		})
	}
}

// endure does with a backup all that a person can.
func endure(t *testing.T, plain, b *source.Backup) {
	t.Helper()
	// It is there so that what would never end fails with a name; a busy machine
	// needs a hundredth of it.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	began := time.Now()
	found, err := content.Look(ctx, b, content.Kinds, nil)
	if err != nil || len(found) != len(content.Kinds) {
		t.Fatalf("%d kinds, %v", len(found), err)
	}
	for _, s := range found {
		if s.State == kind.Unreadable && s.Err == nil {
			t.Errorf("%s does not say why it cannot be read", s.Kind)
		}
		t.Logf("%s: %s, %d things, %v", s.Kind, s.State, s.Total(), s.Err)
	}
	x, err := content.NewIndex(ctx, b, content.Kinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"script", "../", "drop table", "\x00", strings.Repeat("a ", 1000)} {
		if _, err := x.Find(ctx, text, 100); err != nil {
			t.Error(err)
		}
	}
	if _, err := content.Compare(ctx, plain, b, content.Kinds, content.Comparison{}); err != nil {
		t.Error(err)
	}
	parent := t.TempDir()
	folder := filepath.Join(parent, "above", "out")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	to, err := rootfs.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	o := kind.Options{Hidden: true, Deleted: true, SmallPictures: true, AlbumCopies: true, Zone: time.UTC}
	done, err := content.Export(ctx, b, content.Kinds, export.New(to, nil), o, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if done.Bytes > 1<<30 {
		t.Errorf("%d bytes were exported", done.Bytes)
	}
	looked := contained(t, parent)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%v; %d things; %d files, %d bytes, %d pages; %d left out; %d MiB of memory", time.Since(began).Round(time.Millisecond), x.Len(), done.Files, done.Bytes, looked, done.LeftCount, memory.Sys>>20)
	if memory.Sys > 2<<30 {
		t.Errorf("it took %d MiB of memory", memory.Sys>>20)
	}
}

// contained sees that there is nothing beside the folder of the export, no link in it,
// and no page that does anything. It returns how many pages there are.
func contained(t *testing.T, parent string) (pages int) {
	t.Helper()
	within := filepath.Join(parent, "above", "out") + string(filepath.Separator)
	err := filepath.WalkDir(parent, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if base := filepath.Base(name); !strings.HasPrefix(name+string(filepath.Separator), within) && name != parent && base != "above" {
				t.Errorf("a folder %s", name)
			}
			return nil
		case !strings.HasPrefix(name, within) || !d.Type().IsRegular():
			t.Errorf("%s, %v", name, d.Type())
			return nil
		}
		if strings.EqualFold(filepath.Ext(name), ".html") {
			pages++
			harmless(t, name)
		}
		if info, err := d.Info(); err == nil && info.Size() < 1000 {
			data, err := os.ReadFile(name)
			if err != nil || strings.Contains(string(data), tooSecret) {
				t.Errorf("%s has what lies elsewhere; %v", name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// inert are the elements that pages are made of, and the attributes that these have.
var inert = regexp.MustCompile(`^(html|head|meta|title|style|body|h1|h2|h3|p|a|ul|ol|li|table|thead|tbody|tr|td|th|div|span|img|video|audio|br|b|i|em|strong|s|u|pre|code|blockquote|dl|dt|dd|section|article|header|footer|figure|figcaption|nav|time|hr|small|sub|sup|details|summary|del|ins|q|cite|mark|input|label|main)$`)

// harmless parses a page as a browser does.
func harmless(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	top, err := html.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	policy := false
	for n := range top.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !inert.MatchString(n.Data) {
			// A page that a person kept in an app is theirs, and taken as it is.
			if strings.Contains(filepath.ToSlash(name), "/Files") {
				return
			}
			t.Errorf("%s has an element %s", name, n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.Map(func(r rune) rune {
				if r <= ' ' {
					return -1
				}
				return r
			}, a.Val))
			if strings.HasPrefix(a.Key, "on") || a.Key == "srcdoc" || a.Key == "formaction" || a.Key == "style" {
				t.Errorf("%s: %s has an attribute %s", name, n.Data, a.Key)
			}
			if a.Key == "href" || a.Key == "src" || a.Key == "poster" {
				scheme, _, _ := strings.Cut(value, ":")
				switch {
				case strings.HasPrefix(value, "./") || strings.HasPrefix(value, "#"):
					leads(t, name, a.Val)
				case n.Data == "a" && (scheme == "http" || scheme == "https" || scheme == "mailto" || scheme == "tel" || scheme == "message" || scheme == "sms"):
				default:
					t.Errorf("%s: %s leads to %.100q", name, n.Data, a.Val)
				}
			}
			if n.Data == "meta" && a.Key == "content" && strings.HasPrefix(value, "default-src'none'") && !strings.Contains(value, "script-src") && !strings.Contains(value, "unsafe") {
				policy = true
			}
		}
	}
	if !policy {
		t.Errorf("%s has no policy", name)
	}
}

// leads sees that a link within the export ends within it.
func leads(t *testing.T, page, link string) {
	t.Helper()
	_, rest, _ := strings.Cut(filepath.ToSlash(page), "/above/out/")
	if at := path.Join(path.Dir(rest), link); at == ".." || strings.HasPrefix(at, "../") {
		t.Errorf("%s leads to %q", page, link)
	}
}

// linked puts links in place of half of what is stored.
func linked(t *testing.T, dir, to string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !format.ValidFileID(d.Name()) {
			return err
		}
		if n++; n%2 == 0 {
			return nil
		}
		return errors.Join(os.Remove(name), os.Symlink(to, name))
	})
	if err != nil {
		t.Skipf("no links here: %v", err)
	}
}

// harm does something to a database.
type harm func(db *sql.DB, table string, columns []column) error

type column struct {
	name, kind string
	key        bool
}

// spoilt does harm to each table of all databases among the files.
func spoilt(t *testing.T, files []phone.Extra, do harm) (all []phone.Extra) {
	t.Helper()
	logs := map[string][]byte{}
	for _, f := range files {
		if strings.HasSuffix(f.Path, "-wal") {
			logs[f.Domain+"/"+strings.TrimSuffix(f.Path, "-wal")] = f.Data
		}
	}
	for _, f := range files {
		log, logged := logs[f.Domain+"/"+f.Path]
		switch {
		case do == nil || len(f.Data) < 100 || string(f.Data[:15]) != "SQLite format 3":
			if do != nil && (strings.HasSuffix(f.Path, "-wal") || strings.HasSuffix(f.Path, "-shm")) {
				continue
			}
			all = append(all, f)
			continue
		case logged:
			f.Data = append([]byte(nil), f.Data...)
		}
		f.Data = worse(t, f.Data, log, do)
		all = append(all, f)
	}
	return all
}

func worse(t *testing.T, data, log []byte, do harm) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if log != nil {
		if err := os.WriteFile(name+"-wal", log, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", name+"?_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("PRAGMA journal_mode=DELETE"); err != nil {
		t.Fatal(err)
	}
	tables := map[string][]column{}
	rows, err := db.Query(`SELECT m.name, p.name, upper(p.type), p.pk > 0 FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var table string
		var c column
		if err := rows.Scan(&table, &c.name, &c.kind, &c.key); err != nil {
			t.Fatal(err)
		}
		tables[table] = append(tables[table], c)
	}
	rows.Close()
	// In one transaction: each of its own is a file made and removed, thousands of times.
	if _, err := db.Exec("BEGIN"); err != nil {
		t.Fatal(err)
	}
	for table, columns := range tables {
		if err := do(db, table, columns); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	if _, err := db.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(name); err != nil {
		t.Fatal(err)
	}
	return data
}

// large are columns that get more than anybody writes.
var large = map[string]bool{"message.text": true, "message.attributedBody": true, "ZWAMESSAGE.ZTEXT": true, "ZICNOTEDATA.ZDATA": true, "ABPerson.Note": true, "history_items.url": true}

// harms are what is done, by what it is.
func harms(t *testing.T) map[string]harm {
	// each sets every column that is not the key to what value gives for it.
	each := func(value func(table string, c column) string) harm {
		return func(db *sql.DB, table string, columns []column) error {
			for _, c := range columns {
				v := value(table, c)
				if v == "" || c.key {
					continue
				}
				// What has to be unique, or NOT NULL, keeps what it has.
				if _, err := db.Exec(fmt.Sprintf("UPDATE OR IGNORE %q SET %q = %s", table, c.name, v)); err != nil && !strings.Contains(err.Error(), "constraint") {
					return err
				}
			}
			return nil
		}
	}
	isText := func(c column) bool { return strings.Contains(c.kind, "CHAR") || c.kind == "TEXT" || c.kind == "" }
	texts := func(all ...string) harm {
		return each(func(_ string, c column) string {
			if !isText(c) {
				return ""
			}
			value := fmt.Sprintf("CASE rowid %% %d", len(all))
			for i, text := range all {
				value += fmt.Sprintf(" WHEN %d THEN CAST(x'%x' AS TEXT)", i, text)
			}
			return value + " END"
		})
	}
	parent := regexp.MustCompile(`(?i)parent|reply|_fok|originator|folder|account|container|owner|creator|group`)
	return map[string]harm{
		"links":   nil,
		"scripts": texts(script),
		"texts":   texts(sqlText, climbing, "/etc/passwd", `C:\Windows\..\..\x:stream`, "a\x00b\xff\xfe\u202e\n\r", "file:///etc/passwd", "javascript:alert(1)"),
		"types": each(func(_ string, c column) string {
			switch {
			case isText(c):
				return "CASE rowid % 3 WHEN 0 THEN 12345 WHEN 1 THEN x'FF00FE' ELSE 1e308 END"
			case c.kind == "BLOB":
				return "CASE rowid % 2 WHEN 0 THEN 'text' ELSE -1 END"
			}
			return "CASE rowid % 4 WHEN 0 THEN 'text' WHEN 1 THEN x'00FF' WHEN 2 THEN 9e999 ELSE -9223372036854775808 END"
		}),
		"nothing": each(func(string, column) string { return "NULL" }),
		"loops": each(func(_ string, c column) string {
			if !parent.MatchString(c.name) {
				return ""
			}
			return "CASE rowid % 2 WHEN 0 THEN rowid ELSE rowid % 3 + 1 END"
		}),
		"blobs": each(func(table string, c column) string {
			size := 16 << 10
			if large[table+"."+c.name] {
				size = 1 << 20
			} else if c.kind != "BLOB" && !isText(c) {
				return ""
			}
			return fmt.Sprintf("CASE WHEN rowid <= 2 THEN zeroblob(%d) ELSE %q END", size, c.name)
		}),
		// Rows without an end, under the name and with the columns of each table.
		"views": func(db *sql.DB, table string, columns []column) error {
			var values []string
			for _, c := range columns {
				values = append(values, fmt.Sprintf("i AS %q", c.name))
			}
			_, err := db.Exec(fmt.Sprintf(`PRAGMA legacy_alter_table=1; DROP TABLE %q; CREATE VIEW %q AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT %s FROM n`, table, table, strings.Join(values, ", ")))
			return err
		},
		"triggers": func(db *sql.DB, table string, _ []column) error {
			_, err := db.Exec(fmt.Sprintf(`CREATE TRIGGER %q AFTER UPDATE ON %q BEGIN DELETE FROM %q; END`, table+"'; --", table, table))
			return err
		},
		// Columns that take a hundred megabytes each time that one is read.
		"generated": func(db *sql.DB, table string, columns []column) error {
			// They come after the rows, as SQLite calculates them for each that it puts in.
			all := fmt.Sprintf(`DROP TABLE %q; CREATE TABLE %q (stored INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO %q SELECT i FROM n`, table, table, table)
			for _, c := range columns {
				if strings.EqualFold(c.name, "rowid") {
					continue
				}
				all += fmt.Sprintf("; ALTER TABLE %q ADD COLUMN %q AS (hex(zeroblob(50000000 + stored)))", table, c.name)
			}
			_, err := db.Exec(all)
			return err
		},
		"virtual": func(db *sql.DB, table string, columns []column) error {
			var names []string
			for _, c := range columns {
				names = append(names, fmt.Sprintf("%q", c.name))
			}
			_, err := db.Exec(fmt.Sprintf(`DROP TABLE %q; CREATE VIRTUAL TABLE %q USING fts5(%s)`, table, table, strings.Join(names, ", ")))
			if err != nil && !strings.Contains(err.Error(), "fts5") && !strings.Contains(err.Error(), "reserved") {
				return err
			}
			return nil
		},
		"names": func(db *sql.DB, table string, columns []column) error {
			for i, name := range []string{`"; DROP TABLE message; --`, "' OR 1=1 --", "../x", "<script>"} {
				quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
				if _, err := db.Exec(fmt.Sprintf("ALTER TABLE %q ADD COLUMN %s TEXT; CREATE TABLE IF NOT EXISTS %s (a)", table, quoted, source.Quote(fmt.Sprint(name, i)))); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
