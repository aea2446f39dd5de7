// Package report writes what Apple Support asks for, from what a diagnosis
// knows: facts in, a text out that the user may read, change and pass on. It is
// built from lists of what may go out; whatever is not on a list, or
// does not have the form of what the list expects, stays in.
package report

import (
	"strings"
	"time"
	"unicode/utf8"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// Include is what goes out only because the user puts it in.
type Include struct {
	Name       bool // of the phone
	Profiles   bool // names of the configuration profiles
	Apps       bool // the ten largest apps, with their names
	CrashNames bool // which programs crashed, and when
}

// Step is a step of a repair that was taken.
type Step struct {
	FixID string // "<check>/<name>"
	At    time.Time
}

// Input is what a report is made of.
type Input struct {
	App     string // version of Lifeboat
	Checks  checks.Input
	Results []checks.Result // of these checks
	Steps   []Step          // the first one first
	// FailingSince says by id since when a check has been failing.
	FailingSince map[string]time.Time
	// Lines of the phone's log, as devicelog.Redact gives them.
	Lines   []string
	Include Include
}

// Report is a report as data, for whoever shows it.
type Report struct {
	Title    words.Text
	Sections []Section
}

// Section is a part of a report under its own heading.
type Section struct {
	Heading words.Text
	Lines   []Line
}

// Line is one line of a section: what it is about, and what is known of it.
// Either may be empty.
type Line struct {
	Label, Value words.Text
	// Detail says that it belongs to the line above.
	Detail bool
}

// Build writes a report.
func Build(in Input) Report {
	r := Report{Title: say("title")}
	for _, section := range []func(Input) Section{
		about, asked, thePhone, theComputer, appleServices, theChecks, theAttempt, theLog, putIn,
	} {
		if s := section(in); len(s.Lines) > 0 {
			r.Sections = append(r.Sections, s)
		}
	}
	return r
}

// Text is the report as plain text, which the user may change. Headings are
// underlined, details are indented.
func (r Report) Text(cat *words.Catalogue) string {
	var b strings.Builder
	title := cat.Text(r.Title)
	b.WriteString(title + "\n" + strings.Repeat("=", utf8.RuneCountInString(title)) + "\n")
	for _, s := range r.Sections {
		b.WriteString("\n")
		if heading := cat.Text(s.Heading); heading != "" {
			b.WriteString(heading + "\n" + strings.Repeat("-", utf8.RuneCountInString(heading)) + "\n")
		}
		for _, l := range s.Lines {
			if l.Detail {
				b.WriteString(indent)
			}
			b.WriteString(l.text(cat) + "\n")
		}
	}
	return b.String()
}

// indent is how details are set off in a text.
const indent = "    "

// text formats a line. Whatever it holds, it stays one line.
func (l Line) text(cat *words.Catalogue) string {
	label, value := cat.Text(l.Label), cat.Text(l.Value)
	switch {
	case label == "" || value == "":
		value = label + value
	case strings.ContainsAny(label[len(label)-1:], "?!.:"):
		value = label + " " + value
	default:
		value = cat.Say("report.line", words.Args{"Label": label, "Value": value})
	}
	return strings.Join(strings.Fields(value), " ")
}

// say is a sentence of report.en.toml.
func say(key string) words.Text { return words.T("report."+key, nil) }

// asIs is a value that reads the same in every language. What it is given
// has passed a form, was masked, or was put in by the user.
func asIs(text string) words.Text { return words.T("report.as-is", words.Args{"Text": text}) }

// pair is a line of a label of report.en.toml and a value.
func pair(label string, value words.Text) Line {
	return Line{Label: say("label." + label), Value: value}
}

// on is a moment, the same in every language and time zone.
func on(t time.Time) words.Text {
	if t.IsZero() || t.Year() < 1970 || t.Year() > 9999 {
		return say("state.none")
	}
	return asIs(t.UTC().Format("2006-01-02 15:04 UTC"))
}
