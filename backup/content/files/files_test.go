package files

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
	"lifeboat/backup/keybag"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

var when = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)

const (
	scan  = "AppDomain-com.example.scanner"
	group = "AppDomainGroup-group.com.example.scanner"
	cafe  = "Caf\u00e9.txt"
	cafe2 = "Cafe\u0301.txt"
)

// kept are files by where they lie in a backup, and where they are exported to; "" are
// those of no person.
var kept = []struct{ domain, path, to string }{
	{scan, "Documents/Taxes/2025/Receipt 01.pdf", "Files of apps/com.example.scanner/Taxes/2025/Receipt 01.pdf"},
	{scan, "Library/Preferences/x.plist", ""},
	{group, "Documents/Shared.pdf", "Files of apps/com.example.scanner/Shared.pdf"},
	{group, "Library/Caches/x.sqlite", ""},
	{"AppDomainPlugin-com.example.scanner.widget", "Documents/x.txt", ""},
	{apps.OnMyPhone, apps.OnMyPhoneFolder + "/Boat/Log.csv", "On My iPhone/Boat/Log.csv"},
	{apps.OnMyPhone, apps.OnMyPhoneFolder + "/.hidden", "On My iPhone/.hidden"},
	{apps.OnMyPhone, "Library/x.db", ""},
	{"HomeDomain", mobile + "com~apple~CloudDocs/家族/年賀状.txt", "iCloud Drive/家族/年賀状.txt"},
	{"HomeDomain", mobile + "iCloud~com~example~writer/Documents/Novel/1.txt", "iCloud Drive/com.example.writer/Novel/1.txt"},
	{"HomeDomain", mobile + "iCloud~com~example~writer/cache.db", ""},
	{"HomeDomain", "Library/SMS/sms.db", ""},
	{apps.OnMyPhone, apps.OnMyPhoneFolder + "/" + cafe, "On My iPhone/Café.txt"},
	{apps.OnMyPhone, apps.OnMyPhoneFolder + "/" + cafe2, "On My iPhone/Café (2).txt"},
	{apps.OnMyPhone, apps.OnMyPhoneFolder + "/README.TXT", "On My iPhone/README.TXT"},
	{apps.OnMyPhone, apps.OnMyPhoneFolder + "/CON.txt", "On My iPhone/%43ON.txt"},
}

func phone() (p apps.Phone) {
	p.Now = when.AddDate(0, 1, 0)
	for i, f := range kept {
		p.Files = append(p.Files, apps.AppFile{Domain: f.domain, Path: f.path, Data: []byte(f.path), Changed: when.Add(time.Duration(i) * time.Minute)})
	}
	p.Files = append(p.Files,
		apps.AppFile{Domain: apps.OnMyPhone, Path: apps.OnMyPhoneFolder + "/.Trash/Old.txt", Data: []byte("old"), Changed: when},
		apps.AppFile{Domain: "HomeDomain", Path: mobile + "com~apple~CloudDocs/Letters/.Far.pages.icloud", Data: []byte("bplist"), Changed: when})
	return p
}

func TestThings(t *testing.T) {
	b := contenttest.Phone(t, apps.Shapes[0], phone(), apps.BuildFiles)
	got := map[string]kind.Thing{}
	for _, one := range contenttest.Things(t, Kind, b) {
		got[one.Ref] = one
	}
	wanted := 2
	for i, f := range kept {
		one, there := got[f.domain+"/"+f.path]
		if there != (f.to != "") {
			t.Errorf("%s: %v", f.path, there)
		}
		if !there {
			continue
		}
		wanted++
		if one.Title != f.path[strings.LastIndexByte(f.path, '/')+1:] || !one.Date.Equal(when.Add(time.Duration(i)*time.Minute)) || one.Bytes != int64(len(f.path)) || one.Presence != kind.Here {
			t.Errorf("%+v", one)
		}
	}
	if len(got) != wanted {
		t.Errorf("%d and not %d: %+v", len(got), wanted, got)
	}
	if one := got["HomeDomain/"+mobile+"com~apple~CloudDocs/Letters/.Far.pages.icloud"]; one.Presence != kind.Entry || one.Title != "Far.pages" || one.Text != "Letters/Far.pages" {
		t.Errorf("%+v", one)
	}
	if s, err := Kind.Look(t.Context(), b); err != nil || s.State != kind.Found || s.Deleted != 1 || s.Entry != 1 || s.Here != wanted-2 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := Kind.Look(t.Context(), contenttest.Open(t, "", content.Extra{Domain: "HomeDomain", Path: "Library/x", Data: []byte("x")})); err != nil || s.State != kind.None {
		t.Errorf("%+v, %v", s, err)
	}
}

