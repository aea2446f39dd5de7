package apps

import (
	"fmt"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// Voicemail is a message on the answering machine of the phone company that
// the phone has fetched.
type Voicemail struct {
	Date time.Time
	// Sender is who called, "" if withheld; Callback whom to call back.
	Sender, Callback string
	// Receiver is the own number, which iOS 13 does not keep.
	Receiver string
	Seconds  int
	Heard    bool
	// Deleted is one that was deleted; Trashed says when, if the phone knows.
	Deleted bool
	Trashed time.Time
	// Audio is the file, nil if it has not been fetched.
	Audio []byte
	// Transcript is what the phone understood, "" for none.
	Transcript string
}

// flagDeleted are the flags of a voicemail that was deleted. That 1 is one that
// was heard is assumed.
const flagDeleted = 75

const voicemailTables = `
voicemail
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  remote_uid INTEGER
  date INTEGER
  token TEXT
  sender TEXT
  callback_num TEXT
  duration INTEGER
  expiration INTEGER
  trashed_date INTEGER
  flags INTEGER
  receiver TEXT | 15-
  label TEXT | 15-
  uuid TEXT | 17-
map | 15-
  label TEXT
  account TEXT
index date_index voicemail(date)
`

const voicemailFolder = "Library/Voicemail"

// BuildVoicemail makes the database of voicemail, the sounds and the
// transcripts. A voicemail's number is its place in the list, from 1.
func BuildVoicemail(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	files, err := phone.build(shape, store{homeDomain, voicemailFolder + "/voicemail.db", voicemailTables, phone.fillVoicemail})
	if err != nil {
		return nil, err
	}
	for i, v := range phone.Voicemail {
		name := fmt.Sprintf("%s/%d", voicemailFolder, i+1)
		if v.Audio != nil {
			files = append(files, phone.file(homeDomain, name+".amr", v.Audio))
		}
		if v.Transcript != "" {
			data, err := transcript(v.Transcript)
			if err != nil {
				return nil, fmt.Errorf("transcript: %w", err)
			}
			files = append(files, phone.file(homeDomain, name+".transcript", data))
		}
	}
	return files, nil
}

func (p Phone) fillVoicemail(d *database) {
	d.insert("map", row{"label": "line-1", "account": "8900000000000000001"})
	for i, v := range p.Voicemail {
		if i == len(p.Voicemail)-1 {
			d.newest()
		}
		flags, trashed := flag(v.Heard), int64(0)
		if v.Deleted {
			flags = flagDeleted
			if !v.Trashed.IsZero() {
				trashed = v.Trashed.Unix() - cocoaEpoch
			}
		}
		d.insert("voicemail", row{"ROWID": i + 1, "remote_uid": i + 1, "date": v.Date.Unix(), "token": "Complete", "sender": optional(v.Sender),
			"callback_num": optional(v.Callback), "duration": v.Seconds, "expiration": 0, "trashed_date": trashed, "flags": flags,
			"receiver": optional(v.Receiver), "label": "line-1", "uuid": fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)})
	}
}

// transcript is an archive of the object that holds what was understood, as a
// binary property list.
func transcript(text string) ([]byte, error) {
	return plist.Marshal(map[string]any{
		"$archiver": "NSKeyedArchiver", "$version": 100000, "$top": map[string]any{"root": plist.UID(1)},
		"$objects": []any{"$null",
			map[string]any{"$class": plist.UID(3), "transcriptionString": plist.UID(2), "confidence": 0.875},
			text,
			map[string]any{"$classname": "VMVoicemailTranscript", "$classes": []string{"VMVoicemailTranscript", "NSObject"}}},
	}, plist.BinaryFormat)
}

// narrowVoicemail takes out what iOS 13 does not keep: the number that was
// called.
func narrowVoicemail(shape Shape, phone *Phone) {
	if shape.since(15) {
		return
	}
	var all []Voicemail
	for _, v := range phone.Voicemail {
		v.Receiver = ""
		all = append(all, v)
	}
	phone.Voicemail = all
}
