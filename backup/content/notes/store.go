package notes

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

const (
	domain  = "AppDomainGroup-group.com.apple.notes"
	dbPath  = "NoteStore.sqlite"
	objects = "ZICCLOUDSYNCINGOBJECT" // accounts, folders, notes and attachments are in one table
	bodies  = "ZICNOTEDATA"
)

// store is NoteStore.sqlite, and the files beside it.
type store struct {
	*source.Database
	// kinds are the numbers of the entities, by their names; without them what a row
	// is shows from the columns that it fills.
	kinds       map[string]int64
	accounts    map[int64]account
	folders     map[int64]folder
	attachments map[string][]attached // by identifier
	of          map[int64][]string    // identifiers of a note's attachments
	media       map[int64]media
	files       files
}

type account struct{ id, name string }

type folder struct {
	title          string
	parent, owner  int64
	trash, deleted bool
}

// media is the file of an attachment as the database has it.
type media struct{ id, name, generation string }

// attached is a row of an attachment.
type attached struct {
	Attachment
	row, note, media int64
}

// readStore visits the notes of NoteStore.sqlite with the numbers of their rows.
func readStore(ctx context.Context, b *source.Backup, visit func(Note, int64) error) ([]kind.Note, error) {
	d, err := b.Database(ctx, domain, dbPath, objects, "Z_PK")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	index, err := b.Index(ctx, domain, "")
	if err != nil {
		return nil, err
	}
	s := &store{Database: d, kinds: map[string]int64{}, accounts: map[int64]account{}, folders: map[int64]folder{}, attachments: map[string][]attached{},
		of: map[int64][]string{}, media: map[int64]media{}, files: filesOf(index)}
	var notes []kind.Note
	for _, read := range []func(context.Context) error{s.readKinds, s.readContainers, s.readMedia, s.readAttachments} {
		// The notes are there without what they belong to and what belongs to them.
		if err := read(ctx); errors.Is(err, source.ErrDamaged) && ctx.Err() == nil {
			notes = append(notes, kind.Note{Text: words.T("content.notes.no-more-than-texts", nil)})
			break
		} else if err != nil {
			return notes, err
		}
	}
	if !d.Has(bodies, "ZDATA") {
		notes = append(notes, kind.Note{Text: words.T("content.notes.no-texts", nil)})
	}
	return notes, s.readNotes(ctx, visit)
}

func (s *store) column(name string) string { return s.Column("o", objects, name) }

func (s *store) columns(names ...string) string { return s.Columns("o", objects, names...) }

// first is the first value that is not NULL of columns that may be there.
func (s *store) first(names ...string) string {
	var there []string
	for _, name := range names {
		if s.Has(objects, name) {
			there = append(there, s.column(name))
		}
	}
	return "COALESCE(" + strings.Join(append(there, "NULL", "NULL"), ", ") + ")"
}

// rows is how a query asks for the rows of one kind; otherwise is a condition for
// those where the database does not number its kinds.
func (s *store) rows(name, otherwise string) string {
	from := ` FROM "` + objects + `" o WHERE `
	if number, known := s.kinds[name]; known && s.Has(objects, "Z_ENT") {
		return from + fmt.Sprintf(`%s = %d`, s.column("Z_ENT"), number)
	}
	return from + otherwise
}

func (s *store) readKinds(ctx context.Context) error {
	if !s.Has("Z_PRIMARYKEY", "Z_ENT", "Z_NAME") {
		return nil
	}
	var number int64
	var name string
	return s.Scan(ctx, []any{&number, &name}, func() error {
		s.kinds[name] = number
		return nil
	}, `SELECT "Z_ENT", "Z_NAME" FROM "Z_PRIMARYKEY" LIMIT 1000`)
}

// readContainers reads accounts and folders.
func (s *store) readContainers(ctx context.Context) error {
	var row int64
	var a account
	err := s.Scan(ctx, []any{&row, &a.id, &a.name}, func() error {
		s.accounts[row] = a
		return nil
	}, `SELECT `+s.columns("Z_PK", "ZIDENTIFIER", "ZNAME")+s.rows("ICAccount", s.column("ZNAME")+` IS NOT NULL`))
	if err != nil {
		return err
	}
	var form int64
	var id string
	var f folder
	return s.Scan(ctx, []any{&row, &id, &f.title, &f.parent, &f.owner, &form, &f.deleted}, func() error {
		f.trash = form == trashFolder || strings.HasPrefix(id, "TrashFolder")
		s.folders[row] = f
		return nil
	}, `SELECT `+s.columns("Z_PK", "ZIDENTIFIER", "ZTITLE2", "ZPARENT", "ZOWNER", "ZFOLDERTYPE", "ZMARKEDFORDELETION")+s.rows("ICFolder", s.column("ZTITLE2")+` IS NOT NULL`))
}

