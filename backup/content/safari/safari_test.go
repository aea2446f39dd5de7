package safari

import (
	"encoding/csv"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

var (
	when   = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)
	oldest = apps.Shapes[0]
	newest = apps.Shapes[len(apps.Shapes)-1]
)

var phone = apps.Phone{Now: when.AddDate(0, 1, 0), WAL: true, Safari: apps.Safari{
	Bookmarks: []apps.Bookmark{
		{ID: 10, Parent: apps.BookmarksBar, Title: "Weather & wind", URL: "https://example.org/weather?place=lake&units=metric"},
		{ID: 12, Parent: apps.BookmarksMenu, Folder: true, Title: "Boat <new>"},
		{ID: 13, Parent: 12, Title: "Tides", URL: "https://example.com/tides#today"},
		{ID: 14, Parent: 12, Folder: true, Title: "Repairs"},
		{ID: 16, Parent: 14, Title: "ニスの塗り方", URL: "https://example.net/%E3%83%8B"},
		{ID: 17, Parent: apps.BookmarksMenu, Title: "Read aloud", URL: "javascript:speak()"},
		{ID: 18, Parent: apps.BookmarksMenu, Title: "Old shop", URL: "http://example.com/shop", Deleted: true},
		{ID: 19, Parent: apps.BookmarksMenu, Folder: true, Title: "com.apple.WebFilter", Special: 4, Hidden: true},
		{ID: 20, Parent: 19, Title: "Allowed", URL: "https://example.org/kids", Hidden: true},
		{ID: 30, Parent: apps.ReadingList, Title: "The keeper", URL: "https://example.org/read/1", Added: when, Seen: when.AddDate(0, 0, 1), Preview: "It begins <b>so</b>"},
	},
	Visits: []apps.Visit{
		{URL: "https://example.org/a", Title: "A", At: when}, {URL: "https://example.org/b", Title: "=B()", At: when.Add(time.Minute), Elsewhere: true},
		{URL: "https://example.org/a", Title: "A, later", At: when.Add(2*time.Minute + 500*time.Millisecond)}, {URL: "https://example.org/c", At: when.Add(3 * time.Minute), Failed: true},
	},
	Profiles: []apps.SafariProfile{{ID: "0F11E000", Visits: []apps.Visit{{URL: "https://example.org/a", Title: "Work", At: when.Add(time.Hour)}}}},
}}

// flat are the bookmarks of a list, each with the folders that it lies in.
func flat(list []*Bookmark) (all []string) {
	var in []string
	_ = walk(list, func(s step) error {
		switch {
		case s.ends:
			in = in[:len(in)-1]
		case s.Folder:
			in = append(in, s.Title)
		default:
			all = append(all, fmt.Sprintf("%s/%s %s %v", strings.Join(in, "/"), s.Title, s.URL, s.Deleted))
		}
		return nil
	})
	return all
}

