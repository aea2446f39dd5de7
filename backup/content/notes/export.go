package notes

import (
	"cmp"
	"context"
	"html/template"
	"path"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// longestName bounds the names of notes and folders, in letters: folders lie in each
// other, and Windows counts all of a path.
const longestName = 60

// brief is a title on one line, and not too long. Signs that join others stay: families
// and flags are made of them.
func brief(title string) string {
	runes := []rune(strings.TrimSpace(words.OneLine(title)))
	if len(runes) > longestName {
		runes = append(runes[:longestName-1:longestName-1], '…')
	}
	return string(runes)
}

type exporter struct {
	backup  *source.Backup
	to      *export.Folder
	o       kind.Options
	say     *words.Catalogue
	entries []entry
}

// entry is a note in the list of all.
type entry struct {
	Title, Where, Date string
	path               string
	Link               template.URL
}

// write exports each note as a page and as text, in the person's own folders, with its
// attachments beside it, and a page that leads to all.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	e := &exporter{backup: b, to: to, o: o, say: o.Say()}
	_, err := Read(ctx, b, func(n Note) error {
		if !o.Takes(n.thing()) {
			return nil
		}
		return e.note(ctx, n)
	})
	if err != nil || len(e.entries) == 0 {
		return err
	}
	return e.index()
}

func (e *exporter) title(n Note) string {
	return cmp.Or(brief(n.Title), brief(n.Snippet), e.say.Say("content.notes.untitled", nil))
}

// folder is where a note goes.
func (e *exporter) folder(n Note) (*export.Folder, error) {
	var names []string
	for _, name := range append([]string{n.Account}, n.Folder...) {
		if name = brief(name); name != "" {
			names = append(names, name)
		}
	}
	if n.Deleted {
		names = []string{e.say.Say("content.notes.deleted", nil)}
	}
	return e.to.In(names...)
}

func (e *exporter) stamp(t time.Time) string { return cmp.Or(e.o.Stamp(t), "–") }

var reasons = map[State]string{Locked: "content.notes.locked", Away: "content.notes.away", Unreadable: "content.left.unreadable"}

func (e *exporter) note(ctx context.Context, n Note) error {
	title := e.title(n)
	if why, not := reasons[n.State]; not {
		e.to.Leave(title, words.T(why, nil))
		if n.State == Locked || len(n.Loose) == 0 {
			return nil
		}
	}
	folder, err := e.folder(n)
	if err != nil {
		return err
	}
	page, err := folder.Page(title, title)
	if err != nil {
		return err
	}
	files, loose, err := e.attachments(ctx, n, title, folder, page)
	if err == nil {
		err = e.fill(page, n, files, loose)
	}
	if err = export.End(page, err); err != nil {
		return err
	}
	plain := text(n.Text, files)
	for _, f := range loose {
		plain += "\n" + textOf(shownPiece{File: f})
	}
	if _, err := folder.WriteFile(strings.TrimSuffix(page.Name(), ".html")+".txt", n.Modified, []byte(plain)); err != nil {
		return err
	}
	e.entries = append(e.entries, entry{Title: title, Where: n.where(), Date: e.stamp(cmp.Or(n.Modified, n.Created)), path: page.Path()})
	return nil
}

// fill writes a page.
func (e *exporter) fill(page *export.Page, n Note, files map[string]*shownFile, loose []*shownFile) error {
	title := e.title(n)
	if len(n.Text) > 0 && plain(n.Text[:1], nil) == n.Title {
		title = "" // it is the first line
	}
	var where []string
	for _, name := range append([]string{n.Account}, n.Folder...) {
		if name != "" {
			where = append(where, words.OneLine(name))
		}
	}
	dates := e.say.Say("content.notes.dates", words.Args{"Made": e.stamp(n.Created), "Changed": e.stamp(n.Modified)})
	if err := page.Put(topOfPage, map[string]any{"Title": title, "Where": where, "Dates": dates}); err != nil {
		return err
	}
	all := blocks(n.Text, files)
	for _, f := range loose {
		all = append(all, shownBlock{Pieces: []shownPiece{{File: f}}})
	}
	for _, b := range all {
		if err := page.Put(block, b); err != nil {
			return err
		}
	}
	return nil
}

// attachments copies what stands in a note beside it, or notes why that cannot be done.
func (e *exporter) attachments(ctx context.Context, n Note, title string, folder *export.Folder, page *export.Page) (map[string]*shownFile, []*shownFile, error) {
	files, loose := map[string]*shownFile{}, []*shownFile{}
	// Named as the page is, which has its name for itself.
	beside, err := folder.In(strings.TrimSuffix(page.Name(), ".html") + " – " + e.say.Say("content.notes.attachments", nil))
	if err != nil {
		return nil, nil, err
	}
	for _, p := range n.Text { // in the order of the text
		for _, piece := range p.Pieces {
			a, known := n.Attachments[piece.Attachment]
			if !known || files[piece.Attachment] != nil {
				continue
			}
			if files[piece.Attachment], err = e.attachment(ctx, a, title, beside, page); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, a := range n.Loose {
		f, err := e.attachment(ctx, a, title, beside, page)
		if err != nil {
			return nil, nil, err
		}
		loose = append(loose, f)
	}
	return files, loose, nil
}

func (e *exporter) attachment(ctx context.Context, a Attachment, title string, beside *export.Folder, page *export.Page) (*shownFile, error) {
	s := &shownFile{Table: a.Table, Name: cmp.Or(words.OneLine(a.Name), words.OneLine(a.Title))}
	switch {
	case a.Table != nil:
		return s, nil
	case a.File.ID == "" && a.URL != "":
		s.Form, s.path, s.Name = "link", a.URL, cmp.Or(s.Name, a.URL)
		return s, nil
	case a.Inline && s.Name != "":
		s.Form = "inline"
		return s, nil
	}
	s.Name = cmp.Or(s.Name, e.say.Say("content.notes.unnamed", nil))
	leave := func(key string) {
		s.Why = e.say.Say(key, nil)
		e.to.Leave(title+": "+s.Name, words.T(key, nil))
	}
	if why := presence(a); why != "" {
		leave(why)
	}
	if a.File.ID == "" {
		return s, nil
	}
	name := cmp.Or(a.Name, s.Name)
	if a.Presence == kind.Small {
		name = strings.TrimSuffix(name, path.Ext(name)) + ".small" + path.Ext(a.File.Path)
	}
	written, err := beside.Copy(ctx, e.backup, a.File, name, time.Time{})
	switch {
	case source.Unreadable(err) && ctx.Err() == nil:
		leave("content.left.unreadable")
		return s, nil
	case err != nil:
		return nil, err
	}
	s.path, s.Form, s.Link = written, forms[chat.FormOf(written)], link(page, written)
	return s, nil
}

// index writes the page that leads to all notes.
func (e *exporter) index() error {
	title := e.say.Say("content.folder.notes", nil)
	page, err := e.to.Page(title, title)
	if err != nil {
		return err
	}
	for i := range e.entries {
		e.entries[i].Link = link(page, e.entries[i].path)
	}
	return export.End(page, page.Put(indexOfAll, map[string]any{"Title": title, "Entries": e.entries}))
}
