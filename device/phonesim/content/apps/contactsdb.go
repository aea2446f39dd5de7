package apps

import (
	"fmt"
	"strings"

	"lifeboat/device/phonesim/content"
)

const (
	contactsPath = "Library/AddressBook/AddressBook.sqlitedb"
	picturesPath = "Library/AddressBook/AddressBookImages.sqlitedb"
)

const contactsTables = `
ABPerson
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  First TEXT
  Last TEXT
  Middle TEXT
  FirstPhonetic TEXT
  MiddlePhonetic TEXT
  LastPhonetic TEXT
  Organization TEXT
  Department TEXT
  Note TEXT
  Kind INTEGER
  Birthday TEXT
  JobTitle TEXT
  Nickname TEXT
  Prefix TEXT
  Suffix TEXT
  CreationDate INTEGER
  ModificationDate INTEGER
  CompositeNameFallback TEXT
  StoreID INTEGER
  DisplayName TEXT
  guid TEXT
  PersonLink INTEGER
  ImageURI TEXT
  DowntimeWhitelist TEXT | 13-
  Pronouns TEXT | 17-
ABMultiValue
  UID INTEGER PRIMARY KEY
  record_id INTEGER
  property INTEGER
  identifier INTEGER
  label INTEGER
  value TEXT
  guid TEXT
ABMultiValueLabel
  value TEXT
  UNIQUE (value)
ABMultiValueEntry
  parent_id INTEGER
  key INTEGER
  value TEXT
  UNIQUE (parent_id, key)
ABMultiValueEntryKey
  value TEXT
  UNIQUE (value)
ABGroup
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  Name TEXT
  StoreID INTEGER
  guid TEXT
ABGroupMembers
  UID INTEGER PRIMARY KEY
  group_id INTEGER
  member_type INTEGER
  member_id INTEGER
ABStore
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  Name TEXT
  Type INTEGER
  Enabled INTEGER
index ABMultiValueRecordIndex ABMultiValue(record_id)
`

const contactPicturesTables = `
ABFullSizeImage
  ROWID INTEGER PRIMARY KEY
  record_id INTEGER
  crop_x INTEGER
  crop_y INTEGER
  crop_width INTEGER
  data BLOB
  UNIQUE (record_id)
ABThumbnailImage
  record_id INTEGER
  format INTEGER
  derived_from_format INTEGER
  data BLOB
  UNIQUE (record_id, format)
`

// The numbers of multi values: the column property.
const (
	propertyPhone     = 3
	propertyMail      = 4
	propertyAddress   = 5
	propertyDate      = 12
	propertyMessaging = 13
	propertyURL       = 22
	propertyRelated   = 23
	propertySocial    = 46
)

// BuildContacts makes the address book and that of its pictures.
func BuildContacts(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	w := &contactsWriter{labels: map[string]int{}, keys: map[string]int{}}
	files, err := phone.build(shape, store{homeDomain, contactsPath, contactsTables, w.write})
	if err != nil {
		return nil, err
	}
	pictures, err := phone.build(shape, store{homeDomain, picturesPath, contactPicturesTables, func(d *database) {
		for i, c := range d.phone.Contacts {
			if i == len(d.phone.Contacts)-1 {
				d.newest()
			}
			if c.Picture != nil {
				d.insert("ABFullSizeImage", row{"record_id": i + 1, "data": c.Picture})
			}
			if c.Thumb != nil {
				d.insert("ABThumbnailImage", row{"record_id": i + 1, "format": 0, "derived_from_format": 0, "data": c.Thumb})
			}
		}
	}})
	return append(files, pictures...), err
}

// contactsWriter knows the numbers of what was written.
type contactsWriter struct {
	*database
	labels, keys map[string]int
	values       int
	person       int
}

func (w *contactsWriter) write(d *database) {
	w.database = d
	d.insert("ABStore", row{"ROWID": 1, "Name": "On My iPhone", "Type": 0, "Enabled": 1})
	members := 0
	for i, g := range d.phone.ContactGroups {
		d.insert("ABGroup", row{"ROWID": i + 1, "Name": g.Name, "StoreID": 0, "guid": fmt.Sprintf("group-%d", i+1)})
		for _, m := range g.Members {
			members++
			d.insert("ABGroupMembers", row{"UID": members, "group_id": i + 1, "member_type": 0, "member_id": m + 1})
		}
	}
	for i, c := range d.phone.Contacts {
		if i == len(d.phone.Contacts)-1 {
			d.newest()
		}
		w.contact(i+1, c)
	}
}

func (w *contactsWriter) contact(n int, c Contact) {
	w.person = n
	r := row{
		"ROWID": n, "StoreID": c.Store, "First": optional(c.First), "Middle": optional(c.Middle), "Last": optional(c.Last),
		"Prefix": optional(c.Prefix), "Suffix": optional(c.Suffix), "Nickname": optional(c.Nickname), "Organization": optional(c.Organization),
		"Department": optional(c.Department), "JobTitle": optional(c.JobTitle), "Note": optional(c.Note), "Kind": 0,
		"CreationDate": cocoa(c.Created), "ModificationDate": cocoa(c.Modified), "guid": fmt.Sprintf("contact-%d:ABPerson", n),
	}
	if c.First == "" && c.Last == "" && c.Organization != "" {
		r["Kind"] = 1
	}
	if !c.Birthday.IsZero() {
		r["Birthday"] = fmt.Sprintf("%d", c.Birthday.Unix()-cocoaEpoch) // as text
	}
	w.insert("ABPerson", r)
	w.list(propertyPhone, c.Phones)
	w.list(propertyMail, c.Mails)
	for _, a := range c.Addresses {
		w.parts(propertyAddress, a.Label, []string{
			"Street", a.Street, "City", a.City, "State", a.State, "ZIP", a.ZIP, "Country", a.Country, "CountryCode", a.CountryCode,
		})
	}
	for _, d := range c.Dates {
		w.value(propertyDate, d.Label, fmt.Sprintf("%d", d.Date.Unix()-cocoaEpoch))
	}
	for _, m := range c.Messaging {
		w.parts(propertyMessaging, m.Label, []string{"service", m.Service, "username", m.Name})
	}
	w.list(propertyURL, c.URLs)
	w.list(propertyRelated, c.Related)
	for _, s := range c.Social {
		w.parts(propertySocial, s.Label, []string{"service", strings.ToLower(s.Service), "username", s.Name, "url", s.URL})
	}
}

func (w *contactsWriter) list(property int, values []Labelled) {
	for _, v := range values {
		w.value(property, v.Label, v.Value)
	}
}

// value writes one value and returns its number.
func (w *contactsWriter) value(property int, label string, value any) int {
	w.values++
	var number any
	if label != "" {
		number = w.number("ABMultiValueLabel", w.labels, label)
	}
	w.insert("ABMultiValue", row{
		"UID": w.values, "record_id": w.person, "property": property, "identifier": w.values, "label": number, "value": value,
		"guid": fmt.Sprintf("value-%d", w.values),
	})
	return w.values
}

// parts writes a value of several, given as keys and texts.
func (w *contactsWriter) parts(property int, label string, pairs []string) {
	parent := w.value(property, label, nil)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		w.insert("ABMultiValueEntry", row{"parent_id": parent, "key": w.number("ABMultiValueEntryKey", w.keys, pairs[i]), "value": pairs[i+1]})
	}
}

// number is the row of a text in a table of texts.
func (w *contactsWriter) number(table string, known map[string]int, text string) int {
	if n, ok := known[text]; ok {
		return n
	}
	known[text] = len(known) + 1
	w.insert(table, row{"value": text})
	return known[text]
}