func TestShapes(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			b := contenttest.Phone(t, shape, phone, apps.BuildSafari)
			var marks Bookmarks
			var visits []Visit
			notes, err := read(t.Context(), b, func(all Bookmarks) error { marks = all; return nil }, func(h *history) error {
				return h.visits(t.Context(), func(v Visit) error { visits = append(visits, v); return nil })
			})
			if err != nil || len(notes) != 0 {
				t.Fatalf("%v, %+v", err, notes)
			}
			want := "[/Weather & wind https://example.org/weather?place=lake&units=metric false]" +
				"[Boat <new>/Tides https://example.com/tides#today false Boat <new>/Repairs/ニスの塗り方 https://example.net/%E3%83%8B false" +
				" /Read aloud javascript:speak() false /Old shop http://example.com/shop true][/The keeper https://example.org/read/1 false]"
			if got := fmt.Sprint(flat(marks.Bar), flat(marks.Menu), flat(marks.ReadingList)); strings.ReplaceAll(got, "] [", "][") != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if r := marks.ReadingList[0]; !r.Added.Equal(when) || r.Preview != "It begins <b>so</b>" {
				t.Errorf("%+v", r)
			}
			wanted := map[string]int{}
			for _, v := range phone.In(shape).Safari.Visits {
				wanted[fmt.Sprint(Visit{v.URL, v.Title, v.At, "", v.Elsewhere, v.Failed})]++
			}
			for _, p := range phone.In(shape).Safari.Profiles {
				for _, v := range p.Visits {
					wanted[fmt.Sprint(Visit{v.URL, v.Title, v.At, p.ID, v.Elsewhere, v.Failed})]++
				}
			}
			for _, v := range visits {
				v.Date = v.Date.Round(time.Millisecond)
				wanted[fmt.Sprint(v)]--
			}
			for v, n := range wanted {
				if n != 0 {
					t.Errorf("%d of %s", n, v)
				}
			}
			pages := 3
			if shape != oldest && shape != apps.IOS15 {
				pages++
			}
			s, err := Kind.Look(t.Context(), b)
			if err != nil || s.State != kind.Found || s.Here != 5+pages || s.Deleted != 1 || s.Hidden != 0 {
				t.Errorf("%+v, %v", s, err)
			}
			for _, one := range contenttest.Things(t, Kind, b) {
				if one.Ref == "page  https://example.org/a" && (one.Title != "A, later" || one.Date.Round(time.Second) != when.Add(2*time.Minute+time.Second)) {
					t.Errorf("%+v", one)
				}
			}
		})
	}
}

func TestExport(t *testing.T) {
	b := contenttest.Phone(t, newest, phone, apps.BuildSafari)
	files, folder := contenttest.Export(t, Kind, b, kind.Options{Zone: time.UTC})
	page := files["Bookmarks.html"]
	for _, want := range []string{
		"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n", "default-src 'none'", "<DT><H3>Favourites</H3>\n<DL><p>\n<DT><A HREF=\"https://example.org/weather?place=lake&amp;units=metric\">Weather &amp; wind</A>\n</DL><p>\n",
		"<DT><H3>Boat &lt;new&gt;</H3>\n<DL><p>\n<DT><A HREF=\"https://example.com/tides#today\">Tides</A>\n<DT><H3>Repairs</H3>\n<DL><p>\n<DT><A HREF=\"https://example.net/%E3%83%8B\">ニスの塗り方</A>\n</DL><p>\n</DL><p>\n",
		"<DT><A>Read aloud</A>\n<DD>javascript:speak()\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	for _, not := range []string{"Old shop", "WebFilter", "kids"} {
		if strings.Contains(page, not) {
			t.Errorf("%s in\n%s", not, page)
		}
	}
	if want := fmt.Sprintf("<DT><A HREF=\"https://example.org/read/1\" ADD_DATE=\"%d\">The keeper</A>\n<DD>It begins &lt;b&gt;so&lt;/b&gt;\n", when.Unix()); !strings.Contains(files["Reading List.html"], want) {
		t.Errorf("%s", files["Reading List.html"])
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["History.csv"], "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 6 {
		t.Fatalf("%q, %v", files["History.csv"], err)
	}
	if got := strings.Join(rows[2], "|"); got != "2026-03-01 10:21:30 +00:00|'=B()|https://example.org/b|another device|yes|" {
		t.Error(got)
	}
	if got := strings.Join(rows[5], "|"); got != "2026-03-01 11:20:30 +00:00|Work|https://example.org/a|this phone|yes|0F11E000" {
		t.Error(got)
	}
	if left, n := folder.Left(); n != 1 || left[0].What != "Read aloud" {
		t.Errorf("%+v", left)
	}
	files, _ = contenttest.Export(t, Kind, b, kind.Options{Deleted: true, Only: func(ref string) bool { return ref == "bookmark bookmark-18" }})
	if len(files) != 1 || !strings.Contains(files["Bookmarks.html"], `<A HREF="http://example.com/shop">Old shop</A>`) {
		t.Errorf("%q", files)
	}
}

