package safari

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Visit is a page that was looked at once. Texts are untrusted.
type Visit struct {
	URL, Title string
	Date       time.Time
	// Profile is the id of the profile, "" for that of everybody.
	Profile string
	// Elsewhere: on another device of the same person.
	Elsewhere bool
	// Failed: the page did not load.
	Failed bool
}

// history is one database of visits.
type history struct {
	*source.Database
	profile string
	join    string
}

func openHistory(ctx context.Context, b *source.Backup, f source.File, profile string) (*history, error) {
	d, err := b.DatabaseOf(ctx, f)
	if err != nil {
		return nil, err
	}
	if !d.Has("history_visits", "history_item", "visit_time") {
		d.Close()
		return nil, fmt.Errorf("%s: no table of visits: %w", f.Path, source.ErrDamaged)
	}
	h := &history{Database: d, profile: profile, join: ` FROM "history_visits" v`}
	if d.Has("history_items", "id", "url") {
		h.join += ` LEFT JOIN "history_items" i ON ` + d.Column("i", "history_items", "id") + ` = ` + d.Column("v", "history_visits", "history_item")
	}
	return h, nil
}

func (h *history) url() string {
	if h.Has("history_items", "id", "url") {
		return h.Column("i", "history_items", "url")
	}
	return "NULL"
}

func (h *history) column(name string) string { return h.Column("v", "history_visits", name) }

// moment is the time of a visit: seconds since 2001, and on newer phones since 1970.
func moment(seconds float64) time.Time {
	if seconds > 978_307_200 {
		return kind.Unix(seconds)
	}
	return kind.Cocoa(seconds)
}

// visits visits each visit, the oldest first.
func (h *history) visits(ctx context.Context, visit func(Visit) error) error {
	return h.Each(ctx, func(rows *sql.Rows) error {
		var url, title source.Text
		var at source.Real
		var origin, loaded source.Int
		if err := rows.Scan(&at, &url, &title, &origin, &loaded); err != nil {
			return err
		}
		return visit(Visit{URL: string(url), Title: string(title), Date: moment(float64(at)), Profile: h.profile, Elsewhere: origin == 1, Failed: loaded == 0})
	}, `SELECT `+h.column("visit_time")+`, `+h.url()+`, `+h.column("title")+`, `+h.column("origin")+`, COALESCE(`+h.column("load_successful")+`, 1)`+h.join+` ORDER BY 1`)
}

// pages visits each page once, with its last visit.
func (h *history) pages(ctx context.Context, visit func(Visit) error) error {
	return h.Each(ctx, func(rows *sql.Rows) error {
		var url, title source.Text
		var at source.Real
		if err := rows.Scan(&at, &url, &title); err != nil {
			return err
		}
		return visit(Visit{URL: string(url), Title: string(title), Date: moment(float64(at)), Profile: h.profile})
	}, `SELECT max(`+h.column("visit_time")+`), `+h.url()+`, `+h.column("title")+h.join+` GROUP BY `+h.column("history_item")+` ORDER BY 1`)
}

// page is a visit as the page that was visited.
func (v Visit) page() kind.Thing {
	t := kind.Thing{Ref: "page " + v.Profile + " " + v.URL, Title: v.Title, Text: v.URL, Date: v.Date}
	if t.Title == "" {
		t.Title = v.URL
	}
	return t
}
