package safari

import (
	"cmp"
	"context"
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
	profile   string
	url, join string // of a query
}

func openHistory(ctx context.Context, b *source.Backup, f source.File, profile string) (*history, error) {
	d, err := b.DatabaseOf(ctx, f, "history_visits", "history_item", "visit_time")
	if err != nil {
		return nil, err
	}
	h := &history{Database: d, profile: profile, url: "NULL", join: ` FROM "history_visits" v`}
	if d.Has("history_items", "id", "url") {
		h.url = d.Column("i", "history_items", "url")
		h.join += ` LEFT JOIN "history_items" i ON ` + d.Column("i", "history_items", "id") + ` = v.history_item`
	}
	return h, nil
}

// moment is the time of a visit: seconds since 2001, and on newer phones since 1970.
func moment(seconds float64) time.Time {
	if seconds > 978_307_200 {
		return kind.Unix(seconds)
	}
	return kind.Cocoa(seconds)
}

// visits visits each visit, the oldest first.
func (h *history) visits(ctx context.Context, visit func(Visit) error) error {
	v := Visit{Profile: h.profile}
	var at float64
	var origin int64
	var loaded bool
	return h.Scan(ctx, []any{&at, &v.URL, &v.Title, &origin, &loaded}, func() error {
		v.Date, v.Elsewhere, v.Failed = moment(at), origin == 1, !loaded
		return visit(v)
	}, `SELECT v.visit_time, `+h.url+`, `+h.Columns("v", "history_visits", "title", "origin")+`, COALESCE(`+h.Column("v", "history_visits", "load_successful")+`, 1)`+h.join+` ORDER BY 1`)
}

// pages visits each page once, with its last visit.
func (h *history) pages(ctx context.Context, visit func(Visit) error) error {
	v := Visit{Profile: h.profile}
	var at float64
	return h.Scan(ctx, []any{&at, &v.URL, &v.Title}, func() error {
		v.Date = moment(at)
		return visit(v)
	}, `SELECT max(v.visit_time), `+h.url+`, `+h.Column("v", "history_visits", "title")+h.join+` GROUP BY v.history_item ORDER BY 1`)
}

// page is a visit as the page that was visited.
func (v Visit) page() kind.Thing {
	return kind.Thing{Ref: "page " + v.Profile + " " + v.URL, Title: cmp.Or(v.Title, v.URL), Text: v.URL, Date: v.Date}
}