// TestHarm: backups without a password have no history; what is damaged is said, and
// the rest is there.
func TestHarm(t *testing.T) {
	p := phone
	p.Harm.NoFile = []string{"History.db"}
	s, err := Kind.Look(t.Context(), contenttest.Phone(t, oldest, p, apps.BuildSafari))
	if err != nil || s.State != kind.Found || s.Here != 5 || len(s.Notes) != 1 || s.Notes[0].Text.Key != "content.safari.no-history" {
		t.Errorf("%+v, %v", s, err)
	}
	for _, shape := range []apps.Shape{oldest, newest} {
		p.WAL = false
		p.Harm = apps.Harm{Corrupt: []string{"Bookmarks.db"}, Missing: []string{"history_visits.title", "history_visits.origin", "history_visits.load_successful"}}
		s, err := Kind.Look(t.Context(), contenttest.Phone(t, shape, p, apps.BuildSafari))
		if err != nil || s.State != kind.Found || s.Here < 3 || len(s.Notes) != 1 || !s.Notes[0].Partial {
			t.Errorf("%+v, %v", s, err)
		}
	}
	p.Harm = apps.Harm{Missing: []string{"history_visits", "bookmarks.external_uuid", "bookmarks.order_index", "bookmarks.extra_attributes"}}
	if s, err := Kind.Look(t.Context(), contenttest.Phone(t, oldest, p, apps.BuildSafari)); err != nil || s.Here != 5 || len(s.Notes) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	bad := []content.Extra{{Domain: "HomeDomain", Path: "Library/Safari/Bookmarks.db", Data: []byte("no database")}, {Domain: "HomeDomain", Path: "Library/Safari/History.db", Data: []byte("nor this")}}
	if _, err := Kind.Things(t.Context(), contenttest.Open(t, "", bad...), func(kind.Thing) error { return nil }); !errors.Is(err, source.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
	if s, err := Kind.Look(t.Context(), contenttest.Open(t, "")); err != nil || s.State != kind.None {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestNasty: folders that lie in each other end, no bookmark is lost, and none of what
// is written leads to what runs.
func TestNasty(t *testing.T) {
	nasty := apps.Nasty()
	b := contenttest.Phone(t, newest, nasty, apps.BuildSafari)
	leaves := 0
	for _, m := range nasty.Safari.Bookmarks {
		if !m.Folder {
			leaves++
		}
	}
	got := 0
	for _, one := range contenttest.Things(t, Kind, b) {
		if strings.HasPrefix(one.Ref, "bookmark ") {
			got++
		}
	}
	if got != leaves {
		t.Errorf("%d of %d bookmarks", got, leaves)
	}
	files, _ := contenttest.Export(t, Kind, b, kind.Options{})
	page := files["Bookmarks.html"]
	if opened, closed := strings.Count(page, "<DL>"), strings.Count(page, "</DL>"); opened != closed || opened < deepest {
		t.Errorf("%d and %d", opened, closed)
	}
	for _, href := range regexp.MustCompile(`HREF="([^"]*)"`).FindAllStringSubmatch(page+files["Reading List.html"], -1) {
		if u := html.UnescapeString(href[1]); !strings.HasPrefix(u, "https://example.org/") {
			t.Errorf("%.100q", u)
		}
	}
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
		if !regexp.MustCompile(`^<(!DOCTYPE|META|/?TITLE|/?H1|/?DL|p|DT|/?H3|DD|/?A)\b`).MatchString(tag) {
			t.Errorf("%.100q", tag)
		}
	}
	for _, want := range []string{"https://example.org/lost", "https://example.org/orphan", "https://example.org/leaf", "https://example.org/bottom"} {
		if !strings.Contains(page, `HREF="`+want+`"`) {
			t.Errorf("no %s", want)
		}
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.safari.", ".") }
