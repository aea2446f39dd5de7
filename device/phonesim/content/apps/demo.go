package apps

import (
	"sync"
	"time"
)

// Demo is what is on the phone of the demonstration: what somebody may have
// after some years, with invented people and numbers that nobody has. It is
// the same every time and shared by all callers, who must not change what its
// slices hold. The first call paints its photos, which takes a few seconds.
func Demo() Phone { return demo() }

var demo = sync.OnceValue(func() Phone {
	p := Phone{Now: time.Date(2026, 11, 22, 20, 15, 0, 0, time.UTC)}
	for _, add := range demoParts {
		add(&p)
	}
	return p
})

// demoParts put the things of one kind each onto the phone.
var demoParts = []func(*Phone){demoPhotos, demoContacts, demoMessages, demoWhatsApp, demoCalls, demoRest}

// person is somebody who is known to the demonstration's owner, Anna Keller.
type person struct {
	first, last    string
	number, mail   string
	label          string // of the number
	relation       string
	city           string
	born           time.Time
	company, title string
	face           uint64 // of the picture; 0 for none
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

// demoPeople are they. Numbers from +1 555 555 0100 on are kept for fiction.
var demoPeople = []person{
	{first: "Maria", last: "Oliveira", number: "+15555550101", mail: "maria.oliveira@example.com", label: "_$!<Mobile>!$_", city: "Boston", born: day(1989, 4, 2), face: 3},
	{first: "Ruth", last: "Keller", number: "+15555550102", mail: "ruth.keller@example.com", label: "_$!<Home>!$_", relation: "_$!<Mother>!$_", city: "Concord", born: day(1957, 9, 21), face: 12},
	{first: "Thomas", last: "Keller", number: "+15555550103", label: "_$!<Mobile>!$_", relation: "_$!<Father>!$_", city: "Concord", born: day(1955, 1, 30), face: 21},
	{first: "Leo", last: "Keller", number: "+15555550104", mail: "leo@example.org", label: "_$!<Mobile>!$_", relation: "_$!<Brother>!$_", city: "Chicago", born: day(1994, 12, 5), face: 34},
	{first: "Ben", last: "Carter", number: "+15555550105", mail: "ben.carter@example.com", label: "iPhone", city: "Boston", face: 41},
	{first: "Priya", last: "Nair", number: "+15555550106", mail: "priya@example.net", label: "iPhone", city: "Cambridge", born: day(1990, 7, 14), face: 55},
	{first: "Tomás", last: "Pereira", number: "+15555550107", label: "_$!<Mobile>!$_", city: "Lisboa", face: 63},
	{first: "Jonas", last: "Weber", number: "+15555550108", mail: "jonas.weber@example.org", label: "_$!<Work>!$_", company: "Lindenhof Architects", title: "Architect", city: "Zürich"},
	{first: "Aiko", last: "Tanaka", number: "+15555550109", mail: "aiko@example.jp", label: "_$!<Mobile>!$_", city: "Kyoto", face: 72},
	{first: "Sam", last: "Okafor", number: "+15555550110", mail: "sam.okafor@example.com", label: "iPhone", city: "Somerville", face: 88},
	{first: "Chloé", last: "Martin", number: "+15555550111", label: "_$!<Mobile>!$_", city: "Lyon"},
	{first: "Marek", last: "Nowak", number: "+15555550112", label: "_$!<Work>!$_", company: "Nowak Plumbing", title: "Plumber"},
	{first: "Helen", last: "Brooks", number: "+15555550113", mail: "practice@example.com", label: "_$!<Work>!$_", company: "Brooks Dental", title: "Dentist"},
	{first: "Elsie", last: "Keller", number: "+15555550114", label: "_$!<Home>!$_", relation: "_$!<Grandmother>!$_", city: "Salem", born: day(1931, 6, 11), face: 97},
	{last: "", company: "Bluebird Bakery", number: "+15555550115", label: "_$!<Main>!$_"},
	{last: "", company: "Oakwood Primary School", number: "+15555550116", mail: "office@example.edu", label: "_$!<Main>!$_"},
}

// known is a person by the first name.
func known(name string) person {
	for _, p := range demoPeople {
		if p.first == name {
			return p
		}
	}
	return person{first: name, number: name}
}

func demoContacts(phone *Phone) {
	for i, p := range demoPeople {
		c := Contact{
			First: p.first, Last: p.last, Organization: p.company, JobTitle: p.title, Birthday: p.born,
			Created: day(2021, 3, 1).AddDate(0, i, i), Modified: day(2026, 1, 10).AddDate(0, 0, i*9),
			Phones: []Labelled{{p.label, p.number}},
		}
		if p.mail != "" {
			c.Mails = []Labelled{{"_$!<Home>!$_", p.mail}}
		}
		if p.city != "" {
			c.Addresses = []Address{{Label: "_$!<Home>!$_", Street: "12 Example Street", City: p.city}}
		}
		if p.face != 0 {
			img := paint(portrait, p.face, 240, 240)
			c.Picture, c.Thumb = jpegFile(img, nil), jpegFile(smaller(img, 64), nil)
		}
		phone.Contacts = append(phone.Contacts, c)
	}
	ruth := &phone.Contacts[1]
	ruth.Nickname, ruth.Note = "Mum", "Tuesdays: choir.\nAllergic to walnuts!"
	ruth.Phones = append(ruth.Phones, Labelled{"_$!<Mobile>!$_", "+15555550120"})
	ruth.Dates = []LabelledDate{{"_$!<Anniversary>!$_", day(1983, 5, 28)}}
	phone.Contacts[2].Nickname = "Dad"
	jonas := &phone.Contacts[7]
	jonas.Department, jonas.Prefix = "Housing", "Dipl.-Ing."
	jonas.URLs = []Labelled{{"_$!<HomePage>!$_", "https://lindenhof.example.org/"}}
	jonas.Social = []ServiceAccount{{Service: "LinkedIn", Name: "jonas-weber", URL: "https://linkedin.example/jonas-weber"}}
	phone.Contacts[8].Messaging = []ServiceAccount{{Label: "_$!<Home>!$_", Service: "Skype", Name: "aiko.tanaka"}}
	phone.ContactGroups = []ContactGroup{{"Family", []int{1, 2, 3, 13}}, {"Climbing", []int{4, 5, 9}}}
}

func demoCalls(phone *Phone) {
	at := time.Date(2026, 10, 2, 16, 20, 0, 0, time.UTC)
	for i := range 42 {
		p := demoPeople[(i*5+i/7)%len(demoPeople)]
		c := Call{Date: at, Address: p.number, Name: p.first + " " + p.last, Type: CallPhone, Country: "us", Outgoing: i%3 == 0, Answered: i%5 != 0}
		if c.Answered {
			c.Seconds = float64(25 + i*i*37%1900)
		}
		if p.first == "" {
			c.Name = p.company
		}
		switch {
		case i%9 == 4 && p.mail != "":
			c.Type, c.Address = CallFaceTimeVideo, p.mail
		case i%11 == 6:
			c.Type = CallFaceTimeAudio
		case i%13 == 8:
			c.Type, c.Provider = CallOtherApp, "net.whatsapp.WhatsApp"
		}
		phone.Calls = append(phone.Calls, c)
		at = at.Add(29*time.Hour + time.Duration(i*i*13%50)*time.Minute)
	}
}
