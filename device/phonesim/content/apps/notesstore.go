package apps

import (
	"fmt"
	"path"
	"slices"

	"lifeboat/device/phonesim/content"
)

const notesDomain = "AppDomainGroup-group.com.apple.notes"

// notesTables is NoteStore.sqlite: accounts, folders, notes and what is in them
// lie in one table, whose columns have numbers that move with the version.
const notesTables = coreData + `
ZICNOTEDATA
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZNOTE INTEGER
  ZCRYPTOINITIALIZATIONVECTOR BLOB
  ZCRYPTOTAG BLOB
  ZDATA BLOB
ZICCLOUDSYNCINGOBJECT
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZCRYPTOITERATIONCOUNT INTEGER
  ZISPASSWORDPROTECTED INTEGER
  ZMARKEDFORDELETION INTEGER
  ZFILESIZE INTEGER
  ZMEDIA INTEGER
  ZNOTE INTEGER
  ZNOTE1 INTEGER | 15-
  ZATTACHMENT INTEGER
  ZACCOUNTTYPE INTEGER
  ZISPINNED INTEGER
  ZFOLDER INTEGER
  ZFOLDERTYPE INTEGER
  ZPARENT INTEGER
  ZOWNER INTEGER
  ZNOTEDATA INTEGER
  ZACCOUNT INTEGER
  ZACCOUNT1 INTEGER
  ZACCOUNT2 INTEGER
  ZACCOUNT3 INTEGER
  ZACCOUNT4 INTEGER
  ZACCOUNT5 INTEGER | 15-
  ZACCOUNT6 INTEGER | 16-
  ZACCOUNT7 INTEGER | 16-
  ZACCOUNT8 INTEGER | 16-
  ZCREATIONDATE TIMESTAMP
  ZCREATIONDATE1 TIMESTAMP
  ZCREATIONDATE2 TIMESTAMP | 15-
  ZCREATIONDATE3 TIMESTAMP | 15-
  ZMODIFICATIONDATE TIMESTAMP
  ZMODIFICATIONDATE1 TIMESTAMP
  ZLASTOPENEDDATE TIMESTAMP | 14-
  ZIDENTIFIER VARCHAR
  ZTITLE VARCHAR
  ZTITLE1 VARCHAR
  ZTITLE2 VARCHAR
  ZSNIPPET VARCHAR
  ZTYPEUTI VARCHAR
  ZTYPEUTI1 VARCHAR | 15-
  ZALTTEXT VARCHAR | 15-
  ZTOKENCONTENTIDENTIFIER VARCHAR | 15-
  ZSMARTFOLDERQUERYJSON VARCHAR | 15-
  ZURLSTRING VARCHAR
  ZFILENAME VARCHAR
  ZNAME VARCHAR
  ZUSERTITLE VARCHAR
  ZGENERATION VARCHAR | 17-
  ZGENERATION1 VARCHAR | 17-
  ZFALLBACKIMAGEGENERATION VARCHAR | 17-
  ZWIDGETSNIPPET VARCHAR | 17-
  ZUNAPPLIEDENCRYPTEDRECORDDATA BLOB | 18-
  ZATTRIBUTEDSNIPPET BLOB | 26-
  ZMERGEABLEDATA BLOB
  ZMERGEABLEDATA1 BLOB
  ZCRYPTOINITIALIZATIONVECTOR BLOB
  ZCRYPTOSALT BLOB
  ZCRYPTOTAG BLOB
  ZCRYPTOWRAPPEDKEY BLOB
index Z_ICCloudSyncingObject_identifier ZICCLOUDSYNCINGOBJECT(ZIDENTIFIER)
`

// noteKinds are the entities of NoteStore.sqlite, in the order of their
// numbers. All but the last are kinds of the first.
var noteKinds = []string{"ICCloudSyncingObject", "ICAttachment", "ICAttachmentPreviewImage", "ICDeviceMigrationState", "ICInlineAttachment",
	"ICMedia", "ICNote", "ICNoteContainer", "ICAccount", "ICFolder", "ICNoteData"}

// firstNoteKind is the number of the first of them.
func firstNoteKind(s Shape) int {
	switch {
	case s.since(26):
		return 6
	case s.since(17):
		return 5
	case s.since(15):
		return 4
	}
	return 3
}

