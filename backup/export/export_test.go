package export

import (
	"bytes"
	"errors"
	"html/template"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/afero"
)

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"IMG_1234.HEIC":      "IMG_1234.HEIC",
		"a/b\\c":             "a%2Fb%5Cc",
		"..":                 ".%2E",
		".":                  "%2E",
		"":                   "%",
		"CON":                "%43ON",
		"con.txt":            "%63on.txt",
		"Lpt9.tar.gz":        "%4Cpt9.tar.gz",
		"COM¹":               "%43OM¹",
		"console":            "console",
		"ends. ":             "ends.%20",
		"dot.":               "dot%2E",
		" first":             "%20first",
		"100% sure":          "100% sure",
		"50%25":              "50%2525",
		`what?*"<>|:`:        "what%3F%2A%22%3C%3E%7C%3A",
		"line\nend\x00":      "line%0Aend%00",
		"cafe\u0301":         "café",
		"gpj.\u202Eexe.html": "gpj.%E2%80%AEexe.html",
		"\xff":               "�",
		"👨‍👩‍👧 2026.jpg":     "👨‍👩‍👧 2026.jpg",
	} {
		if got := SafeName(name); got != want {
			t.Errorf("%q becomes %q, not %q", name, got, want)
		}
	}
	long := SafeName(strings.Repeat("日本", 200) + ".jpeg")
	if len(long) > longestName || !strings.HasSuffix(long, ".jpeg") || !utf8.ValidString(long) {
		t.Errorf("a long name becomes %q", long)
	}
	if long == SafeName(strings.Repeat("日本", 201)+".jpeg") {
		t.Error("two long names become one")
	}
}

func FuzzSafeName(f *testing.F) {
	for _, name := range []string{"a", "CON", "../../x", "x.", "\u202e", strings.Repeat("a.", 300), "% ", "nul .txt", "%%%"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe := SafeName(name)
		stem, _, _ := strings.Cut(safe, ".")
		switch {
		case safe == "", safe == ".", safe == "..", !utf8.ValidString(safe), len(safe) > longestName+8, len(utf16.Encode([]rune(safe))) > 240:
			t.Errorf("%q becomes %q", name, safe)
		case strings.ContainsAny(safe, "<>:\"/\\|?*\x00\n"), strings.HasSuffix(safe, "."), strings.HasSuffix(safe, " "), reserved[strings.ToLower(strings.TrimRight(stem, " "))]:
			t.Errorf("%q becomes %q", name, safe)
		}
	})
}

