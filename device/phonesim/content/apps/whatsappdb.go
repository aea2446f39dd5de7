package apps

import (
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"

	"lifeboat/device/phonesim/content"
)

const (
	whatsAppDomain = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared"
	businessDomain = "AppDomainGroup-group.net.whatsapp.WhatsAppSMB.shared"
)

const whatsAppTables = coreData + `
ZWACHATSESSION
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZARCHIVED INTEGER
  ZCONTACTABID INTEGER
  ZFLAGS INTEGER
  ZHIDDEN INTEGER
  ZMESSAGECOUNTER INTEGER
  ZREMOVED INTEGER
  ZSESSIONTYPE INTEGER
  ZUNREADCOUNT INTEGER
  ZGROUPINFO INTEGER
  ZLASTMESSAGE INTEGER
  ZLASTMESSAGEDATE TIMESTAMP
  ZCONTACTJID VARCHAR
  ZPARTNERNAME VARCHAR
  ZLASTMESSAGETEXT VARCHAR
ZWAGROUPINFO
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZCHATSESSION INTEGER
  ZCREATIONDATE TIMESTAMP
  ZCREATORJID VARCHAR
  ZOWNERJID VARCHAR
ZWAGROUPMEMBER
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZCHATSESSION INTEGER
  ZISACTIVE INTEGER
  ZISADMIN INTEGER
  ZCONTACTNAME VARCHAR
  ZFIRSTNAME VARCHAR
  ZMEMBERJID VARCHAR
ZWAMESSAGE
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZCHILDMESSAGESDELIVEREDCOUNT INTEGER
  ZDATAITEMVERSION INTEGER
  ZFLAGS INTEGER
  ZGROUPEVENTTYPE INTEGER
  ZISFROMME INTEGER
  ZMESSAGEERRORSTATUS INTEGER
  ZMESSAGESTATUS INTEGER
  ZMESSAGETYPE INTEGER
  ZSORT INTEGER
  ZSPOTLIGHTSTATUS INTEGER
  ZSTARRED INTEGER
  ZCHATSESSION INTEGER
  ZGROUPMEMBER INTEGER
  ZLASTSESSION INTEGER
  ZMEDIAITEM INTEGER
  ZMESSAGEINFO INTEGER
  ZPARENTMESSAGE INTEGER
  ZMESSAGEDATE TIMESTAMP
  ZSENTDATE TIMESTAMP
  ZFROMJID VARCHAR
  ZMEDIASECTIONID VARCHAR
  ZPHASH VARCHAR
  ZPUSHNAME VARCHAR
  ZSTANZAID VARCHAR
  ZTEXT VARCHAR
  ZTOJID VARCHAR
ZWAMEDIAITEM
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZCLOUDSTATUS INTEGER
  ZFILESIZE INTEGER
  ZMEDIAORIGIN INTEGER
  ZMOVIEDURATION INTEGER
  ZMESSAGE INTEGER
  ZASPECTRATIO FLOAT
  ZHACCURACY FLOAT
  ZLATITUDE FLOAT
  ZLONGITUDE FLOAT
  ZMEDIAURLDATE TIMESTAMP
  ZAUTHORNAME VARCHAR
  ZCOLLECTIONNAME VARCHAR
  ZMEDIALOCALPATH VARCHAR
  ZMEDIAURL VARCHAR
  ZTHUMBNAILLOCALPATH VARCHAR
  ZTITLE VARCHAR
  ZVCARDNAME VARCHAR
  ZVCARDSTRING VARCHAR
  ZXMPPTHUMBPATH VARCHAR
  ZMEDIAKEY BLOB
  ZMETADATA BLOB
ZWAPROFILEPUSHNAME
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZJID VARCHAR
  ZPUSHNAME VARCHAR
index Z_WAMESSAGE_DATE ZWAMESSAGE(ZCHATSESSION, ZSORT)
`

const whatsAppContactTables = coreData + `
ZWAADDRESSBOOKCONTACT
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZABUSERID INTEGER
  ZFULLNAME VARCHAR
  ZGIVENNAME VARCHAR
  ZPHONENUMBER VARCHAR
  ZPHONENUMBERLABEL VARCHAR
  ZWHATSAPPID VARCHAR
  ZLID VARCHAR | 18-
`

const whatsAppCallTables = coreData + `
ZWACDCALLEVENT
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZBYTESRECEIVED INTEGER
  ZBYTESSENT INTEGER
  ZOUTCOME INTEGER
  Z1CALLEVENTS INTEGER
  ZDATE TIMESTAMP
  ZDURATION FLOAT
  ZCALLIDSTRING VARCHAR
  ZGROUPCALLCREATORUSERJIDSTRING VARCHAR
  ZGROUPJIDSTRING VARCHAR
ZWAAGGREGATECALLEVENT
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZINCOMING INTEGER
  ZMISSED INTEGER
  ZVIDEO INTEGER
  ZFIRSTDATE TIMESTAMP
ZWACDCALLEVENTPARTICIPANT
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZOUTCOME INTEGER
  Z1PARTICIPANTS INTEGER
  ZJIDSTRING VARCHAR
`