// accountColumn holds the account of a note, creationColumn its first day. Not
// all who have read such databases agree on the column of iOS 13; this is what
// the reader says that has seen most of them.
func accountColumn(s Shape) string {
	switch {
	case s.since(16):
		return "ZACCOUNT7"
	case s.since(15):
		return "ZACCOUNT4"
	}
	return "ZACCOUNT3"
}

func creationColumn(s Shape) string {
	if s.since(15) {
		return "ZCREATIONDATE3"
	}
	return "ZCREATIONDATE1"
}

// noteStore is NoteStore.sqlite while it grows.
type noteStore struct {
	shape   Shape
	first   int // the number of the first entity
	objects []row
	data    []row
	// keys are the rows of accounts and folders, by identifier.
	accounts, folders map[string]int
	phone             Phone
	// oldObjects and oldData are how many rows were there before the newest note.
	oldObjects, oldData int
	files               []content.Extra
}

// add appends a row of this kind and returns its key.
func (n *noteStore) add(kind string, r row) int {
	key := len(n.objects) + 1
	r["Z_PK"], r["Z_ENT"], r["Z_OPT"] = key, n.first+slices.Index(noteKinds, kind), 1
	if _, said := r["ZMARKEDFORDELETION"]; !said {
		r["ZMARKEDFORDELETION"] = 0
	}
	n.objects = append(n.objects, r)
	return key
}

// key is the row of an identifier. One that is unknown points behind all rows.
func key(rows map[string]int, id string) any {
	switch k, known := rows[id]; {
	case id == "":
		return nil
	case !known:
		return 900_001
	default:
		return k
	}
}

func (n *noteStore) build(notes Notes) {
	for _, a := range notes.Accounts {
		kind := 1
		if a.Local {
			kind = 3
		}
		n.accounts[a.ID] = n.add("ICAccount", row{"ZNAME": a.Name, "ZIDENTIFIER": a.ID, "ZACCOUNTTYPE": kind})
	}
	// A folder may lie in one that comes later, or in itself.
	for i, f := range notes.Folders {
		n.folders[f.ID] = len(n.objects) + 1 + i
	}
	for _, f := range notes.Folders {
		r := row{"ZTITLE2": f.Title, "ZIDENTIFIER": f.ID, "ZOWNER": key(n.accounts, f.Account), "ZPARENT": key(n.folders, f.Parent),
			"ZFOLDERTYPE": flag(f.Trash), "ZMARKEDFORDELETION": flag(f.Deleted)}
		if f.Query != "" && n.shape.since(15) {
			r["ZSMARTFOLDERQUERYJSON"], r["ZFOLDERTYPE"] = f.Query, 3
		}
		n.add("ICFolder", r)
	}
	newest := 0
	for i, note := range notes.Notes {
		if note.Modified.After(notes.Notes[newest].Modified) {
			newest = i
		}
	}
	for i, note := range notes.Notes {
		if i != newest {
			n.note(note)
		}
	}
	n.oldObjects, n.oldData = len(n.objects), len(n.data)
	if len(notes.Notes) > 0 {
		n.note(notes.Notes[newest])
	}
}

func (n *noteStore) note(note Note) {
	r := row{
		"ZTITLE1": note.Title, "ZSNIPPET": note.Snippet, "ZIDENTIFIER": note.ID, "ZFOLDER": key(n.folders, note.Folder),
		accountColumn(n.shape): key(n.accounts, note.Account), creationColumn(n.shape): cocoa(note.Created), "ZMODIFICATIONDATE1": cocoa(note.Modified),
		"ZISPINNED": flag(note.Pinned), "ZMARKEDFORDELETION": flag(note.Deleted), "ZISPASSWORDPROTECTED": flag(note.Locked),
		"ZNOTEDATA": len(n.data) + 1,
	}
	pk := n.add("ICNote", r)
	body := note.Raw
	if body == nil && !note.NoBody {
		body = noteBody(note)
	}
	data := row{"Z_PK": len(n.data) + 1, "Z_ENT": n.first + len(noteKinds) - 1, "Z_OPT": 1, "ZNOTE": pk, "ZDATA": body}
	if note.Locked {
		n.lock(note, r, data, body)
	}
	n.data = append(n.data, data)
	for _, run := range note.Runs {
		if a := run.Attachment; a != nil && !a.NoRow && !note.Locked {
			n.attachment(pk, note.Account, *a)
		}
	}
}

