package chat

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/export"
)

var topOfPage = template.Must(template.New("top").Parse(`<h1>{{.Title}}</h1>
{{with .Members}}<p class="soft">{{.}}</p>{{end}}<p class="soft">{{.Zone}}{{with .Page}} {{.}}.{{end}}</p>
`))

var navigation = template.Must(template.New("navigation").Parse(`<p><a href="{{.Link}}">{{.Text}}</a></p>
`))

// oneMessage draws a message. package html/template escapes all that is put in, and
// takes out addresses that would run something.
var oneMessage = template.Must(template.New("message").Parse(`{{with .Day}}<h2 class="day">{{.}}</h2>
{{end}}{{if .Event}}<p class="event" dir="auto">{{.Time}} {{.Event}}{{template "notes" .}}</p>
{{else}}<div class="row{{if .Own}} own{{end}}"><div class="soft">{{.Who}}{{with .Time}} · {{.}}{{end}}</div>
<div class="bubble" dir="auto">{{with .Quote}}<div class="quote">{{.}}</div>{{end}}{{range .Files}}{{template "file" .}}{{end}}{{.Text}}{{with .App}}<div class="soft">{{.}}</div>{{end}}{{with .Link}}<div class="quote">{{if .Href}}<a href="{{.Href}}" rel="noreferrer">{{.Title}}</a>{{else}}{{.Title}}{{end}}{{with .Summary}}<div>{{.}}</div>{{end}}</div>{{end}}</div>
{{range .Earlier}}<div class="soft" dir="auto">{{$.Before}} {{.}}</div>{{end}}{{range .Reactions}}<div class="soft">{{.}}</div>{{end}}{{template "notes" .}}</div>
{{end}}{{define "notes"}}{{range .Notes}}<div class="soft">{{.}}</div>{{end}}{{end}}{{define "file"}}<div>{{if eq .Form 1}}<a href="{{.Link}}"><img src="{{.Link}}" alt="{{.Name}}" loading="lazy"></a>{{else if eq .Form 2}}<video src="{{.Link}}" controls preload="none"></video><a href="{{.Link}}">{{.Name}}</a>{{else if eq .Form 3}}<audio src="{{.Link}}" controls preload="none"></audio>{{.Name}}{{else if eq .Form 4}}<a href="{{.Link}}">{{.Name}}</a>{{else}}{{.Name}}{{end}}{{with .Why}}<div class="soft">{{.}}</div>{{end}}</div>{{end}}`))

var indexOfAll = template.Must(template.New("index").Parse(`<h1>{{.Title}}</h1>
<p class="soft">{{.Zone}}</p>
<table>{{range .Entries}}
<tr><td dir="auto"><a href="{{.Link}}">{{.Title}}</a></td><td class="soft">{{.Count}}</td><td class="soft">{{.Span}}</td></tr>{{end}}
</table>
`))

type shownFile struct {
	Form      Form
	Link      template.URL
	Name, Why string
}

type shownLink struct{ Href, Title, Summary string }

type shownMessage struct {
	Own                     bool
	Day, Who, Time          string
	Event, Quote, Text, App string
	Link                    *shownLink
	Files                   []shownFile
	Before                  string
	Earlier                 []string
	Reactions, Notes        []string
}

// top writes what stands above the messages of a page.
func (w *writer) top(title, before string) error {
	members := ""
	if w.conversation.Group {
		var names []string
		for _, p := range w.conversation.Members {
			names = append(names, w.who(p))
		}
		members = strings.Join(names, ", ")
	} else if len(w.conversation.Members) == 1 && w.conversation.Members[0].Address != title {
		members = w.conversation.Members[0].Address
	}
	page := ""
	if w.pages > 1 {
		page = w.say.Say("content.chat.page", words.Args{"N": fmt.Sprint(w.pages)})
	}
	if err := w.page.Put(topOfPage, map[string]any{"Title": title, "Members": members, "Zone": w.zoneLine(), "Page": page}); err != nil {
		return err
	}
	if before == "" {
		return nil
	}
	return w.navigate(w.page, "content.chat.previous", before)
}