// Domain is that of WhatsApp or of WhatsApp Business.
func (w WhatsApp) Domain() string {
	if w.Business {
		return businessDomain
	}
	return whatsAppDomain
}

// BuildWhatsApp makes the databases of WhatsApp and the files that it keeps
// with them.
func BuildWhatsApp(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	wa := phone.WhatsApp
	if wa.Absent {
		return nil, nil
	}
	files := []content.Extra{phone.file(wa.Domain(), "Library/Preferences/"+strings.TrimPrefix(wa.Domain(), "AppDomainGroup-")+".plist", (&database{}).encode(map[string]any{"lastSeen": phone.Now}))}
	if wa.NoDatabase {
		return files, nil
	}
	stores := []store{
		{wa.Domain(), "ChatStorage.sqlite", whatsAppTables, (&whatsAppWriter{names: map[string]bool{}}).write},
		{wa.Domain(), "CallHistory.sqlite", whatsAppCallTables, whatsAppCalls},
	}
	if wa.Contacts != nil {
		stores = append(stores, store{wa.Domain(), "ContactsV2.sqlite", whatsAppContactTables, whatsAppContacts})
	}
	for _, s := range stores {
		made, err := phone.build(shape, s)
		if err != nil {
			return nil, err
		}
		files = append(files, made...)
	}
	for _, c := range wa.Chats {
		for _, m := range c.Messages {
			if m.Media == nil {
				continue
			}
			if m.Media.Path != "" && !m.Media.Absent {
				files = append(files, phone.file(wa.Domain(), path.Join("Message", m.Media.Path), m.Media.Data))
			}
			if m.Media.Thumb != nil {
				files = append(files, phone.file(wa.Domain(), path.Join("Message", m.Media.ThumbPath()), m.Media.Thumb))
			}
		}
	}
	return files, nil
}

// ThumbPath is where the small picture lies below Message.
func (m WhatsAppMedia) ThumbPath() string {
	return strings.TrimSuffix(m.Path, path.Ext(m.Path)) + ".thumb"
}

// whatsAppWriter knows the numbers of what was written.
type whatsAppWriter struct {
	*database
	members map[[2]string]int // by chat and JID
	names   map[string]bool   // JIDs whose push name is written
	media   int
}

// whatsAppRow is a message that is still to come.
type whatsAppRow struct {
	chat, sort int
	message    WhatsAppMessage
}

// newestWhatsApp is how many messages lie in the write-ahead log only.
const newestWhatsApp = 2

func (w *whatsAppWriter) write(d *database) {
	w.database, w.members = d, map[[2]string]int{}
	for i, name := range []string{"WAChatSession", "WAGroupInfo", "WAGroupMember", "WAMessage", "WAMediaItem", "WAProfilePushName"} {
		d.entity(i+1, name, 0, 0)
	}
	var rows []whatsAppRow
	for i, c := range d.phone.WhatsApp.Chats {
		w.chat(i+1, c)
		for j, m := range c.Messages {
			rows = append(rows, whatsAppRow{chat: i + 1, sort: j, message: m})
		}
	}
	slices.SortStableFunc(rows, func(a, b whatsAppRow) int { return a.message.Date.Compare(b.message.Date) })
	for i, r := range rows {
		if i == max(len(rows)-newestWhatsApp, 0) {
			d.newest()
		}
		w.message(i+1, r)
	}
}

func (w *whatsAppWriter) chat(n int, c WhatsAppChat) {
	r := row{
		"Z_PK": n, "Z_ENT": 1, "Z_OPT": 1, "ZCONTACTJID": c.JID, "ZPARTNERNAME": optional(c.Name), "ZARCHIVED": flag(c.Archived), "ZREMOVED": 0,
		"ZSESSIONTYPE": 0, "ZMESSAGECOUNTER": len(c.Messages),
	}
	if len(c.Messages) > 0 {
		last := c.Messages[len(c.Messages)-1]
		r["ZLASTMESSAGEDATE"], r["ZLASTMESSAGETEXT"] = cocoa(last.Date), optional(last.Text)
	}
	if strings.HasSuffix(c.JID, "@g.us") {
		r["ZSESSIONTYPE"], r["ZGROUPINFO"] = 1, n
		w.insert("ZWAGROUPINFO", row{"Z_PK": n, "Z_ENT": 2, "Z_OPT": 1, "ZCHATSESSION": n})
	}
	w.insert("ZWACHATSESSION", r)
	for _, m := range c.Members {
		number := len(w.members) + 1
		w.members[[2]string{c.JID, m.JID}] = number
		w.insert("ZWAGROUPMEMBER", row{
			"Z_PK": number, "Z_ENT": 3, "Z_OPT": 1, "ZCHATSESSION": n, "ZISACTIVE": 1, "ZCONTACTNAME": optional(m.Name), "ZFIRSTNAME": optional(m.Name),
			"ZMEMBERJID": m.JID,
		})
		w.push(m.JID, m.Push)
	}
}

