package apps

import (
	"path"
	"time"

	"lifeboat/device/phonesim/content"
)

// Recordings is what the app Voice Memos keeps.
type Recordings struct {
	// Folders are those that a person made.
	Folders []MemoFolder
	Memos   []Memo
}

// MemoFolder is a folder of voice memos.
type MemoFolder struct{ ID, Name string }

// Memo is a voice memo.
type Memo struct {
	// ID is unique, such as a UUID. File is the name that the database has; a
	// file of that name lies beside it, unless Audio is nil (it is in iCloud
	// only) or the name leads elsewhere.
	ID, Title, File string
	Recorded        time.Time
	Seconds         float64
	// Folder is an identifier, "" for none. iOS 13 has no folders.
	Folder string
	// Deleted is when it went to "Recently Deleted". iOS 13 has none.
	Deleted time.Time
	Audio   []byte
}

// Voice memos lie here: before iOS 14 within what belongs to the media player,
// later in a place that the apps of one group share.
const (
	memosDomain    = "AppDomainGroup-group.com.apple.VoiceMemos.shared"
	memosFolder    = "Recordings"
	oldMemosDomain = "MediaDomain"
	oldMemosFolder = "Media/Recordings"
)

const memosTables = coreData + `
ZCLOUDRECORDING
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZFLAGS INTEGER
  ZSHAREDFLAGS INTEGER | 17-
  ZFOLDER INTEGER
  ZDATE TIMESTAMP
  ZDURATION FLOAT
  ZLOCALDURATION FLOAT
  ZEVICTIONDATE TIMESTAMP
  ZCUSTOMLABEL VARCHAR
  ZCUSTOMLABELFORSORTING VARCHAR
  ZENCRYPTEDTITLE VARCHAR
  ZPATH VARCHAR
  ZUNIQUEID VARCHAR
  ZAUDIODIGEST BLOB
ZFOLDER
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZCOUNTOFRECORDINGS INTEGER
  ZRANK INTEGER
  ZENCRYPTEDNAME VARCHAR
  ZUUID VARCHAR
`

const oldMemosTables = coreData + `
ZRECORDING
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZFLAGS INTEGER
  ZDATE TIMESTAMP
  ZDURATION FLOAT
  ZCUSTOMLABEL VARCHAR
  ZPATH VARCHAR
  ZUNIQUEID VARCHAR
`

// BuildRecordings makes the database of Voice Memos, and the recordings.
func BuildRecordings(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	memos := phone.Recordings
	s := store{memosDomain, memosFolder + "/CloudRecordings.db", memosTables, memos.fill}
	folder := memosFolder
	if !shape.since(14) {
		s = store{oldMemosDomain, oldMemosFolder + "/Recordings.db", oldMemosTables, memos.fillOld}
		folder = oldMemosFolder
	}
	files, err := phone.build(shape, s)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, m := range memos.Memos {
		if name := path.Join(folder, m.File); m.Audio != nil && within(name, folder) && !there[name] {
			there[name] = true
			files = append(files, phone.file(s.domain, name, m.Audio))
		}
	}
	return files, nil
}

func (r Recordings) fill(d *database) {
	const recording, folder = 1, 2
	d.entity(recording, "CloudRecording", 0, len(r.Memos))
	d.entity(folder, "Folder", 0, len(r.Folders))
	keys := map[string]int{}
	for i, f := range r.Folders {
		keys[f.ID] = i + 1
		count := 0
		for _, m := range r.Memos {
			count += flag(m.Folder == f.ID)
		}
		d.insert("ZFOLDER", row{"Z_PK": i + 1, "Z_ENT": folder, "Z_OPT": 1, "ZCOUNTOFRECORDINGS": count, "ZRANK": i, "ZENCRYPTEDNAME": f.Name, "ZUUID": f.ID})
	}
	for i, m := range r.Memos {
		if i == len(r.Memos)-1 {
			d.newest()
		}
		// The label was the title once; newer versions keep a date there.
		label := m.Title
		if d.shape.since(17) {
			label = m.Recorded.UTC().Format(time.RFC3339)
		}
		d.insert("ZCLOUDRECORDING", row{"Z_PK": i + 1, "Z_ENT": recording, "Z_OPT": 1, "ZFLAGS": 0, "ZFOLDER": key(keys, m.Folder),
			"ZDATE": cocoa(m.Recorded), "ZDURATION": m.Seconds, "ZLOCALDURATION": m.Seconds, "ZEVICTIONDATE": cocoa(m.Deleted),
			"ZCUSTOMLABEL": label, "ZCUSTOMLABELFORSORTING": m.Title, "ZENCRYPTEDTITLE": m.Title, "ZPATH": m.File, "ZUNIQUEID": m.ID})
	}
}

func (r Recordings) fillOld(d *database) {
	d.entity(1, "Recording", 0, len(r.Memos))
	for i, m := range r.Memos {
		if i == len(r.Memos)-1 {
			d.newest()
		}
		d.insert("ZRECORDING", row{"Z_PK": i + 1, "Z_ENT": 1, "Z_OPT": 1, "ZFLAGS": 0, "ZDATE": cocoa(m.Recorded), "ZDURATION": m.Seconds,
			"ZCUSTOMLABEL": m.Title, "ZPATH": "/var/mobile/" + oldMemosFolder + "/" + m.File, "ZUNIQUEID": m.ID})
	}
}

// narrowRecordings takes out what iOS 13 does not know: folders and "Recently
// Deleted".
func narrowRecordings(shape Shape, phone *Phone) {
	if shape.since(14) {
		return
	}
	phone.Recordings.Folders = nil
	var memos []Memo
	for _, m := range phone.Recordings.Memos {
		m.Folder, m.Deleted = "", time.Time{}
		memos = append(memos, m)
	}
	phone.Recordings.Memos = memos
}