func (e *exporter) zoneLine() string {
	name := e.zone.String()
	if name == "Local" {
		name, _ = time.Now().Zone()
	}
	return e.say.Say("content.chat.zone", words.Args{"Zone": name})
}

func (w *writer) navigate(on *export.Page, key, to string) error {
	return on.Put(navigation, map[string]any{"Link": export.Link(on.Path(), to), "Text": w.say.Say(key, nil)})
}

// show draws a message.
func (w *writer) show(m Message, files []copied, reactions []string) error {
	s := shownMessage{
		Own: m.From.Own, Who: w.who(m.From), Time: w.clock(m.Date), Text: m.Text, Reactions: reactions, Notes: w.notes(m),
		Event: w.say.Text(m.Event), App: w.say.Text(m.App), Before: w.say.Say("content.chat.before", nil),
	}
	if day := w.day(m.Date); day != w.dayAbove {
		s.Day, w.dayAbove = day, day
	}
	if m.Reply != nil {
		if s.Quote = w.say.Say("content.chat.reply-gone", nil); m.Reply.Known {
			s.Quote = w.say.Say("content.chat.reply", words.Args{"Who": w.who(m.Reply.From)}) + " " + m.Reply.Text
		}
	}
	for _, v := range m.Earlier {
		s.Earlier = append(s.Earlier, v.Text)
	}
	for _, f := range files {
		one := shownFile{Name: f.name, Why: w.say.Text(f.why)}
		if one.Name = w.say.Say("content.chat.file", words.Args{"Name": f.name}); f.Voice {
			one.Name = w.say.Say("content.chat.voice", nil)
		}
		if f.path != "" {
			one.Form, one.Link = FormOf(f.path), export.Link(w.page.Path(), f.path)
		}
		s.Files = append(s.Files, one)
	}
	if m.Place != nil {
		s.App = w.place(m.Place)
	}
	if l := m.Link; l != nil {
		s.Link = &shownLink{Href: webAddress(l.URL), Title: cmp.Or(l.Title, l.URL), Summary: l.Summary}
	}
	return w.page.Put(oneMessage, s)
}

// webAddress is an address if it is one of the web, else "".
func webAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}

func (w *writer) place(p *Place) string {
	where := fmt.Sprintf("%.5f, %.5f", p.Latitude, p.Longitude)
	if p.Name != "" {
		where = p.Name + " (" + where + ")"
	}
	return w.say.Say("content.chat.place", words.Args{"Where": where})
}

// notes is what else is to be said of a message.
func (w *writer) notes(m Message) (notes []string) {
	for _, n := range []struct {
		yes bool
		key string
	}{
		{!m.Edited.IsZero(), "content.chat.edited"},
		{!m.Unsent.IsZero(), "content.chat.unsent"},
		{m.Deleted, "content.chat.deleted"},
		{m.Starred, "content.chat.starred"},
		{m.Forwarded, "content.chat.forwarded"},
	} {
		if n.yes {
			notes = append(notes, w.say.Say(n.key, nil))
		}
	}
	return notes
}

// indexEntry is a conversation on the page that leads to all.
type indexEntry struct{ path, title, count, span string }

func (w *writer) entry() indexEntry {
	span := w.day(w.written.From)
	if last := w.day(w.written.To); last != span {
		span = w.say.Say("content.chat.span", words.Args{"From": span, "To": last})
	}
	return indexEntry{path: w.first, title: w.title(w.conversation), count: w.say.Say("content.chat.messages", words.Args{"N": words.Count(w.written.Count)}), span: span}
}

// index writes the page that leads to all conversations.
func (e *exporter) index(title string, entries []indexEntry) error {
	page, err := e.to.Page(title, title)
	if err != nil {
		return err
	}
	type shown struct {
		Link               template.URL
		Title, Count, Span string
	}
	var all []shown
	for _, entry := range entries {
		all = append(all, shown{export.Link(page.Path(), entry.path), entry.title, entry.count, entry.span})
	}
	return export.End(page, page.Put(indexOfAll, map[string]any{"Title": title, "Zone": e.zoneLine(), "Entries": all}))
}
