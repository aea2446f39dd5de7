package chat

import (
	"cmp"
	"context"
	"errors"
	"path"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// Export writes all conversations, or those messages that o takes: for each one a
// folder with pages, a table, JSON and the attachments; and a page that leads to all.
// title names that page.
func Export(ctx context.Context, b *source.Backup, r Reader, to *export.Folder, o kind.Options, title words.Text) error {
	e := &exporter{backup: b, to: to, o: o, say: o.Say(), zone: o.In()}
	conversations := r.Conversations()
	names := e.names(conversations)
	var entries []indexEntry
	for i, c := range conversations {
		w := &writer{exporter: e, conversation: c, name: names[i]}
		err := r.Messages(ctx, c, 0, -1, func(m Message) error {
			if !o.Takes(m.Thing(c)) {
				return nil
			}
			return w.add(ctx, m)
		})
		if errors.Is(err, source.ErrDamaged) && ctx.Err() == nil { // what came before it stays
			to.Leave(e.title(c), words.T("content.chat.unreadable", words.Args{"Name": e.title(c)}))
			err = nil
		}
		if err = w.end(err); err != nil {
			return err
		}
		if w.written.Count > 0 {
			entries = append(entries, w.entry())
		}
	}
	for _, n := range r.Notes() {
		to.Leave(e.say.Text(title), n.Text)
	}
	if len(entries) == 0 {
		return nil
	}
	return e.index(e.say.Text(title), entries)
}

// exporter is an export under way.
type exporter struct {
	backup *source.Backup
	to     *export.Folder
	o      kind.Options
	say    *words.Catalogue
	zone   *time.Location
}

func (e *exporter) title(c Conversation) string {
	return cmp.Or(words.OneLine(c.Title), e.say.Say("content.chat.unnamed", nil))
}

// longestName bounds the name of a conversation's folder, in letters: what is in it
// has the name too, and Windows counts both.
const longestName = 60

// names are the names of the folders: the conversation's, and where several have the
// same, with what tells them apart.
func (e *exporter) names(all []Conversation) []string {
	names, same := make([]string, len(all)), map[string]int{}
	for i, c := range all {
		names[i] = cmp.Or(words.Brief(e.title(c), longestName), e.say.Say("content.chat.unnamed", nil))
		same[cases.Fold().String(names[i])]++
	}
	for i, c := range all {
		if same[cases.Fold().String(names[i])] < 2 {
			continue
		}
		what := c.Ref
		if len(c.Members) == 1 {
			what = c.Members[0].Address
		}
		if what = words.Brief(what, longestName); what != "" && what != names[i] {
			names[i] += " (" + what + ")"
		}
	}
	return names
}

// who is how a page calls somebody.
func (e *exporter) who(p Person) string {
	switch {
	case p.Own:
		return e.say.Say("content.chat.me", nil)
	case p.Shown() != "":
		return words.OneLine(p.Shown())
	}
	return e.say.Say("content.chat.somebody", nil)
}

// day is a date in words, in the zone of the export.
func (e *exporter) day(t time.Time) string {
	if t.IsZero() {
		return e.say.Say("content.chat.undated", nil)
	}
	t = t.In(e.zone)
	month := e.say.Say("units.month."+strings.ToLower(t.Month().String()), nil)
	return e.say.Say("units.date", words.Args{"Day": t.Format("2"), "Month": month, "Year": t.Format("2006")})
}

func (e *exporter) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.zone).Format("15:04")
}

// stamp is a date for tables and programs, in the zone of the export.
func (e *exporter) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.zone).Format(time.RFC3339)
}

// copied is an attachment as it stands in the export.
type copied struct {
	Attachment
	name string // how the person knows it
	path string // below the top of the export; "" if nothing was written
	why  words.Text
}

// attach copies an attachment into the folder, or notes why that cannot be done.
func (e *exporter) attach(ctx context.Context, folder *export.Folder, a Attachment, m Message, c Conversation) (copied, error) {
	f, there := a.Stored()
	done := copied{Attachment: a, name: cmp.Or(words.OneLine(a.Name), path.Base(a.File.Path))}
	if done.name == "." {
		done.name = e.say.Say("content.chat.unnamed", nil)
	}
	args := words.Args{"Name": done.name}
	leave := func(key string) {
		done.why = words.T(key, args)
		e.to.Leave(e.title(c)+", "+e.stamp(m.Date)+": "+done.name, done.why)
	}
	switch {
	case !there:
		leave("content.chat.absent")
		return done, nil
	case a.Presence == kind.Small:
		leave("content.chat.small")
	}
	name := cmp.Or(a.Name, done.name)
	if a.Presence == kind.Small {
		name = strings.TrimSuffix(name, path.Ext(name)) + ".small.jpg"
	}
	var err error
	done.path, err = folder.Copy(ctx, e.backup, f, name, m.Date)
	if source.Unreadable(err) && ctx.Err() == nil {
		leave("content.chat.unreadable")
		return done, nil
	}
	return done, err
}
