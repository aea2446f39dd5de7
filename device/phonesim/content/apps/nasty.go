package apps

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Nasty is a phone that holds all that readers have stumbled over, and what
// somebody may have put there to do harm. It is small, the same every time and
// shared by all callers, who must not change what its slices hold.
//
// Its newest rows lie in the write-ahead logs only. Whoever wants databases
// that are broken, gone or lack something says so in Harm.
func Nasty() Phone { return nasty() }

var nasty = sync.OnceValue(func() Phone {
	p := Phone{Now: time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC), WAL: true, Harm: Harm{AlbumEntity: 41}}
	for _, add := range nastyParts {
		add(&p)
	}
	return p
})

// nastyParts put the things of one kind each onto the phone.
var nastyParts = []func(*Phone){nastyMessages, nastyPhotos, nastyWhatsApp, nastyContacts, nastyCalls, nastyRest}

// script is a text that a page must show and not run.
const script = `<script>alert("1")</script><img src=x onerror=alert(1)>'"&amp; </title>`

// nastyNames are names that no file of this computer may get as they are.
var nastyNames = []string{
	"../../../../etc/passwd", "..", "a/b\\c.txt", "CON", "nul.jpg", "com1.txt", "ends with a dot.", " blank before and behind ", "colon: star* ask? <pipe|> \"quote\".txt",
	"line\nbreak.txt", "\u202Egpj.exe", strings.Repeat("long ", 80) + ".jpeg", strings.Repeat("長", 120) + ".png", "CASE.txt", "case.TXT", "Cafe\u0301.txt", "Caf\u00e9.txt", "-rf", "~", "$HOME", "", "🏖️.jpg",
}

// longText is a text of so many bytes in UTF-8 at least.
func longText(bytes int) string {
	const line = "Ein langer Satz mit Umlauten wie äöü und einem Boot ⛵. "
	return strings.Repeat(line, bytes/len(line)+1)
}

