package ui

import (
	"slices"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
)

// askedAbout are the kinds of which people ask first whether they are in a backup.
var askedAbout = []kind.ID{"photos", "messages", "whatsapp"}

// within says in one line what is in a backup; "" if nothing is known.
func (w *Window) within(all []kind.Summary) string {
	var in, out []string
	for _, id := range askedAbout {
		at := slices.IndexFunc(all, func(s kind.Summary) bool { return s.Kind == id })
		if at < 0 {
			continue
		}
		switch s := all[at]; s.State {
		case kind.Found:
			in = append(in, w.amount(s))
		case kind.Unreadable:
			out = append(out, w.say("content.state.unreadable", words.Args{"Kind": words.T("content.kind."+string(id), nil)}))
		default:
			out = append(out, w.say("ui.within.without", words.Args{"Kind": words.T("content.kind."+string(id), nil)}))
		}
	}
	if len(in) > 0 {
		in = []string{w.say("ui.within.in-it", words.Args{"What": strings.Join(in, w.say("ui.within.between", nil))})}
	}
	return strings.Join(append(in, out...), " ")
}

// amount is how many there are of a kind, how many of these elsewhere, and until when.
func (w *Window) amount(s kind.Summary) string {
	said := w.say("content.count."+string(s.Kind), words.Args{"N": words.Count(s.Total())})
	switch {
	case s.Kind == "photos" && s.Small+s.Entry > 0:
		return w.say("ui.within.away", words.Args{"All": said, "Away": words.Count(s.Small + s.Entry)})
	case s.Kind != "photos" && !s.To.IsZero():
		return w.say("ui.within.until", words.Args{"All": said, "Day": words.Day(s.To, w.Now())})
	}
	return said
}
