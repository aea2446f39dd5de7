package apps

import (
	"fmt"
	"time"
)

func nastyWhatsApp(phone *Phone) {
	const person, other, hidden, group, status = "15555550101@s.whatsapp.net", "15555550105@s.whatsapp.net", "99900012345678@lid", "120363000000000001@g.us", "15555550105@status"
	n := 0
	at := time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC)
	say := func(from string, kind int, text string, media *WhatsAppMedia) WhatsAppMessage {
		n++
		at = at.Add(11 * time.Minute)
		return WhatsAppMessage{ID: fmt.Sprintf("3A%018X", n), From: from, Type: kind, Text: text, Date: at, Media: media}
	}
	file := func(path, data string) *WhatsAppMedia { return &WhatsAppMedia{Path: path, Data: []byte(data)} }
	picture := jpegFile(paint(beach, 5, 48, 36), nil)
	one := WhatsAppChat{JID: person, Name: "Maria", Messages: []WhatsAppMessage{
		say(person, WAText, script, nil), say("", WAText, longText(70_000), nil),
		say(person, WAPicture, "", &WhatsAppMedia{Path: "Media/" + person + "/a/b/picture.jpg", Data: picture, Thumb: picture, Caption: "A caption " + script, Forwards: 5}),
		say(person, WAVideo, "", &WhatsAppMedia{Path: "Media/" + person + "/a/c/gone.mp4", Absent: true, Thumb: picture, Seconds: 12}),
		say("", WAVoice, "", &WhatsAppMedia{Path: "Media/" + person + "/a/d/voice.opus", Data: []byte("OggS"), Seconds: 4}),
		say(person, WADocument, "", &WhatsAppMedia{Path: "Media/" + person + "/a/e/8c1.pdf", Data: []byte(onePage), Name: "../../CON.pdf"}),
		say(person, WAPlace, "", &WhatsAppMedia{Place: &Coordinates{38.7, -9.1}, Name: "A place"}),
		say(person, WAContact, "", &WhatsAppMedia{Name: "Somebody"}), say(person, WASystem, "", nil), say(person, WADeleted, "", nil),
		say(person, WASticker, "", file("Media/"+person+"/a/f/sticker.webp", "RIFF\x04\x00\x00\x00WEBP")), say(person, WALink, "https://example.com/", nil),
		say("", WACall, "", nil), say(person, 99, "A type that nobody knows", nil),
		say(person, WAPicture, "", &WhatsAppMedia{Path: "../../../../etc/passwd", Absent: true}),
	}}
	one.Messages[1].Quotes, one.Messages[1].Starred = one.Messages[0].ID, true
	one.Messages[2].Quotes = "3AFFFFFFFFFFFFFFFFFF" // of what is gone
	// Another chat of the same name.
	two := WhatsAppChat{JID: hidden, Name: "Maria", Messages: []WhatsAppMessage{say(hidden, WAText, "Who hides their number", nil)}}
	crowd := WhatsAppChat{JID: group, Name: "../.. 🎉", Archived: true, Members: []WhatsAppMember{{person, "", "Mary"}, {other, "Ben Carter", ""}, {hidden, "", "Zoë 🌊"}}, Messages: []WhatsAppMessage{
		say(person, WAText, "From a member without a name", nil), say(other, WAText, "From one with a name", nil), say(hidden, WAText, "From one with a hidden number", nil),
		say("15555550177@s.whatsapp.net", WAText, "From one who has left", nil), say("", WAText, "From me", nil),
	}}
	for i := range crowd.Messages[:3] {
		crowd.Messages[i].Push, crowd.Messages[i].PushEncoded = []string{"Mary", "", "Zoë 🌊"}[i], i != 1
	}
	shown := WhatsAppChat{JID: status, Messages: []WhatsAppMessage{say(other, WAText, "What is shown for a day", nil)}}
	nobody := WhatsAppChat{JID: "15555550178@s.whatsapp.net"}
	at = phone.Now.Add(-2 * time.Hour)
	newest := WhatsAppChat{JID: other, Name: "Ben", Messages: []WhatsAppMessage{say(other, WAText, "Second newest", nil), say("", WAText, "Newest of all", nil)}}
	phone.WhatsApp = WhatsApp{Chats: []WhatsAppChat{one, two, crowd, shown, nobody, newest}, Calls: []WhatsAppCall{
		{JID: person, Outcome: 0, Date: day(2026, 5, 1), Seconds: 61, Incoming: true}, {JID: other, Outcome: 1, Date: day(2026, 5, 2), Video: true, Incoming: true},
		{JID: hidden, Outcome: 4, Date: day(2026, 5, 3)},
	}} // and no database of contacts
}