// push writes once what somebody calls themselves.
func (w *whatsAppWriter) push(jid, name string) {
	if name == "" || jid == "" || w.names[jid] {
		return
	}
	w.names[jid] = true
	w.insert("ZWAPROFILEPUSHNAME", row{"Z_PK": len(w.names), "Z_ENT": 6, "Z_OPT": 1, "ZJID": jid, "ZPUSHNAME": name})
}

func (w *whatsAppWriter) message(n int, of whatsAppRow) {
	m, c := of.message, w.phone.WhatsApp.Chats[of.chat-1]
	r := row{
		"Z_PK": n, "Z_ENT": 4, "Z_OPT": 1, "ZISFROMME": flag(m.From == ""), "ZMESSAGETYPE": m.Type, "ZSORT": of.sort, "ZSTARRED": flag(m.Starred),
		"ZCHATSESSION": of.chat, "ZMESSAGEDATE": cocoa(m.Date), "ZSENTDATE": cocoa(latest(m.Sent, m.Date)), "ZSTANZAID": m.ID, "ZTEXT": optional(m.Text),
		"ZMESSAGESTATUS": 8, "ZPUSHNAME": optional(m.Push),
	}
	if m.PushEncoded {
		r["ZPUSHNAME"] = base64.StdEncoding.EncodeToString(message(nil).text(1, m.Push))
	}
	if m.From == "" {
		r["ZTOJID"] = c.JID
	} else {
		r["ZFROMJID"] = c.JID // of a group it is the group's
		if member, ok := w.members[[2]string{c.JID, m.From}]; ok {
			r["ZGROUPMEMBER"] = member
		}
	}
	if media := m.Media; media != nil || m.Quotes != "" {
		w.media++
		r["ZMEDIAITEM"] = w.media
		w.item(w.media, n, m)
	}
	w.insert("ZWAMESSAGE", r)
}

func (w *whatsAppWriter) item(n, of int, m WhatsAppMessage) {
	r := row{"Z_PK": n, "Z_ENT": 5, "Z_OPT": 1, "ZMESSAGE": of}
	if media := m.Media; media != nil {
		r["ZMEDIALOCALPATH"], r["ZTITLE"], r["ZFILESIZE"], r["ZMOVIEDURATION"] = optional(media.Path), optional(media.Caption), len(media.Data), media.Seconds
		r["ZVCARDNAME"] = optional(media.Name)
		if media.Thumb != nil {
			r["ZXMPPTHUMBPATH"] = media.ThumbPath()
		}
		if media.Place != nil {
			r["ZLATITUDE"], r["ZLONGITUDE"] = media.Place.Latitude, media.Place.Longitude
		}
	}
	var metadata message
	if m.Quotes != "" {
		metadata = metadata.text(5, m.Quotes)
	}
	if m.Media != nil && m.Media.Forwards > 0 {
		metadata = metadata.number(17, uint64(m.Media.Forwards))
	}
	if metadata != nil {
		r["ZMETADATA"] = []byte(metadata)
	}
	w.insert("ZWAMEDIAITEM", r)
}

func whatsAppContacts(d *database) {
	d.entity(1, "WAAddressBookContact", 0, 0)
	for i, c := range d.phone.WhatsApp.Contacts {
		d.insert("ZWAADDRESSBOOKCONTACT", row{
			"Z_PK": i + 1, "Z_ENT": 1, "Z_OPT": 1, "ZFULLNAME": optional(c.Name), "ZPHONENUMBER": optional(c.Number), "ZWHATSAPPID": c.JID,
		})
	}
}

func whatsAppCalls(d *database) {
	for i, name := range []string{"WAAggregateCallEvent", "WACDCallEvent", "WACDCallEventParticipant"} {
		d.entity(i+1, name, 0, 0)
	}
	for i, c := range d.phone.WhatsApp.Calls {
		n := i + 1
		d.insert("ZWAAGGREGATECALLEVENT", row{
			"Z_PK": n, "Z_ENT": 1, "Z_OPT": 1, "ZINCOMING": flag(c.Incoming), "ZMISSED": flag(c.Outcome == 1), "ZVIDEO": flag(c.Video), "ZFIRSTDATE": cocoa(c.Date),
		})
		d.insert("ZWACDCALLEVENT", row{
			"Z_PK": n, "Z_ENT": 2, "Z_OPT": 1, "ZOUTCOME": c.Outcome, "Z1CALLEVENTS": n, "ZDATE": cocoa(c.Date), "ZDURATION": float64(c.Seconds),
			"ZCALLIDSTRING": fmt.Sprintf("CALL%04d", n),
		})
		d.insert("ZWACDCALLEVENTPARTICIPANT", row{"Z_PK": n, "Z_ENT": 3, "Z_OPT": 1, "ZOUTCOME": c.Outcome, "Z1PARTICIPANTS": n, "ZJIDSTRING": c.JID})
	}
}