// lock puts random bytes where the text was: who reads a backup has no more of
// a locked note than its title and its days.
func (n *noteStore) lock(note Note, object, data row, body []byte) {
	data["ZDATA"] = randomBytes("locked "+note.ID, max(16, len(body)))
	data["ZCRYPTOINITIALIZATIONVECTOR"], data["ZCRYPTOTAG"] = randomBytes("iv "+note.ID, 16), randomBytes("tag "+note.ID, 16)
	object["ZCRYPTOINITIALIZATIONVECTOR"], object["ZCRYPTOTAG"] = randomBytes("iv of the key "+note.ID, 16), randomBytes("tag of the key "+note.ID, 16)
	object["ZCRYPTOSALT"], object["ZCRYPTOWRAPPEDKEY"], object["ZCRYPTOITERATIONCOUNT"] = randomBytes("salt "+note.ID, 16), randomBytes("key "+note.ID, 24), 20_000
	object["ZSNIPPET"] = nil
}

func (n *noteStore) attachment(note int, account string, a NoteAttachment) {
	when := cocoa(n.phone.Now)
	if a.Type == typeHashtag {
		r := row{"ZIDENTIFIER": a.ID, "ZCREATIONDATE": when}
		if n.shape.since(15) {
			r["ZNOTE1"], r["ZTYPEUTI1"], r["ZALTTEXT"], r["ZTOKENCONTENTIDENTIFIER"] = note, a.Type, a.Title, a.Title
		}
		n.add("ICInlineAttachment", r)
		return
	}
	r := row{"ZIDENTIFIER": a.ID, "ZTYPEUTI": a.Type, "ZNOTE": note, "ZCREATIONDATE": when, "ZMODIFICATIONDATE": when}
	if a.Title != "" {
		r["ZTITLE"] = a.Title
	}
	if a.URL != "" {
		r["ZURLSTRING"] = a.URL
	}
	switch {
	case a.Raw != nil:
		r["ZMERGEABLEDATA1"] = a.Raw
	case a.Table != nil:
		r["ZMERGEABLEDATA1"] = tableData(a.ID, a.Table)
	}
	base := "Accounts/" + account
	generation := ""
	if n.shape.since(17) {
		generation = "1_" + a.ID
	}
	if a.Filename != "" {
		m := row{"ZIDENTIFIER": a.MediaID, "ZFILENAME": a.Filename, "ZFILESIZE": len(a.Data)}
		if generation != "" {
			m["ZGENERATION1"] = generation
		}
		r["ZMEDIA"], r["ZFILESIZE"] = n.add("ICMedia", m), len(a.Data)
		if a.Data != nil {
			n.file(path.Join(base, "Media", a.MediaID, generation, a.Filename), a.Data)
		}
	}
	if a.Fallback != nil {
		if generation != "" {
			r["ZFALLBACKIMAGEGENERATION"] = generation
			n.file(path.Join(base, "FallbackImages", a.ID, generation, "FallbackImage.png"), a.Fallback)
		} else {
			n.file(path.Join(base, "FallbackImages", a.ID+".jpg"), a.Fallback)
		}
	}
	pk := n.add("ICAttachment", r)
	if a.Preview != nil {
		id := a.ID + "-1-192x144-0"
		n.add("ICAttachmentPreviewImage", row{"ZIDENTIFIER": id, "ZATTACHMENT": pk})
		n.file(path.Join(base, "Previews", id+".jpg"), a.Preview)
	}
}

// file adds a file beside the database, unless its name leads out of there:
// such a name stands in the database alone.
func (n *noteStore) file(name string, data []byte) {
	if !within(name, "Accounts") {
		return
	}
	n.files = append(n.files, n.phone.file(notesDomain, name, data))
}

// fill puts the rows into the database, those of the newest note last.
func (n *noteStore) fill(d *database) {
	for i, name := range noteKinds {
		super := n.first
		if i == 0 || i == len(noteKinds)-1 {
			super = 0
		}
		d.entity(n.first+i, name, super, len(n.objects))
	}
	d.insert("Z_METADATA", row{"Z_VERSION": 1, "Z_UUID": "notes"})
	put := func(objects, data []row) {
		for _, r := range objects {
			d.insert("ZICCLOUDSYNCINGOBJECT", r)
		}
		for _, r := range data {
			d.insert("ZICNOTEDATA", r)
		}
	}
	put(n.objects[:n.oldObjects], n.data[:n.oldData])
	d.newest()
	put(n.objects[n.oldObjects:], n.data[n.oldData:])
}