func nastyMessages(phone *Phone) {
	const maria, ben, mail = "+15555550101", "+15555550105", "nobody@example.com"
	n := 0
	at := time.Date(2026, 3, 1, 8, 0, 0, 123_456_789, time.UTC)
	say := func(from, text string) Message {
		n++
		at = at.Add(7 * time.Minute)
		return Message{GUID: fmt.Sprintf("0BAD0000-0000-4000-8000-%012d", n), From: from, Text: text, Date: at}
	}
	body := func(from, text string) Message {
		m := say(from, text)
		m.BodyOnly = true
		return m
	}
	old := say(maria, "Written by iOS 10: the dates are seconds")
	old.OldDates, old.Date, old.Read = true, time.Date(2016, 11, 5, 10, 11, 12, 0, time.UTC), time.Date(2016, 11, 5, 10, 12, 0, 0, time.UTC)
	first := Chat{ID: maria, Service: "iMessage", Handles: []string{maria}, Messages: []Message{
		old, say(maria, script), say("", "'; DROP TABLE message; --"), body(maria, "Only in the body 👨‍👩‍👧‍👦 ä 漢字"),
		body("", longText(128)), body(maria, longText(300)), body(maria, longText(33_000)), body("", longText(70_000)),
	}}
	add := func(c *Chat, messages ...Message) { c.Messages = append(c.Messages, messages...) }

	noBody := say("", "Only in the column")
	noBody.NoBody = true
	empty := say(maria, "")
	unsent := say("", "")
	unsent.Unsent, unsent.Earlier = unsent.Date.Add(30*time.Second), []Version{{"This was meant for somebody else", unsent.Date}}
	edited := body(maria, "Third and last "+script)
	edited.Earlier = []Version{{"First", edited.Date}, {"Second 🙂", edited.Date.Add(time.Minute)}}
	edited.Edited = edited.Date.Add(2 * time.Minute)
	reply := say("", "An answer")
	reply.ReplyTo = edited.GUID
	lost := say(maria, "An answer to what is gone")
	lost.ReplyTo = "FFFFFFFF-0000-4000-8000-000000000000"
	deleted := body(maria, "In Recently Deleted")
	deleted.Deleted = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	reacted := say("", "Reactions of all sorts")
	for i, kind := range []int{Loved, Liked, Disliked, Laughed, Emphasised, Questioned, EmojiReaction, Sticker} {
		r := Reaction{GUID: fmt.Sprintf("%s-R%d", reacted.GUID, i), From: maria, Kind: kind, Date: reacted.Date.Add(time.Duration(i+1) * time.Second * 5), Prefix: []string{"", "bp:", "bare"}[i%3]}
		if kind == EmojiReaction {
			r.Emoji = "🫠"
		}
		r.TakenBack = i == 2
		reacted.Reactions = append(reacted.Reactions, r)
	}
	link := say(maria, "https://example.com/?q=<b>&x=1")
	link.Link = &Link{URL: "javascript:alert(1)", Title: script, Summary: "Not a page"}
	app := say(maria, "\uFFFD")
	app.App = "com.apple.messages.MSMessageExtensionBalloonPlugin:ABCDE12345:com.example.game.messages"
	voice := say(maria, string(objectMarker))
	voice.Audio, voice.Attachments = true, []Attachment{{GUID: "at_0_voice", Name: "Audio Message.caf", MIME: "audio/x-caf", UTI: "com.apple.coreaudio-format", Data: []byte("caff\x00\x01\x00\x00")}}
	add(&first, noBody, empty, unsent, edited, reply, lost, deleted, reacted, link, app, voice)

	files := Chat{ID: "chat900", Service: "iMessage", Name: "Two of one name", Group: true, Handles: []string{maria, ben}}
	for i, name := range nastyNames {
		m := say(ben, string(objectMarker)+"file "+fmt.Sprint(i))
		m.Attachments = []Attachment{{GUID: fmt.Sprintf("at_0_name_%d", i), Name: name, MIME: "text/plain", UTI: "public.plain-text", Data: fmt.Appendf(nil, "content %d", i)}}
		add(&files, m)
	}
	several := body(maria, "before"+string(objectMarker)+"between"+string(objectMarker)+"after")
	several.Attachments = []Attachment{
		{GUID: "at_0_several", Name: "one.jpg", MIME: "image/jpeg", UTI: "public.jpeg", Data: jpegFile(paint(sunset, 1, 40, 30), nil), Absolute: true},
		{GUID: "at_1_several", Name: "two.jpg", MIME: "image/jpeg", UTI: "public.jpeg", Size: 3_200_000, Absent: true},
	}
	escaping := say(ben, string(objectMarker))
	escaping.Attachments = []Attachment{{GUID: "at_0_escape", Name: "hosts", Path: "../../../../private/etc/hosts", Absent: true}}
	sticker := say(ben, string(objectMarker))
	sticker.Attachments = []Attachment{{GUID: "at_0_sticker", Name: "sticker.png", MIME: "image/png", UTI: "public.png", Data: pngFile(paint(flowers, 2, 30, 30)), Sticker: true}}
	happened := func(by string, e GroupEvent) Message {
		m := say(by, "")
		m.Event = &e
		return m
	}
	add(&files, several, escaping, sticker,
		happened(maria, GroupEvent{Kind: Renamed, Title: script}), happened("", GroupEvent{Kind: Added, Who: mail}),
		happened(ben, GroupEvent{Kind: Removed, Who: mail}), happened(ben, GroupEvent{Kind: PhotoChanged}), happened(maria, GroupEvent{Kind: Left}))

	twin := Chat{ID: "chat901", Service: "iMessage", Name: "Two of one name", Group: true, Handles: []string{maria, ben, mail}, Messages: []Message{say(mail, "The other group of that name")}}
	shared := say(maria, "In two chats")
	shared.AlsoIn = []string{"chat901"}
	sms := Chat{ID: maria, Service: "SMS", Handles: []string{maria}, Messages: []Message{say(maria, "The same person by SMS"), shared}}
	rcs := Chat{ID: ben, Service: "RCS", Handles: []string{ben}, Messages: []Message{say(ben, "By RCS where there is such")}}
	evil := Chat{ID: "../../" + script, Service: "iMessage", Name: "../..\\CON", Group: true, Handles: []string{maria}, Messages: []Message{say(maria, "A chat with a name")}}
	nobody := Chat{ID: "", Service: "SMS", Messages: []Message{say("", "To nobody")}}
	at = phone.Now.Add(-time.Hour)
	newest := Chat{ID: mail, Service: "iMessage", Handles: []string{mail}, Messages: []Message{say(mail, "Third newest"), body(mail, "Second newest 🛟"), say("", "Newest of all")}}
	phone.Chats = []Chat{first, files, twin, sms, rcs, evil, nobody, newest}
}

