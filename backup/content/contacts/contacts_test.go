package contacts

import (
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

var (
	day     = time.Date(1984, 2, 29, 12, 0, 0, 0, time.UTC)
	made    = time.Date(2020, 5, 6, 7, 8, 9, 0, time.UTC)
	jpeg    = []byte("\xff\xd8\xff\xe0" + strings.Repeat("large", 60))
	small   = []byte("\xff\xd8\xff\xe0small")
	svg     = []byte("<svg onload='alert(1)'/>")
	contact = apps.Contact{
		Prefix: "Dr.", First: "Zoë; née", Middle: "M.", Last: "O'Brien, Jr", Suffix: "PhD", Nickname: "Z\\o", Organization: "Acme; Ltd", Department: "R&D, new",
		JobTitle: "Engineer", Note: "two\nlines 🔑 " + strings.Repeat("ä", 200), Birthday: day, Created: made, Modified: made.Add(time.Hour),
		Phones:    []apps.Labelled{{Label: "_$!<Mobile>!$_", Value: "+49 151 23456789"}, {Label: "Boat\nhouse", Value: "030/1234567"}, {Label: "_$!<WorkFAX>!$_", Value: "5"}},
		Mails:     []apps.Labelled{{Label: "_$!<Home>!$_", Value: "Zoe@Example.COM"}},
		URLs:      []apps.Labelled{{Label: "_$!<HomePage>!$_", Value: "https://example.com/a;b,c"}},
		Related:   []apps.Labelled{{Label: "_$!<Mother>!$_", Value: "Ann"}},
		Addresses: []apps.Address{{Label: "_$!<Home>!$_", Street: "1 Quay\nRear", City: "Porto", State: "P", ZIP: "4000", Country: "Portugal", CountryCode: "pt"}},
		Messaging: []apps.ServiceAccount{{Service: "Jabber", Name: "zoe@jab"}},
		Social:    []apps.ServiceAccount{{Service: "Mastodon", Name: "zo\"e", URL: "https://m.example/@zoe"}},
		Dates:     []apps.LabelledDate{{Label: "_$!<Anniversary>!$_", Date: day.AddDate(30, 0, 1)}},
		Picture:   jpeg, Thumb: small,
	}
	book = apps.Phone{
		Now: made.AddDate(1, 0, 0), WAL: true,
		Contacts: []apps.Contact{
			contact,
			{Organization: "Hafen GmbH", Phones: []apps.Labelled{{Value: "+351 22 0000001"}}, Thumb: small},
			{First: "Only", Thumb: svg},
			{Mails: []apps.Labelled{{Value: "nobody@example.com"}}, Birthday: time.Date(1604, 12, 24, 12, 0, 0, 0, time.UTC)},
			{},
			{First: "Other", Last: "Land", Phones: []apps.Labelled{{Value: "+1 555 23456789"}}, Thumb: small}, // the last: its picture stands in the log
		},
		ContactGroups: []apps.ContactGroup{{Name: "Family", Members: []int{0, 2}}, {Name: "Sea, side", Members: []int{0}}},
	}
)

func all(t *testing.T, b *source.Backup) []Contact {
	t.Helper()
	var got []Contact
	notes, err := Read(t.Context(), b, func(c Contact) error {
		got = append(got, c)
		return nil
	})
	if err != nil || len(notes) != 0 {
		t.Fatal(notes, err)
	}
	return got
}

// What was put into the address book comes out of it, in every shape.
func TestGolden(t *testing.T) {
	want := Contact{
		Ref: "contact-1", row: 1, Prefix: "Dr.", First: "Zoë; née", Middle: "M.", Last: "O'Brien, Jr", Suffix: "PhD", Nickname: "Z\\o", Organization: "Acme; Ltd",
		Department: "R&D, new", JobTitle: "Engineer", Note: contact.Note, Birthday: day, Created: made, Modified: made.Add(time.Hour),
		Phones:    []Value{{"mobile", true, "+49 151 23456789"}, {"Boat\nhouse", false, "030/1234567"}, {"workfax", true, "5"}},
		Mails:     []Value{{"home", true, "Zoe@Example.COM"}},
		URLs:      []Value{{"homepage", true, "https://example.com/a;b,c"}},
		Related:   []Value{{"mother", true, "Ann"}},
		Addresses: []Address{{Value: Value{Label: "home", Standard: true}, Street: "1 Quay\nRear", City: "Porto", State: "P", ZIP: "4000", Country: "Portugal"}},
		Messaging: []Account{{Value: Value{Value: "zoe@jab"}, Service: "Jabber"}},
		Social:    []Account{{Value: Value{Value: "zo\"e"}, Service: "mastodon", URL: "https://m.example/@zoe"}},
		Dates:     []Date{{Value: Value{Label: "anniversary", Standard: true}, Day: day.AddDate(30, 0, 1)}},
		Groups:    []string{"Family", "Sea, side"},
	}
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			b := contenttest.Phone(t, shape, book, apps.BuildContacts)
			got := all(t, b)
			if len(got) != len(book.Contacts) {
				t.Fatalf("%d contacts", len(got))
			}
			if !reflect.DeepEqual(got[0], want) {
				t.Errorf("got  %+v\nwant %+v", got[0], want)
			}
			names := ""
			for _, c := range got {
				names += c.Name() + "|"
			}
			if names != "Dr. Zoë; née M. O'Brien, Jr PhD|Hafen GmbH|Only|nobody@example.com||Other Land|" {
				t.Error(names)
			}
			if s, err := Kind.Look(t.Context(), b); err != nil || s.State != kind.Found || s.Here != 6 {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

// fields takes a vCard apart as RFC 6350 has it: unfolded, by property.
func fields(t *testing.T, file string) (cards []map[string][]string) {
	t.Helper()
	for _, line := range strings.Split(file, "\r\n") {
		if len(line) > longestLine || strings.ContainsRune(line, '\n') || strings.ToValidUTF8(line, "") != line {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	for _, line := range strings.Split(strings.ReplaceAll(file, "\r\n ", ""), "\r\n") {
		property, value, _ := strings.Cut(line, ":")
		switch {
		case line == "BEGIN:VCARD":
			cards = append(cards, map[string][]string{})
		case line != "" && len(cards) > 0:
			cards[len(cards)-1][property] = append(cards[len(cards)-1][property], value)
		}
	}
	return cards
}

func TestExport(t *testing.T) {
	b := contenttest.Phone(t, apps.IOS17, book, apps.BuildContacts)
	files, folder := contenttest.Export(t, Kind, b, kind.Options{})
	if left, n := folder.Left(); n != 0 || len(files) != 3 {
		t.Errorf("left out: %v; %d files", left, len(files))
	}
	note := `two\nlines 🔑 ` + strings.Repeat("ä", 200)
	for name, want := range map[string]map[string]string{
		"Contacts.vcf": {
			"VERSION": "3.0", "UID": "contact-1", "FN": `Dr. Zoë\; née M. O'Brien\, Jr PhD`, "N": `O'Brien\, Jr;Zoë\; née;M.;Dr.;PhD`, "NICKNAME": `Z\\o`, "ORG": `Acme\; Ltd;R&D\, new`,
			"TITLE": "Engineer", "NOTE": note, "BDAY": "1984-02-29", "REV": "2020-05-06T08:08:09Z", "TEL;TYPE=CELL": "+49 151 23456789", "TEL;TYPE=WORK;TYPE=FAX": "5",
			"item1.TEL": "030/1234567", "item1.X-ABLabel": `Boat\nhouse`, "EMAIL;TYPE=HOME": "Zoe@Example.COM", "item2.URL": "https://example.com/a;b,c", "item2.X-ABLabel": "homepage",
			"ADR;TYPE=HOME": `;;1 Quay\nRear;Porto;P;4000;Portugal`, "CATEGORIES": `Family,Sea\, side`, "item3.X-ABRELATEDNAMES": "Ann", "item3.X-ABLabel": "mother",
			"item4.X-ABDATE": "2014-03-02", "item4.X-ABLabel": "anniversary", `IMPP;X-SERVICE-TYPE="Jabber"`: "jabber:zoe@jab",
			`X-SOCIALPROFILE;TYPE="mastodon";X-USER="zo'e"`: "https://m.example/@zoe", "PHOTO;ENCODING=b;TYPE=JPEG": base64.StdEncoding.EncodeToString(jpeg),
			"PRODID": "-//Lifeboat//EN", "END": "VCARD",
		},
		"Contacts (vCard 4).vcf": {
			"VERSION": "4.0", "UID": "contact-1", "FN": `Dr. Zoë\; née M. O'Brien\, Jr PhD`, "N": `O'Brien\, Jr;Zoë\; née;M.;Dr.;PhD`, "NICKNAME": `Z\\o`, "ORG": `Acme\; Ltd;R&D\, new`,
			"TITLE": "Engineer", "NOTE": note, "BDAY": "19840229", "REV": "20200506T080809Z", "TEL;TYPE=cell": "+49 151 23456789", "TEL;TYPE=work;TYPE=fax": "5",
			"item1.TEL": "030/1234567", "item1.X-ABLabel": `Boat\nhouse`, "EMAIL;TYPE=home": "Zoe@Example.COM", "item2.URL": "https://example.com/a;b,c", "item2.X-ABLabel": "homepage",
			"ADR;TYPE=home": `;;1 Quay\nRear;Porto;P;4000;Portugal`, "CATEGORIES": `Family,Sea\, side`, "RELATED;VALUE=text;TYPE=parent": "Ann", "ANNIVERSARY": "20140302",
			`IMPP;X-SERVICE-TYPE="Jabber"`: "jabber:zoe@jab", `X-SOCIALPROFILE;TYPE="mastodon";X-USER="zo'e"`: "https://m.example/@zoe",
			"PHOTO": "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg), "PRODID": "-//Lifeboat//EN", "END": "VCARD",
		},
	} {
		cards := fields(t, files[name])
		if len(cards) != 6 {
			t.Fatalf("%s: %d cards of %d bytes", name, len(cards), len(files[name]))
		}
		got := map[string]string{}
		for property, values := range cards[0] {
			got[property] = strings.Join(values, " AND ")
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, want)
		}
		if fmt.Sprint(cards[2]["PHOTO"], cards[2]["PHOTO;ENCODING=b;TYPE=JPEG"]) != "[] []" {
			t.Errorf("%s: what is no picture became one", name)
		}
		if birthday := fmt.Sprint(cards[3]["BDAY"], cards[3]["BDAY;X-APPLE-OMIT-YEAR=1604"]); birthday != "[--1224] []" && birthday != "[] [1604-12-24]" {
			t.Errorf("%s: a birthday without a year is %s", name, birthday)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["Contacts.csv"], "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 7 || rows[0][0] != "Name" || rows[1][4] != "mobile: +49 151 23456789\nBoat\nhouse: 030/1234567\nworkfax: 5" ||
		rows[1][6] != "home: 1 Quay\nRear, 4000 Porto, P, Portugal" || rows[2][4] != "+351 22 0000001" || rows[4][7] != "--12-24" {
		t.Errorf("the table is %q, %v", rows, err)
	}
	only, _ := contenttest.Export(t, Kind, b, kind.Options{Only: func(ref string) bool { return ref == "contact-2" }})
	if cards := fields(t, only["Contacts.vcf"]); len(cards) != 1 || cards[0]["FN"][0] != "Hafen GmbH" || cards[0]["X-ABShowAs"] == nil || cards[0]["PHOTO;ENCODING=b;TYPE=JPEG"] == nil {
		t.Errorf("one contact: %q", cards)
	}
	if none, _ := contenttest.Export(t, Kind, b, kind.Options{Only: func(string) bool { return false }}); len(none) != 0 {
		t.Errorf("of no contact: %q", none)
	}
}

func TestBook(t *testing.T) {
	names, err := Load(t.Context(), contenttest.Phone(t, apps.IOS26, book, apps.BuildContacts))
	if err != nil {
		t.Fatal(err)
	}
	const zoe = "Dr. Zoë; née M. O'Brien, Jr PhD"
	for address, want := range map[string]string{
		"+4915123456789": zoe, "0151 23456789": zoe, "tel:+49-151-23456789": zoe, "23456789": zoe, "+155523456789": "Other Land",
		"ZOE@example.com": zoe, " zoe@example.com ": zoe, "mailto:zoe@example.com": zoe, "+351220000001": "Hafen GmbH",
		"5": zoe, "05": "", "3456789": "", "": "", "Telekom": "", "zoe": "", "+49 151 23456780": "", "a23456789": "",
	} {
		if got := names.Name(address); got != want {
			t.Errorf("%q is %q, not %q", address, got, want)
		}
	}
	var nobody *Book
	if nobody.Name("5") != "" {
		t.Error("no book knows somebody")
	}
}

// Whatever is missing or damaged, the rest is there, and it is said.
func TestHarm(t *testing.T) {
	with := func(h apps.Harm) *source.Backup {
		phone := book
		phone.Harm = h
		phone.WAL = false
		return contenttest.Phone(t, apps.IOS18, phone, apps.BuildContacts)
	}
	if _, err := Read(t.Context(), with(apps.Harm{Corrupt: []string{"AddressBook.sqlitedb"}}), func(Contact) error { return nil }); !errors.Is(err, source.ErrDamaged) {
		t.Errorf("a corrupt address book gives %v", err)
	}
	gone := with(apps.Harm{NoFile: []string{"AddressBook.sqlitedb"}})
	if s, err := Kind.Look(t.Context(), gone); err != nil || s.State != kind.None {
		t.Errorf("no address book is %+v, %v", s, err)
	}
	if names, err := Load(t.Context(), gone); err != nil || names.Name("5") != "" {
		t.Errorf("no address book gives %v", err)
	}
	for _, missing := range [][]string{{"ABMultiValue"}, {"ABMultiValueEntryKey"}, {"ABMultiValue.property"}} {
		s, err := Kind.Look(t.Context(), with(apps.Harm{Missing: missing}))
		if err != nil || s.State != kind.Found || s.Here != 6 || len(s.Notes) != 1 {
			t.Errorf("without %v: %+v, %v", missing, s, err)
		}
	}
	for _, missing := range [][]string{{"ABPerson.guid", "ABPerson.Birthday"}, {"ABGroup"}, {"ABMultiValueLabel"}} {
		s, err := Kind.Look(t.Context(), with(apps.Harm{Missing: missing}))
		if err != nil || s.State != kind.Found || s.Here != 6 || len(s.Notes) != 0 {
			t.Errorf("without %v: %+v, %v", missing, s, err)
		}
	}
	for _, h := range []apps.Harm{{Corrupt: []string{"AddressBookImages.sqlitedb"}}, {NoFile: []string{"AddressBookImages.sqlitedb"}}} {
		files, folder := contenttest.Export(t, Kind, with(h), kind.Options{})
		if _, n := folder.Left(); len(fields(t, files["Contacts.vcf"])) != 6 || strings.Contains(files["Contacts.vcf"], "PHOTO") || (n > 0) != (h.Corrupt != nil) {
			t.Errorf("%+v: %d left out, %d files", h, n, len(files))
		}
	}
	var text content.Extra
	text.Domain, text.Path, text.Data, text.ModTime = domain, path, []byte("this is no database"), made
	if s, err := Kind.Look(t.Context(), contenttest.Open(t, "", text)); err != nil || s.State != kind.Unreadable || s.Err == nil {
		t.Errorf("no database is %+v, %v", s, err)
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.contacts.", ".") }