func TestNeverOverAFile(t *testing.T) {
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, "/Photos/img_1.jpg", []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	when := time.Date(2011, 2, 3, 4, 5, 6, 0, time.UTC)
	var seen Progress
	top := New(fsys, func(p Progress) { seen = p })
	photos, err := top.In("Photos")
	if err != nil {
		t.Fatal(err)
	}
	// The folder was there before this export, which so takes another one.
	if photos.Path() != "Photos (2)" {
		t.Errorf("the folder is %q", photos.Path())
	}
	for _, name := range []string{"IMG_1.JPG", "img_1.jpg", "Img_1.jpg", "ｉmg_1.jpg", "../escape", "a/b"} {
		if _, err := photos.WriteFile(name, when, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	again, err := top.In("Photos")
	if err != nil || again.Path() != photos.Path() {
		t.Errorf("the same folder is %q, %v", again.Path(), err)
	}
	other, err := top.In("PHOTOS")
	if err != nil || other.Path() == photos.Path() || other.Path() == "Photos" {
		t.Errorf("another one is %q, %v", other.Path(), err)
	}
	var names []string
	err = afero.Walk(fsys, "/", func(name string, info fs.FileInfo, err error) error {
		if name = filepath.ToSlash(name); err == nil && !info.IsDir() {
			names = append(names, name)
			if name != "/Photos/img_1.jpg" && !info.ModTime().Equal(when) {
				t.Errorf("%s is of %v", name, info.ModTime())
			}
		}
		return err
	})
	want := []string{"/Photos/img_1.jpg", "/Photos (2)/..%2Fescape", "/Photos (2)/IMG_1.JPG", "/Photos (2)/Img_1 (3).jpg", "/Photos (2)/a%2Fb", "/Photos (2)/img_1 (2).jpg", "/Photos (2)/ｉmg_1 (4).jpg"}
	for _, name := range want {
		if !strings.Contains("\n"+strings.Join(names, "\n")+"\n", "\n"+name+"\n") {
			t.Errorf("%s is not among %q", name, names)
		}
	}
	if data, _ := afero.ReadFile(fsys, "/Photos/img_1.jpg"); err != nil || len(names) != len(want) || string(data) != "theirs" || seen.Files != 6 {
		t.Errorf("%q, %v, %+v", names, err, seen)
	}
}

// However deep folders lie in one another, no path gets too long, and nothing is lost.
func TestDeepFolders(t *testing.T) {
	fsys := afero.NewMemMapFs()
	top := New(fsys, nil)
	for i := range 3 {
		f, err := top.In(slices.Repeat([]string{strings.Repeat("<", 100)}, 30+i)...)
		if err != nil {
			t.Fatal(err)
		}
		name, err := f.WriteFile(strings.Repeat(">", 100), time.Time{}, []byte("x"))
		if err != nil || len(name) > deepest+2*longestName+20 {
			t.Errorf("%d bytes: %s, %v", len(name), name, err)
		}
		if there, _ := afero.Exists(fsys, "/"+name); !there {
			t.Errorf("%s is not there", name)
		}
	}
	if files := top.Done().Files; files != 3 {
		t.Errorf("%d files", files)
	}
}

// What belongs together keeps a common stem, whatever of it is taken.
func TestTogether(t *testing.T) {
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, "/img_1.mov", []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	top := New(fsys, nil)
	long := strings.Repeat("日本", 200)
	for _, one := range []struct {
		stem    string
		endings []string
		want    string // the stem; "" is looked at below
	}{
		{"IMG_1", []string{".HEIC", ".MOV"}, "IMG_1 (2)"},
		{"IMG_1", []string{".PNG"}, "IMG_1 (3)"},
		{"Img_1", []string{".JPG", " edited.JPG"}, "Img_1 (4)"},
		{"../a.b", []string{".jpg"}, "..%2Fa.b"},
		{"CON", []string{".jpg"}, "%43ON"},
		{"50%25", []string{".jpg"}, "50%2525"},
		{long, []string{".JPG", " edited.JPG"}, ""},
		{long, []string{".JPG", " edited.JPG"}, ""},
	} {
		set, err := top.Together(one.stem, one.endings...)
		if err != nil {
			t.Fatal(err)
		}
		stem := strings.TrimSuffix(set.names[one.endings[0]], one.endings[0])
		for _, ending := range one.endings {
			if name := set.names[ending]; name != stem+ending || len(name) > longestName || one.want != "" && stem != one.want {
				t.Errorf("%q of %q is %q", ending, one.stem, name)
			}
			w, err := top.create(set.names[ending], time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Commit(); err != nil {
				t.Error(err)
			}
		}
	}
	if names, err := afero.ReadDir(fsys, "/"); err != nil || len(names) != 13 {
		t.Errorf("%d files, %v", len(names), err)
	}
}

// Very many files of one name cost no more each than few: none begins to count anew.
func TestManyOfOneName(t *testing.T) {
	top := New(afero.NewMemMapFs(), nil)
	const many = 300
	for n := range many {
		if len(top.next) > 0 && (top.next["/image.jpg"] != n || top.next["//image"] != n) {
			t.Fatalf("after %d it begins at %v", n, top.next)
		}
		if _, err := top.free("", "Image.jpg"); err != nil {
			t.Fatal(err)
		}
		if _, err := top.Together("Image", ".heic"); err != nil {
			t.Fatal(err)
		}
	}
	if !top.taken[""]["image (300).jpg"] || !top.taken[""]["image (300).heic"] {
		t.Error("they have other names")
	}
}

// Somebody who puts a file there meanwhile keeps it.
func TestTakenMeanwhile(t *testing.T) {
	fsys := afero.NewMemMapFs()
	w, err := New(fsys, nil).Create("a.txt", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := afero.WriteFile(fsys, "/a.txt", []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("committed over it: %v", err)
	}
	if names, _ := afero.ReadDir(fsys, "/"); len(names) != 1 {
		t.Errorf("%d files are left", len(names))
	}
}

var hostile = template.Must(template.New("").Parse(`<p>{{.Text}}</p><a href="{{.Link}}"><img src="{{.Link}}"></a>`))

func TestPage(t *testing.T) {
	fsys := afero.NewMemMapFs()
	top := New(fsys, nil)
	chats, err := top.In("Messages", "Chats")
	if err != nil {
		t.Fatal(err)
	}
	p, err := chats.Page("Ada <script>", "<script>alert(1)</script>")
	if err != nil {
		t.Fatal(err)
	}
	if p.Name() != "Ada %3Cscript%3E.html" {
		t.Errorf("the page is %q", p.Name())
	}
	link := Link(p.Path(), "Messages/Attachments/javascript:a%41 \"b\".jpg")
	if err := p.Put(hostile, map[string]any{"Text": `"><script>alert(2)</script>`, "Link": link}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	data, err := afero.ReadFile(fsys, "/"+p.Path())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("<script")) || !bytes.Contains(data, []byte("default-src &#39;none&#39;")) && !bytes.Contains(data, []byte("default-src 'none'")) {
		t.Errorf("%s", data)
	}
	if want := `src="./../Attachments/javascript:a%2541%20%22b%22.jpg"`; !bytes.Contains(data, []byte(want)) || !strings.HasPrefix(path.Clean(p.Path()), "Messages/Chats/Ada") {
		t.Errorf("%s\nhas no %s", data, want)
	}
}
