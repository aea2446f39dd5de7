package messages

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/device/safeplist"
)

// What item_type says of a row that is no message. Sources disagree which of the first two is a person
// and which a new name; the other columns show it.
const (
	itemGroup  = 1
	itemGroup2 = 2
	itemLeft   = 3
	itemShared = 4
)

// event is what happened to a conversation, the zero Text of a message.
func (r *reader) event(of record, by chat.Person) words.Text {
	said := func(what string, args words.Args) words.Text {
		if args == nil {
			args = words.Args{}
		}
		args["Who"] = name(by)
		return words.T("content.messages.event."+what, args)
	}
	other := words.Args{"Other": name(r.person(r.handles[of.other]))}
	switch {
	case of.item != itemGroup && of.item != itemGroup2 && of.item != itemLeft && of.item != itemShared:
		return words.Text{}
	case of.item == itemShared:
		return said("shared", nil)
	case of.item == itemLeft && of.action == 1:
		return said("photo", nil)
	case of.item == itemLeft && of.action == 2:
		return said("photo-removed", nil)
	case of.item == itemLeft:
		return said("left", nil)
	case of.title != "":
		return said("renamed", words.Args{"Title": of.title})
	case of.other > 0 && of.action == 1:
		return said("removed", other)
	case of.other > 0:
		return said("added", other)
	}
	return said("changed", nil)
}

// name is how a sentence calls somebody.
func name(p chat.Person) any {
	switch {
	case p.Own:
		return words.T("content.messages.you", nil)
	case p.Shown() == "":
		return words.T("content.messages.somebody", nil)
	}
	return p.Shown()
}

// balloons are Apple's own bubbles, by a part of their bundle.
var balloons = []struct{ part, what string }{
	{"handwriting", "handwriting"}, {"digitaltouch", "digital-touch"}, {"peerpayment", "payment"}, {"polls", "poll"},
	{"findmy", "find-my"}, {"safetymonitor", "check-in"}, {"activitymessages", "activity"},
}

const linkBalloon = "com.apple.messages.URLBalloonProvider"

// balloon says what an app put there.
func (r *reader) balloon(m *chat.Message, of record) {
	bundle := of.app
	if bundle == linkBalloon {
		m.Link = linkOf(of.payload)
		if m.Link == nil && m.Text != "" {
			m.Link = &chat.Link{URL: strings.TrimSpace(m.Text)}
		}
		return
	}
	for _, b := range balloons {
		if strings.Contains(strings.ToLower(bundle), b.part) {
			m.App = words.T("content.messages.app."+b.what, nil)
			return
		}
	}
	app := bundle[strings.LastIndexByte(bundle, ':')+1:]
	if title := r.backup.AppName(app); title != "" {
		app = title
	}
	m.App = words.T("content.messages.app.of-an-app", words.Args{"App": app})
}

// linkOf reads what a link's preview says: an archive of objects, of which the first
// that has a title or an address counts.
func linkOf(payload []byte) *chat.Link {
	archive := kind.ParseArchive(payload)
	text := func(v any) string {
		if d, ok := archive.At(v).(map[string]any); ok { // an address, or a text with attributes
			v = cmp.Or(d["NS.relative"], d["NS.string"])
		}
		return archive.Text(v)
	}
	for _, o := range archive {
		d, _ := o.(map[string]any)
		link := chat.Link{URL: cmp.Or(text(d["originalURL"]), text(d["URL"])), Title: text(d["title"]), Summary: text(d["summary"])}
		if link.URL != "" || link.Title != "" {
			return &link
		}
	}
	return nil
}

// edits fills in what a message said before, and whether it was taken back.
func (r *reader) edits(m *chat.Message, of record) {
	versions, retracted := summaryOf(of.summary)
	if of.retracted != 0 || retracted && m.Text == "" {
		m.Unsent = date(cmp.Or(of.retracted, of.edited))
		if m.Unsent.IsZero() && len(versions) > 0 {
			m.Unsent = versions[len(versions)-1].Date
		}
		if m.Unsent.IsZero() {
			m.Unsent = m.Date
		}
	}
	if len(versions) > 0 && (versions[len(versions)-1].Text == "" || versions[len(versions)-1].Text == m.Text) {
		versions = versions[:len(versions)-1]
	}
	m.Earlier = versions
	if m.Unsent.IsZero() {
		m.Edited = date(of.edited)
	}
}

// mostVersions bounds how many versions of a message are read: phones allow five edits.
const mostVersions = 100

// summaryOf reads message_summary_info: the versions of the text, oldest first, and
// whether a part of it was taken back.
func summaryOf(data []byte) (versions []chat.Version, retracted bool) {
	if len(data) == 0 {
		return nil, false
	}
	summary, err := safeplist.Dict(data)
	if err != nil {
		return nil, false
	}
	gone, _ := summary["rp"].([]any)
	parts, _ := summary["ec"].(map[string]any)
	var names []string
	for name := range parts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	})
	for _, name := range names {
		list, _ := parts[name].([]any)
		for _, v := range list[:min(len(list), mostVersions-len(versions))] {
			one, _ := v.(map[string]any)
			body, _ := one["t"].([]byte)
			text, _ := streamText(body)
			versions = append(versions, chat.Version{Text: unmarked(text), Date: summaryDate(one["d"])})
		}
	}
	if len(names) > 1 {
		slices.SortStableFunc(versions, func(a, b chat.Version) int { return a.Date.Compare(b.Date) })
	}
	return versions, len(gone) > 0
}

// summaryDate is a date in a summary: seconds since 2001, or a date.
func summaryDate(v any) time.Time {
	switch v := v.(type) {
	case time.Time:
		return v.UTC()
	case float64:
		if math.Abs(v) > nanoseconds {
			v /= 1e9
		}
		return kind.Cocoa(v)
	case uint64:
		return date(int64(min(v, math.MaxInt64))) //nolint:gosec // bounded
	}
	return time.Time{}
}
