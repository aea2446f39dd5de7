package apps

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// The archive of a short text, byte by byte, as the format has it.
func TestTypedstream(t *testing.T) {
	want := strings.Join([]string{
		"040b73747265616d747970656481e803", // head
		"840140",                           // a value of type "@"
		"84848412" + hex.EncodeToString([]byte("NSAttributedString")) + "00",
		"848408" + hex.EncodeToString([]byte("NSObject")) + "0085", // its superclass, which has none
		"92", // again "@"
		"84848408" + hex.EncodeToString([]byte("NSString")) + "0194",
		"84012b" + "06" + hex.EncodeToString([]byte("Ahoi!!")) + "86",
		"84026949" + "0106", // the first attributes go for six units
		"92" + "8484840c" + hex.EncodeToString([]byte("NSDictionary")) + "0094",
		"840169" + "01", // one pair
		"92" + "8496961d" + hex.EncodeToString([]byte("__kIMMessagePartAttributeName")) + "86",
		"92" + "84848408" + hex.EncodeToString([]byte("NSNumber")) + "00" + "848407" + hex.EncodeToString([]byte("NSValue")) + "0094",
		"84012a" + "84999900" + "86",
		"86", // the dictionary
		"86", // the whole
	}, "")
	if got := hex.EncodeToString(styled("Ahoi!!", nil).typedstream(false)); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// wordsOf reads the first text of an archive by the short way: behind the name of
// its class, a + and a length.
func wordsOf(t *testing.T, body []byte) string {
	t.Helper()
	at := bytes.Index(body, []byte("NSString"))
	plus := bytes.IndexByte(body[at:], '+') + at + 1
	length, from := int(body[plus]), plus+1
	if body[plus] > 0x7F && body[plus] != 0x81 && body[plus] != 0x82 {
		t.Fatalf("a length of %x", body[plus])
	}
	switch body[plus] {
	case 0x81:
		length, from = int(body[plus+1])|int(body[plus+2])<<8, plus+3
	case 0x82:
		length, from = int(body[plus+1])|int(body[plus+2])<<8|int(body[plus+3])<<16|int(body[plus+4])<<24, plus+5
	}
	return string(body[from : from+length])
}

// What the database of messages says is what the phone was made of, as far as
// the shape can say it.
func TestMessagesDatabase(t *testing.T) {
	for _, shape := range Shapes {
		phone := Nasty().In(shape)
		named, stores := built(t, BuildMessages, shape, Nasty())
		db := opened(t, stores[smsPath]...)
		for _, c := range phone.Chats {
			for _, m := range c.Messages {
				var text *string
				var body []byte
				var date int64
				if err := db.QueryRow("SELECT text, attributedBody, date FROM message WHERE guid = ?", m.GUID).Scan(&text, &body, &date); err != nil {
					t.Fatalf("iOS %s, %s: %v", shape, m.GUID, err)
				}
				if (text == nil) != (m.BodyOnly || m.Text == "") || text != nil && *text != m.Text || (body == nil) != (m.NoBody || m.Text == "") {
					t.Errorf("iOS %s, %s: the columns of %.40q", shape, m.GUID, m.Text)
				}
				if body != nil && wordsOf(t, body) != m.Text {
					t.Errorf("iOS %s, %s: the body has %.40q instead of %.40q", shape, m.GUID, wordsOf(t, body), m.Text)
				}
				want := m.Date.Sub(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))
				if m.OldDates {
					want /= time.Second
				}
				if date != int64(want) {
					t.Errorf("iOS %s, %s: the date %d, want %d", shape, m.GUID, date, want)
				}
				for _, a := range m.Attachments {
					if f, there := named["MediaDomain/"+a.StoredPath()]; there == a.Absent || there && !bytes.Equal(f.Data, a.Data) {
						t.Errorf("iOS %s: the file of %q is there: %v", shape, a.Name, there)
					}
				}
			}
		}
		since16, since18 := shape.since(16), shape.since(18)
		for query, want := range map[string]int{
			"SELECT count(*) FROM sqlite_master WHERE name = 'chat_recoverable_message_join'":                         flag(since16),
			"SELECT count(*) FROM pragma_table_info('message') WHERE name IN ('date_edited', 'date_retracted')":       2 * flag(since16),
			"SELECT count(*) FROM pragma_table_info('message') WHERE name = 'thread_originator_guid'":                 flag(shape.since(14)),
			"SELECT count(*) FROM message WHERE associated_message_type = 2006":                                       flag(since18),
			"SELECT count(*) FROM message WHERE associated_message_type = 3002":                                       1,
			"SELECT count(*) FROM message WHERE service = 'RCS'":                                                      flag(since18),
			"SELECT count(*) FROM message WHERE item_type IN (1, 2, 3)":                                               5,
			"SELECT count(*) FROM chat WHERE display_name = 'Two of one name'":                                        2,
			"SELECT count(*) FROM (SELECT message_id FROM chat_message_join GROUP BY message_id HAVING count(*) = 2)": 1,
			"SELECT max(length(attributedBody)) > 70000 FROM message":                                                 1,
		} {
			if got := number(t, db, query); got != want {
				t.Errorf("iOS %s: %s: %d, want %d", shape, query, got, want)
			}
		}
	}
}