// linked is a source with a link of the phone.
type linked struct{ content.Source }

func (l linked) Walk(visit func(content.File) error) error {
	if err := l.Source.Walk(visit); err != nil {
		return err
	}
	return visit(content.File{Domain: apps.OnMyPhone, Path: apps.OnMyPhoneFolder + "/way out", Kind: content.Symlink, Mode: 0o120755, Target: "/etc/passwd", ModTime: when})
}

func TestExport(t *testing.T) {
	var extra []content.Extra
	for _, f := range phone().Files {
		extra = append(extra, content.Extra{Domain: f.Domain, Path: f.Path, Data: f.Data, ModTime: f.Changed})
	}
	root := t.TempDir()
	backuptest.Make(t, root, linked{content.With(nothing{}, extra...)}, "secret")
	b, err := source.Open(context.Background(), afero.NewReadOnlyFs(afero.NewOsFs()), root, backuptest.UDID, 1, keybag.NewPassword("secret"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	fsys := afero.NewMemMapFs()
	folder := export.New(fsys, nil)
	if err := Kind.Export(t.Context(), b, folder, kind.Options{}); err != nil {
		t.Fatal(err)
	}
	wanted := 0
	for i, f := range kept {
		if f.to == "" {
			continue
		}
		wanted++
		data, err := afero.ReadFile(fsys, "/"+f.to)
		if strings.HasPrefix(f.to, "On My iPhone/Café") { // which of the two came first
			f.path = string(data)
			if !strings.HasSuffix(f.path, cafe) && !strings.HasSuffix(f.path, cafe2) {
				t.Errorf("%q", data)
			}
			continue
		}
		info, statErr := fsys.Stat("/" + f.to)
		if err != nil || statErr != nil || string(data) != f.path || !info.ModTime().Equal(when.Add(time.Duration(i)*time.Minute)) {
			t.Errorf("%s: %q, %v, %v", f.to, data, err, statErr)
		}
	}
	if n := folder.Done().Files; n != wanted {
		t.Errorf("%d files and not %d", n, wanted)
	}
	left, n := folder.Left()
	if n != 2 {
		t.Errorf("%+v", left)
	}
	for _, l := range left {
		if why := map[string]string{"On My iPhone/way out": "content.files.link", "iCloud Drive/Letters/Far.pages": "content.files.away"}[l.What]; l.Why.Key != why {
			t.Errorf("%+v", l)
		}
	}
}

// nothing is a phone without any file.
type nothing struct{}

func (nothing) Walk(func(content.File) error) error { return nil }

func (nothing) Open(content.File) (io.ReadCloser, error) { return nil, fs.ErrNotExist }

// TestNasty: whatever its name, each file is exported once, to the letter, into the
// folder.
func TestNasty(t *testing.T) {
	nasty := apps.Nasty()
	b := contenttest.Phone(t, apps.Shapes[0], nasty, apps.BuildFiles)
	wanted := map[string]int{}
	for _, f := range nasty.Files {
		if f.Domain != "HomeDomain" {
			wanted[string(f.Data)]++
		}
	}
	files, _ := contenttest.Export(t, Kind, b, kind.Options{})
	for name, data := range files {
		wanted[data]--
		for _, part := range strings.Split(name, "/") {
			if part == ".." || part == "." || part == "" || export.SafeName(part) != part && !strings.Contains(part, "%") {
				t.Errorf("%q", name)
			}
		}
	}
	for data, n := range wanted {
		if n != 0 {
			t.Errorf("%d of %q", n, data)
		}
	}
}

// TestDeep: folders without end come to an end, and no two files to one name.
func TestDeep(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"a.txt", "[]"}, {"/a.txt", "[]"}, {"a/b//c/d.txt", "[a b c]"}, {"../../a.txt", "[.. ..]"},
		{strings.Repeat("x/", 14) + "a", "[x x x x x x x x x x x x/x/x]"},
	} {
		if got := fmt.Sprint(folders(c.file)); got != c.want {
			t.Errorf("%s: %s", c.file, got)
		}
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.files.", ".") }
