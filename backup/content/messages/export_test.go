package messages

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/device/phonesim/content/apps"
)

// exported is a message as the file for programs has it.
type exported struct {
	ID, Date, Text, Event string
	Deleted               bool
	Attachments           []struct{ Name, Path, State string }
	Earlier               []struct{ Text string }
}

// parsed are the messages of the files for programs, by the folders.
func parsed(t *testing.T, files map[string]string) map[string][]exported {
	t.Helper()
	all := map[string][]exported{}
	for name, data := range files {
		if path.Ext(name) != ".json" {
			continue
		}
		var one struct{ Messages []exported }
		if err := json.Unmarshal([]byte(data), &one); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all[path.Dir(name)] = one.Messages
	}
	return all
}

var zone = time.FixedZone("Lisbon", 3600)

// All that is exported equals what is on the phone: texts to the letter, dates to the
// second, files to the byte.
func TestExportEqualsSource(t *testing.T) {
	for _, password := range []string{"", "Grüße"} {
		phone := apps.Nasty()
		b := contenttest.Open(t, password, contenttest.Files(t, apps.IOS26, phone, apps.BuildMessages, apps.BuildContacts)...)
		files, folder := contenttest.Export(t, Kind, b, kind.Options{Zone: zone, Deleted: true})
		got, dirs := map[string]exported{}, map[string]string{}
		for dir, messages := range parsed(t, files) {
			for _, m := range messages {
				got[m.ID], dirs[m.ID] = m, dir
			}
		}
		absent := 0
		for _, c := range phone.In(apps.IOS26).Chats {
			for _, m := range c.Messages {
				w, there := got[m.GUID]
				if !there || w.Text != said(m.Text) || w.Date != m.Date.In(zone).Format(time.RFC3339) || w.Deleted != !m.Deleted.IsZero() || len(w.Earlier) != len(m.Earlier) || (w.Event != "") != (m.Event != nil || m.App != "") {
					t.Errorf("%s is %.200v", m.GUID, w)
				}
				if !inPage(files, dirs[m.GUID], w.Text) || !inTable(t, files, dirs[m.GUID], w.Text) {
					t.Errorf("%s: %.100q is not on the page, or not in the table", m.GUID, w.Text)
				}
				for i, a := range m.Attachments {
					f := w.Attachments[i]
					if a.Absent {
						if absent++; f.Path != "" || f.State != "absent" {
							t.Errorf("%s: what is not there is %+v", m.GUID, f)
						}
						continue
					}
					if data := files[path.Join(dirs[m.GUID], f.Path)]; data != string(a.Data) || f.State != "here" {
						t.Errorf("%s: %q has %d bytes, not %d: %+v", m.GUID, a.Name, len(data), len(a.Data), f)
					}
				}
			}
		}
		if _, n := folder.Left(); n != absent || absent == 0 {
			t.Errorf("%d were left out, not %d", n, absent)
		}
		checkSafe(t, files)
	}
}

// inPage and inTable report whether a text stands in a page of this folder, or in its table.
func inPage(files map[string]string, dir, text string) bool {
	for name, data := range files {
		if path.Dir(name) == dir && path.Ext(name) == ".html" && strings.Contains(html.UnescapeString(data), text) {
			return true
		}
	}
	return false
}

func inTable(t *testing.T, files map[string]string, dir, text string) bool {
	for name, data := range files {
		if path.Dir(name) != dir || path.Ext(name) != ".csv" {
			continue
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(data, "\uFEFF"))).ReadAll()
		if err != nil {
			t.Error(name, err)
		}
		return text == "" || slices.ContainsFunc(rows, func(r []string) bool { return r[3] == text })
	}
	return false
}

var (
	tags  = regexp.MustCompile(`<[a-z][^>]*>`)
	links = regexp.MustCompile(`(?:src|href)="([^"]*)"`)
)

// checkSafe: no page has a tag that is not ours, and its links lead to files of the
// export that exist, and that cannot run anything.
func checkSafe(t *testing.T, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.Contains(name, "..") && strings.Contains("/"+name+"/", "/../") {
			t.Errorf("%q leads out", name)
		}
		if path.Ext(name) != ".html" {
			continue
		}
		page := files[name]
		for _, tag := range tags.FindAllString(page, -1) {
			if strings.Contains(tag, "script") && !strings.Contains(tag, "alt=") || strings.Contains(tag, "onerror") || strings.Contains(strings.ToLower(tag), "javascript:") {
				t.Errorf("%s has %s", name, tag)
			}
		}
		if strings.Contains(page, "<script") || !strings.Contains(page, "Content-Security-Policy") {
			t.Errorf("%s can run something", name)
		}
		for _, link := range links.FindAllStringSubmatch(page, -1) {
			to := html.UnescapeString(link[1])
			if strings.HasPrefix(to, "https://") {
				continue
			}
			unescaped, err := url.PathUnescape(to)
			if _, there := files[path.Join(path.Dir(name), unescaped)]; err != nil || !there {
				t.Errorf("%s links to %q, which is not there", name, to)
			}
		}
	}
}

// Without asking for them nobody gets what was deleted; and one message alone can be taken.
func TestExportOptions(t *testing.T) {
	phone := apps.Nasty()
	b := contenttest.Phone(t, apps.IOS18, phone, apps.BuildMessages, apps.BuildContacts)
	files, _ := contenttest.Export(t, Kind, b, kind.Options{Zone: zone})
	for name, data := range files {
		if strings.Contains(data, "In Recently Deleted") {
			t.Errorf("%s has what was deleted", name)
		}
	}
	folders := map[string]bool{}
	for name := range files {
		folder, _, _ := strings.Cut(name, "/")
		folders[folder] = true
	}
	var got []string
	for f := range folders {
		got = append(got, f)
	}
	slices.Sort(got)
	if len(got) != 8 || !slices.Contains(got, "Messages.html") || !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, "Two of one name (") }) {
		t.Errorf("%q", got)
	}
	one, _ := contenttest.Export(t, Kind, b, kind.Options{Only: func(ref string) bool { return strings.HasSuffix(ref, "000000000002") }})
	if messages := parsed(t, one); len(messages) != 1 || len(one) != 4 {
		t.Errorf("%d conversations in %d files", len(messages), len(one))
	}
	if none, _ := contenttest.Export(t, Kind, b, kind.Options{Only: func(string) bool { return false }}); len(none) != 0 {
		t.Errorf("of no message: %d files", len(none))
	}
}