func nastyContacts(phone *Phone) {
	made := time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)
	whole := Contact{
		First: "Zoë", Middle: "Q.", Last: "O'Brien; Smith, Jr\\n", Prefix: "Dr.", Suffix: "III", Nickname: "Zo", Organization: "A; B, C & <D>", Department: "R\\D", JobTitle: "Head, of",
		Note: "Two lines\nwith ; and , and \\ and " + script, Birthday: day(1904, 2, 29), Created: made, Modified: made.Add(time.Hour),
		Phones:    []Labelled{{"_$!<Mobile>!$_", "+1 (555) 555-0101"}, {"_$!<HomeFAX>!$_", "+15555550130"}, {"Boat; radio", "555-0131,,#22"}, {"", "*99#"}},
		Mails:     []Labelled{{"_$!<Work>!$_", "Zoe.O'Brien@Example.COM"}, {"", "zoë@exämple.com"}},
		Addresses: []Address{{"_$!<Home>!$_", "1 Rua do Sol\nBehind the yard; left", "Lisboa", "", "1100-001", "Portugal", "pt"}, {"_$!<Work>!$_", "", "Only a city", "", "", "", ""}},
		URLs:      []Labelled{{"_$!<HomePage>!$_", "javascript:alert(1)"}}, Related: []Labelled{{"_$!<Spouse>!$_", "Ben"}, {"Boat's owner", "Ann"}},
		Messaging: []ServiceAccount{{Label: "_$!<Home>!$_", Service: "Jabber", Name: "zoe@example.com"}}, Social: []ServiceAccount{{Service: "Mastodon", Name: "@zoe", URL: "https://social.example/@zoe"}},
		Dates:   []LabelledDate{{"_$!<Anniversary>!$_", day(2010, 10, 10)}, {"First sailed", day(1999, 12, 31)}},
		Picture: jpegFile(paint(portrait, 4, 96, 96), nil), Thumb: jpegFile(paint(portrait, 4, 32, 32), nil),
	}
	plain := func(c Contact) Contact {
		c.Created, c.Modified = made, made
		return c
	}
	phone.Contacts = []Contact{
		whole, plain(Contact{}), plain(Contact{Organization: "Company only"}), plain(Contact{Phones: []Labelled{{"", "+15555550140"}}}),
		plain(Contact{First: "Maria", Phones: []Labelled{{"_$!<Mobile>!$_", "0555 555 0101"}}}), plain(Contact{First: "Maria", Store: 3}),
		plain(Contact{First: "../../etc", Last: "CON"}), plain(Contact{Last: longText(3000)}), plain(Contact{First: "愛子", Last: "田中"}),
		plain(Contact{First: "Newest"}),
	}
	phone.ContactGroups = []ContactGroup{{"Two; of, them", []int{0, 4}}, {"Empty", nil}}
}

func nastyCalls(phone *Phone) {
	at := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	for i, c := range []Call{
		{Address: "+15555550101", Answered: true, Seconds: 61.75, Type: CallPhone, Country: "us"},
		{Address: "+15555550101", Text: true, Outgoing: true, Type: CallPhone},
		{Address: "", Type: CallPhone}, // who withholds the number
		{Address: "zoe.o'brien@example.com", Type: CallFaceTimeVideo, Answered: true, Seconds: 4000},
		{Address: "+15555550105", Type: CallFaceTimeAudio, Outgoing: true, Answered: true, Seconds: 5},
		{Address: "15555550105@s.whatsapp.net", Type: CallOtherApp, Provider: "net.whatsapp.WhatsApp", Name: script},
		{Address: "=cmd|' /C calc'!A0", Text: true, Name: "@SUM(1+1)", Type: CallPhone}, // a formula, to a spreadsheet
		{Address: "+15555550199", Type: 77, Name: "Newest, of a type that nobody knows"},
	} {
		c.Date = at.Add(time.Duration(i) * 26 * time.Hour)
		phone.Calls = append(phone.Calls, c)
	}
}