// BuildNotes makes the databases of Notes and the files that belong to them.
// notes.sqlite is there only if the phone has old notes.
func BuildNotes(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	n := &noteStore{shape: shape, first: firstNoteKind(shape), phone: phone, accounts: map[string]int{}, folders: map[string]int{}}
	n.build(phone.Notes)
	files, err := phone.build(shape, store{notesDomain, "NoteStore.sqlite", notesTables, n.fill})
	if err != nil {
		return nil, err
	}
	files = append(files, n.files...)
	if len(phone.Notes.Old) == 0 {
		return files, nil
	}
	old, err := phone.build(shape, store{homeDomain, "Library/Notes/notes.sqlite", oldNotesTables, phone.Notes.fillOld})
	return append(files, old...), err
}

// oldNotesTables is notes.sqlite: accounts, stores (the folders), notes and
// their text as HTML.
const oldNotesTables = coreData + `
ZACCOUNT
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZTYPE INTEGER
  ZDEFAULTSTORE INTEGER
  ZACCOUNTIDENTIFIER VARCHAR
  ZNAME VARCHAR
ZSTORE
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZACCOUNT INTEGER
  ZEXTERNALIDENTIFIER VARCHAR
  ZNAME VARCHAR
ZNOTE
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZDELETEDFLAG INTEGER
  ZISBOOKKEEPINGENTRY INTEGER
  ZBODY INTEGER
  ZSTORE INTEGER
  ZCREATIONDATE TIMESTAMP
  ZMODIFICATIONDATE TIMESTAMP
  ZGUID VARCHAR
  ZSUMMARY VARCHAR
  ZTITLE VARCHAR
ZNOTEBODY
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZOWNER INTEGER
  ZCONTENT VARCHAR
`

func (n Notes) fillOld(d *database) {
	const account, note, body, folder = 1, 3, 5, 6
	d.entity(account, "Account", 0, len(n.Old))
	d.entity(note, "Note", 0, len(n.Old))
	d.entity(body, "NoteBody", 0, len(n.Old))
	d.entity(folder, "Store", 0, len(n.Old))
	accounts, folders := map[string]int{}, map[string]int{}
	for i, old := range n.Old {
		if accounts[old.Account] == 0 {
			accounts[old.Account] = len(accounts) + 1
			d.insert("ZACCOUNT", row{"Z_PK": accounts[old.Account], "Z_ENT": account, "Z_OPT": 1, "ZTYPE": 1,
				"ZACCOUNTIDENTIFIER": "account-" + old.Account, "ZNAME": old.Account})
		}
		id := old.Account + "/" + old.Store
		if folders[id] == 0 {
			folders[id] = len(folders) + 1
			d.insert("ZSTORE", row{"Z_PK": folders[id], "Z_ENT": folder, "Z_OPT": 1, "ZACCOUNT": accounts[old.Account],
				"ZEXTERNALIDENTIFIER": id, "ZNAME": old.Store})
		}
		if i == len(n.Old)-1 {
			d.newest()
		}
		pk := i + 1
		d.insert("ZNOTE", row{"Z_PK": pk, "Z_ENT": note, "Z_OPT": 1, "ZDELETEDFLAG": flag(old.Deleted), "ZISBOOKKEEPINGENTRY": 0, "ZBODY": pk,
			"ZSTORE": folders[id], "ZCREATIONDATE": cocoa(old.Created), "ZMODIFICATIONDATE": cocoa(old.Modified),
			"ZGUID": fmt.Sprintf("old-%d", pk), "ZTITLE": old.Title})
		d.insert("ZNOTEBODY", row{"Z_PK": pk, "Z_ENT": body, "Z_OPT": 1, "ZOWNER": pk, "ZCONTENT": old.HTML})
	}
}

// narrowNotes takes out what was not there before iOS 15: hashtags with a name,
// and smart folders, which were plain ones then.
func narrowNotes(shape Shape, phone *Phone) {
	if shape.since(15) {
		return
	}
	folders := slices.Clone(phone.Notes.Folders)
	for i := range folders {
		folders[i].Query = ""
	}
	notes := slices.Clone(phone.Notes.Notes)
	for i := range notes {
		notes[i].Runs = slices.DeleteFunc(slices.Clone(notes[i].Runs), func(r NoteRun) bool { return r.Attachment != nil && r.Attachment.Type == typeHashtag })
	}
	phone.Notes.Folders, phone.Notes.Notes = folders, notes
}