func nastyPhotos(phone *Phone) {
	n := 0
	at := time.Date(2025, 2, 3, 4, 5, 6, 0, time.UTC)
	add := func(name string, change func(*Photo)) {
		n++
		at = at.Add(31 * time.Hour)
		img := paint(hills, uint64(n), 64, 48)
		p := Photo{UUID: fmt.Sprintf("BADF0000-0000-4000-8000-%012d", n), Folder: "DCIM/100APPLE", Name: name, Taken: at, Zone: "Pacific/Auckland", Offset: 13 * 3600, Width: 64, Height: 48}
		p.Thumb = jpegFile(smaller(img, 32), nil)
		if change != nil {
			change(&p)
		}
		if p.Data == nil && p.State == Here {
			p.Data = jpegFile(img, &p)
		}
		phone.Photos = append(phone.Photos, p)
	}
	add("IMG_0001.JPG", nil)
	add("IMG_0002.HEIC", func(p *Photo) { // whose name the files have in small letters
		p.OtherCase, p.Data = true, []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1no picture")
	})
	add("IMG_0003.HEIC", func(p *Photo) { p.State = ThumbOnly })
	add("IMG_0004.HEIC", func(p *Photo) { p.State = EntryOnly })
	add("IMG_0005.JPG", func(p *Photo) { // edited, with the recipe beside it
		p.Rendered, p.Recipe, p.Modified = jpegFile(paint(sunset, 9, 64, 48), p), []byte(recipe), p.Taken.Add(time.Hour)
	})
	add("IMG_0006.JPG", func(p *Photo) {
		p.Subtype, p.Movie = Live, movie([][]byte{p.Thumb}, 32, 24, 2, p.Taken)
	})
	add("IMG_0007.MOV", func(p *Photo) {
		p.Video, p.Subtype, p.Seconds, p.Data = true, PlainVideo, 3.5, movie([][]byte{p.Thumb, p.Thumb}, 32, 24, 3.5, p.Taken)
	})
	add("IMG_0008.JPG", func(p *Photo) { p.Hidden = true })
	add("IMG_0009.JPG", func(p *Photo) { p.Trashed = phone.Now.AddDate(0, 0, -12) })
	for i, pick := range []int{BurstKey, BurstChosen, BurstRest} {
		add(fmt.Sprintf("IMG_%04d.JPG", 10+i), func(p *Photo) { p.Burst, p.Pick = "BURST-1", pick })
	}
	add("IMG_0013.JPG", func(p *Photo) { // of a shared album
		p.Folder, p.Origin = "PhotoData/PhotoCloudSharingData/80001/ALBUM/100CLOUD", FromSharedAlbum
	})
	add("5E2B0000-AAAA-4000-8000-00000000000A.JPG", func(p *Photo) { // from iCloud
		p.Folder, p.Origin, p.Original = "PhotoData/CPLAssets/group17", FromICloud, "IMG_0001.JPG"
	})
	add("IMG_0001.JPG", func(p *Photo) { p.Folder = "DCIM/101APPLE" }) // a name that there is twice
	add("IMG_0016.JPG", func(p *Photo) { p.Original = "../../../evil.JPG" })
	add("IMG_0017.JPG", func(p *Photo) { p.Original, p.People = "CON.JPG", []string{script, "Maria Oliveira"} })
	add("IMG_0018.JPG", func(p *Photo) { p.Original = strings.Repeat("long ", 80) + ".JPG" })
	add("IMG_0019.JPG", func(p *Photo) { p.Data = []byte{} })                               // empty
	add("IMG_0020.JPG", func(p *Photo) { p.Data = []byte("\xFF\xD8\xFF\xE1\xFF\xFFExif") }) // broken off
	add("IMG_0021.JPG", func(p *Photo) { p.Thumb = nil })
	add("IMG_0022.JPG", func(p *Photo) { p.Taken = time.Date(1903, 7, 1, 12, 0, 0, 0, time.UTC) }) // scanned
	add("IMG_0023.JPG", func(p *Photo) { p.Zone, p.Offset, p.Place = "", 0, &Coordinates{-41.29, 174.78} })
	add("../../../../HomeDomain/Library/SMS/sms.db", func(p *Photo) { p.State = EntryOnly })
	at = phone.Now.Add(-60 * time.Hour)
	add("IMG_9999.JPG", nil) // the newest
	id := func(i int) string { return phone.Photos[i].UUID }
	phone.Albums = []Album{
		{UUID: "A-FOLDER", Title: "A folder / with a slash", Kind: AlbumFolder},
		{UUID: "A-1", Title: "Trip", Kind: AlbumUser, Parent: "A-FOLDER", Photos: []string{id(4), id(0), id(2), id(14)}},
		{UUID: "A-2", Title: "trip", Kind: AlbumUser, Parent: "A-FOLDER", Photos: []string{id(0)}},
		{UUID: "A-3", Title: "../..", Kind: AlbumUser, Photos: []string{id(5)}},
		{UUID: "A-4", Title: "", Kind: AlbumUser},
		{UUID: "A-5", Title: "NUL.", Kind: AlbumImport, Photos: []string{id(6), id(7)}},
		{UUID: "A-6", Title: script, Kind: AlbumShared, Photos: []string{id(12)}},
		{UUID: "A-7", Title: "Thrown away", Kind: AlbumUser, Trashed: true, Photos: []string{id(1)}},
		// Two folders that lie in each other.
		{UUID: "A-8", Title: "Round", Kind: AlbumFolder, Parent: "A-9"},
		{UUID: "A-9", Title: "And round", Kind: AlbumFolder, Parent: "A-8"},
		{UUID: "A-10", Title: "Within", Kind: AlbumUser, Parent: "A-9", Photos: []string{id(3)}},
	}
}
