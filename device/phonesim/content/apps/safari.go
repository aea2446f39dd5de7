package apps

import (
	"fmt"
	"slices"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// Safari is what the browser keeps.
type Safari struct {
	Bookmarks []Bookmark
	Visits    []Visit
	// Profiles are further histories (iOS 17 and later).
	Profiles []SafariProfile
}

// The numbers of the bookmarks that are always there: the top, the bar
// (Favourites), the menu and the Reading List. Those of a person begin after
// them.
const (
	BookmarksTop  = 0
	BookmarksBar  = 1
	BookmarksMenu = 2
	ReadingList   = 3
	firstBookmark = 10
)

// Bookmark is a bookmark or a folder of them. A folder comes before or after
// what it holds.
type Bookmark struct {
	// ID is its number, from 10. Parent is that of its folder.
	ID, Parent int
	Folder     bool
	Title, URL string
	// Added, Seen and Preview are kept of what is on the Reading List.
	Added, Seen     time.Time
	Preview         string
	Deleted, Hidden bool
	// Special is 4 for a list of pages that parents allow or forbid, else 0.
	Special int
	// Raw stands in place of the property list with Added and Preview.
	Raw []byte
}

// Visit is a page that was looked at. Sites are counted by their URL.
type Visit struct {
	URL, Title string
	At         time.Time
	// Elsewhere is a visit on another device of the same person.
	Elsewhere bool
	// Failed is a page that did not load.
	Failed bool
}

// SafariProfile is a profile with a history of its own.
type SafariProfile struct {
	// ID names its folder, such as a UUID.
	ID     string
	Visits []Visit
}

const bookmarksTables = `
bookmarks
  id INTEGER PRIMARY KEY
  special_id INTEGER DEFAULT 0
  parent INTEGER
  type INTEGER
  subtype INTEGER DEFAULT 0 | 15-
  title TEXT
  url TEXT COLLATE NOCASE
  num_children INTEGER DEFAULT 0
  editable INTEGER DEFAULT 1
  deletable INTEGER DEFAULT 1
  hidden INTEGER DEFAULT 0
  hidden_ancestor_count INTEGER DEFAULT 0
  order_index INTEGER NOT NULL
  external_uuid TEXT UNIQUE
  read INTEGER
  last_modified REAL
  server_id TEXT
  sync_key TEXT
  sync_data BLOB
  added INTEGER DEFAULT 1
  deleted INTEGER DEFAULT 0
  extra_attributes BLOB
  local_attributes BLOB
  archive_status INTEGER DEFAULT 0
  syncable INTEGER DEFAULT 1
  web_filter_status INTEGER DEFAULT 0
folder_ancestors
  id INTEGER PRIMARY KEY
  folder_id INTEGER NOT NULL
  ancestor_id INTEGER NOT NULL
index parent_index bookmarks(parent)
`

const historyTables = `
history_items
  id INTEGER PRIMARY KEY AUTOINCREMENT
  url TEXT NOT NULL UNIQUE
  domain_expansion TEXT
  visit_count INTEGER NOT NULL
  daily_visit_counts BLOB
  weekly_visit_counts BLOB
  autocomplete_triggers BLOB
  should_recompute_derived_visit_counts INTEGER NOT NULL DEFAULT 0
  visit_count_score INTEGER NOT NULL DEFAULT 0
  status_code INTEGER NOT NULL DEFAULT 0 | 14-
history_visits
  id INTEGER PRIMARY KEY AUTOINCREMENT
  history_item INTEGER NOT NULL
  visit_time REAL NOT NULL
  title TEXT
  load_successful BOOLEAN NOT NULL DEFAULT 1
  http_non_get BOOLEAN NOT NULL DEFAULT 0
  synthesized BOOLEAN NOT NULL DEFAULT 0
  redirect_source INTEGER
  redirect_destination INTEGER
  origin INTEGER NOT NULL DEFAULT 0
  generation INTEGER NOT NULL DEFAULT 0
  attributes INTEGER NOT NULL DEFAULT 0
  score INTEGER NOT NULL DEFAULT 0
history_tombstones
  id INTEGER PRIMARY KEY AUTOINCREMENT
  start_time REAL NOT NULL
  end_time REAL NOT NULL
  url TEXT
index history_visits__last_visit history_visits(history_item, visit_time)
`

const safariFolder = "Library/Safari"

// BuildSafari makes the databases of Safari: bookmarks with the Reading List,
// and one history for each profile.
func BuildSafari(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	all, err := phone.build(shape, store{homeDomain, safariFolder + "/Bookmarks.db", bookmarksTables, phone.Safari.fillBookmarks})
	if err != nil {
		return nil, err
	}
	history := func(name string, visits []Visit) error {
		files, err := phone.build(shape, store{homeDomain, name, historyTables, func(d *database) { fillHistory(d, visits) }})
		all = append(all, files...)
		return err
	}
	if err := history(safariFolder+"/History.db", phone.Safari.Visits); err != nil {
		return nil, err
	}
	if !shape.since(17) {
		return all, nil
	}
	for _, p := range phone.Safari.Profiles {
		if err := history(safariFolder+"/Profiles/"+p.ID+"/History.db", p.Visits); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s Safari) fillBookmarks(d *database) {
	folder := func(id, special int, title string) {
		parent := any(BookmarksTop)
		if id == BookmarksTop {
			parent = nil
		}
		d.insert("bookmarks", row{"id": id, "special_id": special, "parent": parent, "type": 1, "title": title, "order_index": id, "editable": 0,
			"deletable": 0, "external_uuid": title})
	}
	folder(BookmarksTop, 0, "Root")
	folder(BookmarksBar, 1, "BookmarksBar")
	folder(BookmarksMenu, 2, "BookmarksMenu")
	folder(ReadingList, 3, "com.apple.ReadingList")
	children := map[int]int{}
	for _, b := range s.Bookmarks {
		children[b.Parent]++
	}
	for i, b := range s.Bookmarks {
		if i == len(s.Bookmarks)-1 {
			d.newest()
		}
		r := row{"id": b.ID, "special_id": b.Special, "parent": b.Parent, "type": flag(b.Folder), "title": b.Title, "url": optional(b.URL),
			"num_children": children[b.ID], "hidden": flag(b.Hidden), "deleted": flag(b.Deleted), "order_index": i,
			"external_uuid": fmt.Sprintf("bookmark-%d", b.ID)}
		if b.Parent == ReadingList {
			r["extra_attributes"], r["read"] = b.readingList(d), flag(!b.Seen.IsZero())
		}
		if b.Raw != nil {
			r["extra_attributes"] = b.Raw
		}
		d.insert("bookmarks", r)
	}
}

// readingList is the property list that goes with an entry of the Reading List.
func (b Bookmark) readingList(d *database) []byte {
	entry := map[string]any{"DateAdded": b.Added.UTC()}
	if !b.Seen.IsZero() {
		entry["DateLastViewed"] = b.Seen.UTC()
	}
	if b.Preview != "" {
		entry["PreviewText"] = b.Preview
	}
	data, err := plist.Marshal(map[string]any{"com.apple.ReadingList": entry}, plist.BinaryFormat)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("reading list: %w", err)
	}
	return data
}

// fillHistory counts each page once, and has a row for each visit. Times are
// seconds since 2001, and since iOS 26 those since 1970.
func fillHistory(d *database, visits []Visit) {
	visits = slices.Clone(visits)
	slices.SortStableFunc(visits, func(a, b Visit) int { return a.At.Compare(b.At) })
	items, counts := map[string]int{}, map[string]int{}
	for _, v := range visits {
		counts[v.URL]++
	}
	for i, v := range visits {
		if i == len(visits)-1 {
			d.newest()
		}
		if items[v.URL] == 0 {
			items[v.URL] = len(items) + 1
			d.insert("history_items", row{"id": items[v.URL], "url": v.URL, "visit_count": counts[v.URL], "visit_count_score": 100 * counts[v.URL], "status_code": 200})
		}
		at := float64(v.At.UnixMilli())/1000 - cocoaEpoch
		if d.shape.since(26) {
			at += cocoaEpoch
		}
		d.insert("history_visits", row{"id": i + 1, "history_item": items[v.URL], "visit_time": at, "title": optional(v.Title),
			"load_successful": flag(!v.Failed), "origin": flag(v.Elsewhere)})
	}
}

// narrowSafari takes out what was not there before iOS 17: profiles.
func narrowSafari(shape Shape, phone *Phone) {
	if !shape.since(17) {
		phone.Safari.Profiles = nil
	}
}
