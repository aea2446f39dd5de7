package safari

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/safeplist"
)

// Bookmark is a bookmark, a page of the Reading List, or a folder of them. Texts are
// untrusted.
type Bookmark struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref, Title, URL string
	// Folder has Children, in the person's order. No folder lies in itself, but folders
	// may lie in each other as deep as there are any.
	Folder   bool
	Children []*Bookmark
	// Added and Preview are kept of pages of the Reading List; zero if not.
	Added           time.Time
	Preview         string
	Deleted, Hidden bool

	id, parent int64
	special    int64
	reached    bool
}

// Bookmarks are all bookmarks of a phone.
type Bookmarks struct {
	// Bar are the Favourites, Menu all others, with those whose folder is not there.
	Bar, Menu, ReadingList []*Bookmark
}

// What special_id says of a folder.
const (
	specialBar         = 1
	specialMenu        = 2
	specialReadingList = 3
	specialFilter      = 4 // pages that parents allow or forbid
)

// mostBookmarks bounds how many are read, longestEntry what is kept of the Reading List
// for each, in bytes.
const (
	mostBookmarks = 1_000_000
	longestEntry  = 1 << 20
)

func readBookmarks(ctx context.Context, b *source.Backup, f source.File) (all Bookmarks, err error) {
	const table = "bookmarks"
	d, err := b.DatabaseOf(ctx, f, table, "id", "url")
	if err != nil {
		return all, err
	}
	defer d.Close()
	column := func(name string) string { return d.Column("b", table, name) }
	extra := column("extra_attributes")
	var rows []*Bookmark
	var m Bookmark
	var form int64
	var entry []byte
	err = d.Scan(ctx, []any{&m.id, &m.parent, &entry, &form, &m.special, &m.Deleted, &m.Hidden, &m.Ref, &m.Title, &m.URL}, func() error {
		one := m
		one.Folder = form == 1
		if one.Ref == "" {
			one.Ref = fmt.Sprintf("%d %s", one.id, one.URL)
		}
		one.Ref = "bookmark " + one.Ref
		one.listed(entry)
		if len(rows) < mostBookmarks {
			rows = append(rows, &one)
		}
		return nil
	}, `SELECT `+column("id")+`, COALESCE(`+column("parent")+`, -1), CASE WHEN length(`+extra+`) <= `+fmt.Sprint(longestEntry)+` THEN `+extra+` END, `+
		d.Columns("b", table, "type", "special_id", "deleted", "hidden", "external_uuid", "title", "url")+` FROM "`+table+`" b ORDER BY `+column("order_index")+`, 1`)
	return grow(rows), err
}

// listed reads what the Reading List keeps of a page.
func (m *Bookmark) listed(entry []byte) {
	if len(entry) == 0 {
		return
	}
	all, err := safeplist.Dict(entry)
	if err != nil {
		return
	}
	kept, _ := all["com.apple.ReadingList"].(map[string]any)
	m.Added, _ = kept["DateAdded"].(time.Time)
	preview, _ := kept["PreviewText"].(string)
	m.Preview = strings.ToValidUTF8(preview, "\uFFFD")
}

// grow puts rows into their folders. Who says that its folder is none, is not there,
// or lies in itself, stands at the top: nothing is lost.
func grow(rows []*Bookmark) Bookmarks {
	byID := make(map[int64]*Bookmark, len(rows))
	for _, one := range rows {
		if byID[one.id] == nil {
			byID[one.id] = one
		}
	}
	var tops []*Bookmark
	for _, one := range rows {
		if in := byID[one.parent]; in != nil && in.Folder && in != one {
			in.Children = append(in.Children, one)
		} else {
			tops = append(tops, one)
		}
	}
	reach(tops)
	for _, one := range rows { // folders that lie in each other, round and round
		if one.reached {
			continue
		}
		in := byID[one.parent]
		in.Children = slices.DeleteFunc(in.Children, func(child *Bookmark) bool { return child == one })
		tops = append(tops, one)
		reach([]*Bookmark{one})
	}
	var all Bookmarks
	var sort func(list []*Bookmark, deep int)
	sort = func(list []*Bookmark, deep int) {
		for _, one := range list {
			switch {
			case !one.Folder:
				all.Menu = append(all.Menu, one)
			case one.special == specialFilter:
			case one.special == specialBar:
				all.Bar = append(all.Bar, one.Children...)
			case one.special == specialMenu:
				all.Menu = append(all.Menu, one.Children...)
			case one.special == specialReadingList:
				all.ReadingList = append(all.ReadingList, one.Children...)
			case one.id == 0 && deep == 0: // the top of all
				sort(one.Children, deep+1)
			default:
				all.Menu = append(all.Menu, one)
			}
		}
	}
	sort(tops, 0)
	return all
}

// reach marks all that lies in some folders.
func reach(list []*Bookmark) {
	list = slices.Clone(list)
	for len(list) > 0 {
		one := list[len(list)-1]
		list = list[:len(list)-1]
		if !one.reached {
			one.reached = true
			list = append(list, one.Children...)
		}
	}
}

// step is one that a walk comes by.
type step struct {
	*Bookmark
	// deep is how many folders it lies in; in is the title of the last, "" for none.
	deep int
	in   string
	// ends is the end of a folder, which a walk comes by after what lies in it.
	ends bool
}

// walk visits bookmarks and folders from the top, without going deep itself. What is on
// a list of parents is none of a person's.
func walk(list []*Bookmark, visit func(step) error) error {
	var stack []step
	push := func(list []*Bookmark, deep int, in string) {
		for i := len(list) - 1; i >= 0; i-- {
			stack = append(stack, step{Bookmark: list[i], deep: deep, in: in})
		}
	}
	push(list, 0, "")
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if s.special == specialFilter {
			continue
		}
		if err := visit(s); err != nil {
			return err
		}
		if s.Folder && !s.ends {
			stack = append(stack, step{Bookmark: s.Bookmark, deep: s.deep, in: s.in, ends: true})
			push(s.Children, s.deep+1, s.Title)
		}
	}
	return nil
}

func (s step) thing() kind.Thing {
	return kind.Thing{Ref: s.Ref, Title: s.Title, Where: s.in, Text: s.URL + "\n" + s.Preview, Date: s.Added, Deleted: s.Deleted, Hidden: s.Hidden}
}
