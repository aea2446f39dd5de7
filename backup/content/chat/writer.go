package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/export"
)

// perPage is how many messages a page has at most: a browser shows that many at once.
const perPage = 5000

// writer writes one conversation. Its files are begun with the first message.
type writer struct {
	*exporter
	conversation Conversation
	name         string

	folder, files *export.Folder
	page          *export.Page
	table         *export.Table
	json          *export.File
	begun         export.Batch // page, table and json, as far as they are there
	pages, onPage int
	first         string       // path of the first page
	dayAbove      string       // the day that stands above
	written       Conversation // counts what was written
}

func (w *writer) add(ctx context.Context, m Message) error {
	if err := w.begin(); err != nil {
		return err
	}
	var files []copied
	for _, a := range m.Attachments {
		one, err := w.attach(ctx, w.files, a, m, w.conversation)
		if err != nil {
			return err
		}
		files = append(files, one)
	}
	reactions := make([]string, 0, len(m.Reactions))
	for _, r := range m.Reactions {
		what := r.Emoji
		switch {
		case r.Vote:
			what = w.say.Say("content.chat.vote", nil)
		case what == "":
			what = w.say.Say("content.chat.sticker", nil)
		}
		reactions = append(reactions, w.say.Say("content.chat.reaction", words.Args{"Who": w.who(r.By), "What": what}))
		if r.Sticker != nil {
			one, err := w.attach(ctx, w.files, *r.Sticker, m, w.conversation)
			if err != nil {
				return err
			}
			files = append(files, one)
		}
	}
	if w.onPage >= perPage {
		if err := w.turn(); err != nil {
			return err
		}
	}
	w.written.Add(m.Date)
	w.onPage++
	if err := w.show(m, files, reactions); err != nil {
		return err
	}
	if err := w.list(m, files, reactions); err != nil {
		return err
	}
	return w.record(m, files)
}

func (w *writer) begin() (err error) {
	if w.folder != nil {
		return nil
	}
	if w.folder, err = w.exporter.to.In(w.name); err != nil {
		return err
	}
	if w.files, err = w.folder.In(w.say.Say("content.chat.attachments", nil)); err != nil {
		return err
	}
	if err = w.open(""); err != nil {
		return err
	}
	w.first = w.page.Path()
	if w.table, err = w.folder.Table(w.name, w.o.Header("content.chat.column.date", "content.chat.column.from", "content.chat.column.address", "content.chat.column.text",
		"content.chat.column.attachments", "content.chat.column.reactions", "content.chat.column.service", "content.chat.column.note")...); err != nil {
		return err
	}
	w.begun = append(w.begun, w.table)
	if w.json, err = w.folder.Create(w.name+".json", time.Time{}); err != nil {
		return err
	}
	w.begun = append(w.begun, w.json)
	return w.head()
}

// turn goes on to the next page.
func (w *writer) turn() error {
	last := w.page
	err := w.open(last.Path())
	if err == nil {
		err = w.navigate(last, "content.chat.next", w.page.Path())
	}
	if err != nil {
		return err
	}
	w.begun = slices.DeleteFunc(w.begun, func(b export.Begun) bool { return b == last })
	return last.Commit()
}

// open begins a page; before is the one before it, "" at the first.
func (w *writer) open(before string) error {
	title := w.title(w.conversation)
	w.pages++
	w.onPage, w.dayAbove = 0, ""
	name := w.name
	if w.pages > 1 {
		name = fmt.Sprintf("%s %d", w.name, w.pages)
	}
	page, err := w.folder.Page(name, title)
	if err != nil {
		return err
	}
	w.page, w.begun = page, append(w.begun, page)
	return w.top(title, before)
}

// list writes the row of the table.
func (w *writer) list(m Message, files []copied, reactions []string) error {
	var names, notes []string
	for _, f := range files {
		if f.path != "" {
			names = append(names, w.within(f.path))
		}
	}
	notes = append(notes, w.notes(m)...)
	for _, f := range files {
		if f.why.Key != "" {
			notes = append(notes, w.say.Text(f.why))
		}
	}
	for _, v := range m.Earlier {
		notes = append(notes, w.say.Say("content.chat.before", nil)+" "+v.Text)
	}
	return w.table.Row(w.stamp(m.Date), w.who(m.From), m.From.Address, w.plain(m), strings.Join(names, "\n"), strings.Join(reactions, "\n"), m.Service, strings.Join(notes, "\n"))
}

// plain is a message as a text.
func (w *writer) plain(m Message) string {
	switch {
	case m.Event.Key != "":
		return w.say.Text(m.Event)
	case m.Text == "" && m.App.Key != "":
		return w.say.Text(m.App)
	case m.Text == "" && m.Place != nil:
		return w.place(m.Place)
	}
	return m.Text
}