// trashFolder is the ZFOLDERTYPE of Recently Deleted.
const trashFolder = 1

func (s *store) readMedia(ctx context.Context) error {
	var row int64
	var m media
	return s.Scan(ctx, []any{&row, &m.id, &m.name, &m.generation}, func() error {
		s.media[row] = m
		return nil
	}, `SELECT `+s.columns("Z_PK", "ZIDENTIFIER", "ZFILENAME")+`, `+s.first("ZGENERATION1", "ZGENERATION")+
		s.rows("ICMedia", s.column("ZFILENAME")+` IS NOT NULL`))
}

func (s *store) readAttachments(ctx context.Context) error {
	for _, name := range []string{"ICAttachment", "ICInlineAttachment"} {
		inline := name == "ICInlineAttachment"
		note, form, title := s.first("ZNOTE", "ZNOTE1"), s.first("ZTYPEUTI"), s.first("ZUSERTITLE", "ZTITLE")
		otherwise := form + ` IS NOT NULL`
		if inline {
			note, form, title = s.first("ZNOTE1", "ZNOTE"), s.first("ZTYPEUTI1", "ZTYPEUTI"), s.first("ZALTTEXT", "ZTOKENCONTENTIDENTIFIER")
			otherwise = s.column("ZTYPEUTI1") + ` IS NOT NULL`
		}
		a := attached{Attachment: Attachment{Inline: inline}}
		err := s.Scan(ctx, []any{&a.row, &a.media, &a.ID, &a.URL, &a.note, &a.Type, &a.Title}, func() error {
			s.attachments[a.ID] = append(s.attachments[a.ID], a)
			s.of[a.note] = append(s.of[a.note], a.ID)
			return nil
		}, `SELECT `+s.columns("Z_PK", "ZMEDIA", "ZIDENTIFIER", "ZURLSTRING")+`, `+note+`, `+form+`, `+title+s.rows(name, otherwise)+` ORDER BY 1`)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *store) readNotes(ctx context.Context, visit func(Note, int64) error) error {
	body, present, join := "NULL", "0", ""
	if s.Has(bodies, "ZDATA") {
		data := s.Column("d", bodies, "ZDATA")
		body, present = fmt.Sprintf("CASE WHEN length(%s) <= %d THEN %s END", data, longestBody, data), data+" IS NOT NULL"
		on := ""
		switch {
		case s.Has(bodies, "ZNOTE"):
			on = s.Column("d", bodies, "ZNOTE") + ` = ` + s.column("Z_PK")
		case s.Has(objects, "ZNOTEDATA") && s.Has(bodies, "Z_PK"):
			on = s.Column("d", bodies, "Z_PK") + ` = ` + s.column("ZNOTEDATA")
		default:
			on = "0"
		}
		join = ` LEFT JOIN "` + bodies + `" d ON ` + on
	}
	rows := strings.Replace(s.rows("ICNote", `(`+s.column("ZTITLE1")+` IS NOT NULL OR `+s.column("ZNOTEDATA")+` IS NOT NULL)`), ` o WHERE `, ` o`+join+` WHERE `, 1)
	var one Note // what stands in the row
	var row, in int64
	var locked, there bool
	var created, modified float64
	var data []byte
	var owners [4]int64 // the columns that have had the account of a note, the newest first
	seen := map[int64]bool{}
	return s.Scan(ctx, []any{
		&row, &one.Ref, &one.Title, &one.Snippet, &in, &modified, &one.Pinned, &one.Deleted, &locked, &owners[0], &owners[1], &owners[2], &owners[3], &created, &there, &data,
	}, func() error {
		if seen[row] {
			return nil
		}
		seen[row] = true
		n := one
		n.Created, n.Modified = kind.Cocoa(created), kind.Cocoa(modified)
		account := s.place(&n, in, owners[:])
		switch {
		case locked:
			n.State = Locked
		case !there:
			n.State = Away
		default:
			var err error
			if n.Text, err = parseBody(data); err != nil {
				n.State, n.Text = Unreadable, nil
			}
		}
		if n.State != Locked {
			if err := s.attach(ctx, &n, row, account); err != nil {
				return err
			}
		}
		return visit(n, row)
	}, `SELECT `+s.columns("Z_PK", "ZIDENTIFIER", "ZTITLE1", "ZSNIPPET", "ZFOLDER", "ZMODIFICATIONDATE1", "ZISPINNED", "ZMARKEDFORDELETION", "ZISPASSWORDPROTECTED",
		"ZACCOUNT7", "ZACCOUNT4", "ZACCOUNT3", "ZACCOUNT2")+`, `+s.first("ZCREATIONDATE3", "ZCREATIONDATE1")+`, `+present+`, `+body+rows+` ORDER BY 1`)
}

// deepestFolder bounds how many folders lie in each other.
const deepestFolder = 8

// place says in which folders and account a note lies, and returns the identifier of
// the account.
func (s *store) place(n *Note, in int64, owners []int64) (account string) {
	of := int64(0)
	for _, o := range owners {
		if _, known := s.accounts[o]; known {
			of = o
			break
		}
	}
	passed := map[int64]bool{}
	for at := in; len(n.Folder) < deepestFolder && !passed[at]; {
		f, known := s.folders[at]
		if !known {
			break
		}
		passed[at] = true
		n.Folder = append([]string{f.title}, n.Folder...)
		n.Deleted = n.Deleted || f.trash || f.deleted
		if _, known := s.accounts[of]; !known {
			of = f.owner
		}
		at = f.parent
	}
	a := s.accounts[of]
	n.Account = a.name
	return a.id
}

// attach finds what stands in a note and is no text.
func (s *store) attach(ctx context.Context, n *Note, row int64, account string) error {
	n.Attachments = map[string]Attachment{}
	for _, p := range n.Text {
		for _, piece := range p.Pieces {
			if piece.Attachment == "" {
				continue
			}
			a, err := s.attachment(ctx, s.rowOf(piece, row), account)
			if err != nil {
				return err
			}
			n.Attachments[piece.Attachment] = a
		}
	}
	for _, id := range s.of[row] {
		if _, shown := n.Attachments[id]; shown {
			continue
		}
		a, err := s.attachment(ctx, s.rowOf(Piece{Attachment: id}, row), account)
		if err != nil {
			return err
		}
		// What has no file of its own is a part of another one.
		if a.Name != "" {
			n.Loose = append(n.Loose, a)
		}
	}
	return nil
}

// rowOf is the row of an attachment that stands in a note, the note's own if several
// have one identifier.
func (s *store) rowOf(piece Piece, note int64) attached {
	all := s.attachments[piece.Attachment]
	for _, a := range all {
		if a.note == note {
			return a
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return attached{Attachment: Attachment{ID: piece.Attachment, Type: piece.Type, Inline: strings.HasPrefix(piece.Type, "com.apple.notes.inlinetextattachment")}}
}

const tableType = "com.apple.notes.table"

// attachment finds the file or the table of a row.
func (s *store) attachment(ctx context.Context, row attached, account string) (Attachment, error) {
	a := row.Attachment
	if a.Type == tableType {
		return s.table(ctx, row)
	}
	found := false
	if m, known := s.media[row.media]; known {
		a.Name = m.name
		if a.File, found = s.files.media(account, m); found {
			return a, nil
		}
	}
	if a.File, found = s.files.fallback(account, a.ID); found { // a drawing has no other file
		if a.Name != "" {
			a.Presence = kind.Small
		} else {
			a.Name = path.Base(a.File.Path)
		}
		return a, nil
	}
	if a.File, found = s.files.preview(account, a.ID); found {
		a.Presence = kind.Small
		return a, nil
	}
	if !a.Inline && a.URL == "" {
		a.Presence = kind.Entry
	}
	return a, nil
}

// table reads a table, which lies in the row.
func (s *store) table(ctx context.Context, row attached) (Attachment, error) {
	a := row.Attachment
	a.BrokenTable = true
	data := s.first("ZMERGEABLEDATA1", "ZMERGEABLEDATA")
	var blob []byte
	err := s.Scan(ctx, []any{&blob}, func() error {
		if table, err := parseTable(blob); err == nil {
			a.Table, a.BrokenTable = table, false
		}
		return nil
	}, fmt.Sprintf(`SELECT CASE WHEN length(%s) <= %d THEN %s END FROM "%s" o WHERE %s = ?`, data, longestBody, data, objects, s.column("Z_PK")), row.row)
	if errors.Is(err, source.ErrDamaged) && ctx.Err() == nil {
		err = nil
	}
	return a, err
}
