package notes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	d, err := b.Database(ctx, domain, dbPath)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if !d.Has(objects, "Z_PK") {
		return nil, fmt.Errorf("%s: no table of notes: %w", dbPath, source.ErrDamaged)
	}
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
	return s.Each(ctx, func(rows *sql.Rows) error {
		var number source.Int
		var name source.Text
		if err := rows.Scan(&number, &name); err != nil {
			return err
		}
		s.kinds[string(name)] = int64(number)
		return nil
	}, `SELECT "Z_ENT", "Z_NAME" FROM "Z_PRIMARYKEY" LIMIT 1000`)
}

// readContainers reads accounts and folders.
func (s *store) readContainers(ctx context.Context) error {
	err := s.Each(ctx, func(rows *sql.Rows) error {
		var row source.Int
		var a [2]source.Text
		if err := rows.Scan(&row, &a[0], &a[1]); err != nil {
			return err
		}
		s.accounts[int64(row)] = account{string(a[0]), string(a[1])}
		return nil
	}, `SELECT `+s.column("Z_PK")+`, `+s.column("ZIDENTIFIER")+`, `+s.column("ZNAME")+s.rows("ICAccount", s.column("ZNAME")+` IS NOT NULL`))
	if err != nil {
		return err
	}
	return s.Each(ctx, func(rows *sql.Rows) error {
		var row, parent, owner, form, gone source.Int
		var id, title source.Text
		if err := rows.Scan(&row, &id, &title, &parent, &owner, &form, &gone); err != nil {
			return err
		}
		s.folders[int64(row)] = folder{title: string(title), parent: int64(parent), owner: int64(owner), deleted: gone != 0,
			trash: form == trashFolder || strings.HasPrefix(string(id), "TrashFolder")}
		return nil
	}, `SELECT `+s.column("Z_PK")+`, `+s.column("ZIDENTIFIER")+`, `+s.column("ZTITLE2")+`, `+s.column("ZPARENT")+`, `+s.column("ZOWNER")+`, `+
		s.column("ZFOLDERTYPE")+`, `+s.column("ZMARKEDFORDELETION")+s.rows("ICFolder", s.column("ZTITLE2")+` IS NOT NULL`))
}

// trashFolder is the ZFOLDERTYPE of Recently Deleted.
const trashFolder = 1

func (s *store) readMedia(ctx context.Context) error {
	return s.Each(ctx, func(rows *sql.Rows) error {
		var row source.Int
		var m [3]source.Text
		if err := rows.Scan(&row, &m[0], &m[1], &m[2]); err != nil {
			return err
		}
		s.media[int64(row)] = media{string(m[0]), string(m[1]), string(m[2])}
		return nil
	}, `SELECT `+s.column("Z_PK")+`, `+s.column("ZIDENTIFIER")+`, `+s.column("ZFILENAME")+`, `+s.first("ZGENERATION1", "ZGENERATION")+
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
		err := s.Each(ctx, func(rows *sql.Rows) error {
			var row, of, file source.Int
			var t [4]source.Text
			if err := rows.Scan(&row, &of, &file, &t[0], &t[1], &t[2], &t[3]); err != nil {
				return err
			}
			a := attached{row: int64(row), note: int64(of), media: int64(file),
				Attachment: Attachment{ID: string(t[0]), Type: string(t[1]), Title: string(t[2]), URL: string(t[3]), Inline: inline}}
			s.attachments[a.ID] = append(s.attachments[a.ID], a)
			s.of[a.note] = append(s.of[a.note], a.ID)
			return nil
		}, `SELECT `+s.column("Z_PK")+`, `+note+`, `+s.column("ZMEDIA")+`, `+s.column("ZIDENTIFIER")+`, `+form+`, `+title+`, `+s.column("ZURLSTRING")+
			s.rows(name, otherwise)+` ORDER BY 1`)
		if err != nil {
			return err
		}
	}
	return nil
}

// accountsOf are the columns that have had the account of a note, the newest first.
var accountsOf = []string{"ZACCOUNT7", "ZACCOUNT4", "ZACCOUNT3", "ZACCOUNT2"}

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
	owner := make([]string, len(accountsOf))
	for i, name := range accountsOf {
		owner[i] = s.column(name)
	}
	seen := map[int64]bool{}
	return s.Each(ctx, func(rows *sql.Rows) error {
		var row, in, pinned, gone, locked, there source.Int
		var id, title, snippet source.Text
		var created, modified source.Real
		var data source.Blob
		owners := make([]source.Int, len(accountsOf))
		into := []any{&row, &id, &title, &snippet, &in, &created, &modified, &pinned, &gone, &locked, &there, &data}
		for i := range owners {
			into = append(into, &owners[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if seen[int64(row)] {
			return nil
		}
		seen[int64(row)] = true
		n := Note{Ref: string(id), Title: string(title), Snippet: string(snippet), Created: kind.Cocoa(float64(created)), Modified: kind.Cocoa(float64(modified)),
			Pinned: pinned != 0, Deleted: gone != 0}
		account := s.place(&n, int64(in), owners)
		switch {
		case locked != 0:
			n.State = Locked
		case there == 0:
			n.State = Away
		default:
			var err error
			if n.Text, err = parseBody(data); err != nil {
				n.State, n.Text = Unreadable, nil
			}
		}
		if n.State != Locked {
			if err := s.attach(ctx, &n, int64(row), account); err != nil {
				return err
			}
		}
		return visit(n, int64(row))
	}, `SELECT `+s.column("Z_PK")+`, `+s.column("ZIDENTIFIER")+`, `+s.column("ZTITLE1")+`, `+s.column("ZSNIPPET")+`, `+s.column("ZFOLDER")+`, `+
		s.first("ZCREATIONDATE3", "ZCREATIONDATE1")+`, `+s.column("ZMODIFICATIONDATE1")+`, `+s.column("ZISPINNED")+`, `+s.column("ZMARKEDFORDELETION")+`, `+
		s.column("ZISPASSWORDPROTECTED")+`, `+present+`, `+body+`, `+strings.Join(owner, ", ")+rows+` ORDER BY 1`)
}

// deepestFolder bounds how many folders lie in each other.
const deepestFolder = 8

// place says in which folders and account a note lies, and returns the identifier of
// the account.
func (s *store) place(n *Note, in int64, owners []source.Int) (account string) {
	of := int64(0)
	for _, o := range owners {
		if _, known := s.accounts[int64(o)]; known {
			of = int64(o)
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
			a.Name = a.File.Path[strings.LastIndexByte(a.File.Path, '/')+1:]
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
	err := s.Each(ctx, func(rows *sql.Rows) error {
		var blob source.Blob
		if err := rows.Scan(&blob); err != nil {
			return err
		}
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