// Edits are in a property list as the phone writes it, the last version last.
func TestMessagesEdits(t *testing.T) {
	_, stores := built(t, BuildMessages, IOS18, Nasty())
	db := opened(t, stores[smsPath]...)
	for _, c := range Nasty().Chats {
		for _, m := range c.Messages {
			var info []byte
			if err := db.QueryRow("SELECT message_summary_info FROM message WHERE guid = ?", m.GUID).Scan(&info); err != nil {
				t.Fatal(err)
			}
			if len(m.Earlier) == 0 && m.Unsent.IsZero() {
				if info != nil {
					t.Errorf("%s was never edited", m.GUID)
				}
				continue
			}
			var list struct {
				Versions map[string][]struct {
					Date float64 `plist:"d"`
					Text []byte  `plist:"t"`
				} `plist:"ec"`
				Unsent []int `plist:"rp"`
			}
			if _, err := plist.Unmarshal(info, &list); err != nil {
				t.Fatal(err)
			}
			versions := list.Versions["0"]
			if len(versions) != len(m.Earlier)+1 || (len(list.Unsent) == 1) != !m.Unsent.IsZero() || (len(versions[len(versions)-1].Text) == 0) != !m.Unsent.IsZero() {
				t.Fatalf("%s: %d versions, unsent %v", m.GUID, len(versions), list.Unsent)
			}
			for i, v := range m.Earlier {
				if wordsOf(t, versions[i].Text) != v.Text || versions[i].Date != cocoa(v.At) {
					t.Errorf("%s: version %d", m.GUID, i)
				}
			}
		}
	}
}

// An attachment's name on the phone is one that a file can have.
func TestFileName(t *testing.T) {
	for _, name := range nastyNames {
		got := fileName(name)
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, "/\n\x00") || len(got) > 200 {
			t.Errorf("%q becomes %q", name, got)
		}
	}
	if fileName("Lease agreement.pdf") != "Lease agreement.pdf" {
		t.Error("a good name is changed")
	}
}

// A mistake in the text of the demonstration's conversations is noticed.
func TestChatReader(t *testing.T) {
	for _, text := range []string{"Maria: nobody yet", "= a | b", "= a | SMS | | Ben\nno speaker", "= a | SMS | | Ben\nBen: x // nothing=1", "@ yesterday", "+soon"} {
		r, failed := &chatReader{}, false
		for line := range strings.Lines(text) {
			failed = failed || r.line(strings.TrimSpace(line)) != nil
		}
		if !failed {
			t.Errorf("%q is read", text)
		}
	}
}

// Who writes in WhatsApp, what is with it and where its files lie is what the
// phone was made of.
func TestWhatsAppDatabase(t *testing.T) {
	for _, phone := range []Phone{Nasty(), Demo()} {
		wa := phone.WhatsApp
		files, err := BuildWhatsApp(IOS26, phone)
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]content.Extra{}
		for _, f := range files {
			named[f.Path] = f
		}
		stores := databases(files)
		if _, there := stores["ContactsV2.sqlite"]; there != (wa.Contacts != nil) {
			t.Errorf("there is a database of contacts: %v", there)
		}
		db := opened(t, stores["ChatStorage.sqlite"]...)
		for _, c := range wa.Chats {
			for _, m := range c.Messages {
				var chat, file, member string
				var mine int
				var date float64
				err := db.QueryRow(`SELECT s.ZCONTACTJID, m.ZISFROMME, m.ZMESSAGEDATE, coalesce(i.ZMEDIALOCALPATH, ''), coalesce(g.ZMEMBERJID, '') FROM ZWAMESSAGE m JOIN ZWACHATSESSION s ON s.Z_PK = m.ZCHATSESSION
					LEFT JOIN ZWAMEDIAITEM i ON i.Z_PK = m.ZMEDIAITEM AND i.ZMESSAGE = m.Z_PK LEFT JOIN ZWAGROUPMEMBER g ON g.Z_PK = m.ZGROUPMEMBER WHERE m.ZSTANZAID = ?`, m.ID).Scan(&chat, &mine, &date, &file, &member)
				if err != nil || chat != c.JID || mine != flag(m.From == "") || date != cocoa(m.Date) || member != "" && member != m.From {
					t.Errorf("%s: %v, %s, %d, %f, %q", m.ID, err, chat, mine, date, member)
				}
				if m.Media == nil {
					continue
				}
				if f, there := named["Message/"+file]; file != m.Media.Path || file != "" && (there == m.Media.Absent || there && !bytes.Equal(f.Data, m.Media.Data)) {
					t.Errorf("%s: the file %q is there: %v", m.ID, file, there)
				}
			}
		}
	}
	phone := Nasty()
	phone.WhatsApp.NoDatabase = true
	files, err := BuildWhatsApp(IOS26, phone)
	if err != nil || len(files) != 1 || len(databases(files)) != 0 {
		t.Errorf("%d files, %v", len(files), err)
	}
	phone.WhatsApp = WhatsApp{Business: true}
	if files, err = BuildWhatsApp(IOS26, phone); err != nil || !strings.Contains(files[0].Domain, "SMB") {
		t.Errorf("%v, %v", files, err)
	}
	phone.WhatsApp.Absent = true
	if files, err = BuildWhatsApp(IOS26, phone); err != nil || files != nil {
		t.Error(fmt.Sprint(len(files), " files of an app that is not there"))
	}
}