// within is a path of the export as it is seen from the conversation's folder.
func (w *writer) within(path string) string {
	return strings.TrimPrefix(path, w.folder.Path()+"/")
}

// The records of the file for programs.
type (
	jsonPerson struct {
		Address string `json:"address,omitempty"`
		Name    string `json:"name,omitempty"`
		Own     bool   `json:"own,omitempty"`
	}
	jsonConversation struct {
		Title    string       `json:"title"`
		Group    bool         `json:"group,omitempty"`
		Ref      string       `json:"id"`
		Members  []jsonPerson `json:"members"`
		Services []string     `json:"services"`
	}
	jsonFile struct {
		Name  string `json:"name"`
		Path  string `json:"path,omitempty"`
		State string `json:"state"`
	}
	jsonReaction struct {
		By    jsonPerson `json:"by"`
		Emoji string     `json:"emoji,omitempty"`
		Date  string     `json:"date,omitempty"`
	}
	jsonVersion struct {
		Text string `json:"text"`
		Date string `json:"date,omitempty"`
	}
	jsonMessage struct {
		Ref         string         `json:"id"`
		Date        string         `json:"date,omitempty"`
		From        jsonPerson     `json:"from"`
		Service     string         `json:"service,omitempty"`
		Text        string         `json:"text"`
		Event       string         `json:"event,omitempty"`
		Attachments []jsonFile     `json:"attachments,omitempty"`
		Reactions   []jsonReaction `json:"reactions,omitempty"`
		ReplyTo     string         `json:"replyTo,omitempty"`
		Link        *Link          `json:"link,omitempty"`
		Place       *Place         `json:"place,omitempty"`
		Earlier     []jsonVersion  `json:"earlier,omitempty"`
		Edited      string         `json:"edited,omitempty"`
		Unsent      string         `json:"unsent,omitempty"`
		Deleted     bool           `json:"deleted,omitempty"`
		Starred     bool           `json:"starred,omitempty"`
		Forwarded   bool           `json:"forwarded,omitempty"`
	}
)

// states are how files are said to be there.
var states = []string{"here", "small", "absent"}

// head begins the file for programs.
func (w *writer) head() error {
	c := jsonConversation{Title: w.conversation.Title, Group: w.conversation.Group, Ref: w.conversation.Ref, Members: []jsonPerson{}, Services: w.conversation.Services}
	for _, p := range w.conversation.Members {
		c.Members = append(c.Members, jsonPerson(p))
	}
	data, err := json.Marshal(c)
	if err == nil {
		_, err = fmt.Fprintf(w.json, "{\"conversation\": %s,\n\"messages\": [", data)
	}
	return err
}

// record writes a message for programs, one a line.
func (w *writer) record(m Message, files []copied) error {
	j := jsonMessage{
		Ref: m.Ref, Date: w.stamp(m.Date), From: jsonPerson(m.From), Service: m.Service, Text: m.Text, Link: m.Link, Place: m.Place,
		Edited: w.stamp(m.Edited), Unsent: w.stamp(m.Unsent), Deleted: m.Deleted, Starred: m.Starred, Forwarded: m.Forwarded,
	}
	if m.Event.Key != "" {
		j.Event = w.say.Text(m.Event)
	} else if m.App.Key != "" {
		j.Event = w.say.Text(m.App)
	}
	for _, f := range files {
		state := states[f.Presence]
		if f.path == "" && f.Presence != kind.Entry {
			state = "unreadable"
		}
		one := jsonFile{Name: f.name, State: state}
		if f.path != "" {
			one.Path = w.within(f.path)
		}
		j.Attachments = append(j.Attachments, one)
	}
	for _, r := range m.Reactions {
		j.Reactions = append(j.Reactions, jsonReaction{By: jsonPerson(r.By), Emoji: r.Emoji, Date: w.stamp(r.Date)})
	}
	for _, v := range m.Earlier {
		j.Earlier = append(j.Earlier, jsonVersion{Text: v.Text, Date: w.stamp(v.Date)})
	}
	if m.Reply != nil {
		j.ReplyTo = m.Reply.Ref
	}
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	between := ",\n"
	if w.written.Count == 1 {
		between = "\n"
	}
	_, err = io.WriteString(w.json, between+string(data))
	return err
}

// end commits the files, if there are any, or drops them if err is one.
func (w *writer) end(err error) error {
	if err == nil && w.json != nil {
		_, err = io.WriteString(w.json, "\n]}\n")
	}
	return export.End(w.begun, err)
}
