package notes

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"unicode/utf8"

	"lifeboat/backup/content/contenttest"
	"lifeboat/device/phonesim/content/apps"
)

// packed compresses what a fuzzer makes, so that it need not find out how.
func packed(plain []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(plain)
	_ = w.Close()
	return out.Bytes()
}

// seeds are the texts and tables of a note that the simulated phone wrote.
func seeds(f *testing.F) {
	f.Helper()
	b := contenttest.Phone(f, newest, apps.Phone{Now: when, Notes: apps.Notes{Notes: phone.Notes.Notes[:1], Folders: phone.Notes.Folders, Accounts: phone.Notes.Accounts}}, apps.BuildNotes)
	d, err := b.Database(f.Context(), domain, dbPath)
	if err != nil {
		f.Fatal(err)
	}
	defer d.Close()
	for _, query := range []string{`SELECT ZDATA FROM ZICNOTEDATA`, `SELECT ZMERGEABLEDATA1 FROM ZICCLOUDSYNCINGOBJECT WHERE ZMERGEABLEDATA1 IS NOT NULL`} {
		rows, err := d.Query(f.Context(), query)
		if err != nil {
			f.Fatal(err)
		}
		for rows.Next() {
			var data []byte
			if err := rows.Scan(&data); err != nil {
				f.Fatal(err)
			}
			plain, err := unpack(data)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(plain)
		}
		rows.Close()
	}
	f.Add([]byte("\x12\xff\xff\xff\xff\x0f\x01"))
	f.Add(bytes.Repeat([]byte("\xff"), 40))
}

// FuzzBody: no bytes make the reader fail, and every letter is in the text.
func FuzzBody(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := parseBody(packed(data))
		if err != nil {
			return
		}
		letters := 0
		for _, letter := range clean(inner(data, 2, 3, 2)) {
			if letter != '\n' && letter != objectMark {
				letters++
			}
		}
		for _, p := range text {
			if p.Indent > deepestIndent || p.Style > Check {
				t.Fatalf("%+v", p)
			}
			for _, piece := range p.Pieces {
				letters -= len([]rune(piece.Text))
			}
		}
		if letters != 0 {
			t.Fatalf("%d letters are missing", letters)
		}
	})
}

// FuzzTable: no bytes make the reader fail, and each row is as long as the others.
func FuzzTable(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := parseTable(packed(data))
		if err != nil {
			return
		}
		for _, row := range table {
			if len(row) != len(table[0]) {
				t.Fatalf("%q", table)
			}
		}
	})
}

// FuzzHTML: of the HTML of an old note come paragraphs of valid text, and no more of it
// than there was.
func FuzzHTML(f *testing.F) {
	for _, text := range []string{
		"<div>One <b>two</b></div><div><br></div><ul><li>three<ol><li>four</ol></ul>", "<h1>T</h1><pre>a\n b</pre><a href=\"javascript:x\">y</a>", "<script>x</script>&amp;&#0;&#xD800;\xff",
		"<title><b></title><li><li></ul></ul></b></b>x", "<!--<p>--><![CDATA[x]]><textarea><p>", strings.Repeat("<ul>", 50) + "<li>x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		letters := 0
		for _, p := range fromHTML(text) {
			if p.Indent < 0 || p.Indent > deepestIndent || p.Style > Check {
				t.Fatalf("%+v", p)
			}
			for _, piece := range p.Pieces {
				if letters += len(piece.Text); strings.ContainsRune(piece.Text, '\n') || !utf8.ValidString(piece.Text) || !utf8.ValidString(piece.Link) || piece.Text == "" {
					t.Fatalf("%+v", piece)
				}
			}
		}
		if letters > 3*len(text) {
			t.Fatalf("%d bytes of %d", letters, len(text))
		}
	})
}
