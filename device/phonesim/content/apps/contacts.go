package apps

import "time"

// Contact is a person or company of the address book.
type Contact struct {
	// Store is the number of the account that it is in, 0 for the phone's own.
	Store                               int
	First, Middle, Last, Prefix, Suffix string
	Nickname                            string
	Organization, Department, JobTitle  string
	Note                                string
	// Birthday is a date at noon UTC, zero if unknown.
	Birthday          time.Time
	Created, Modified time.Time
	Phones, Mails     []Labelled
	Addresses         []Address
	URLs              []Labelled
	Related           []Labelled
	// Messaging is the service's name and the name there; Social likewise.
	Messaging, Social []ServiceAccount
	Dates             []LabelledDate
	// Picture and Thumb are JPEG, nil for none.
	Picture, Thumb []byte
}

// Labelled is a value with a label. Labels of Apple's own look like
// "_$!<Mobile>!$_"; others are what somebody wrote, and "" is none.
type Labelled struct{ Label, Value string }

// LabelledDate is a date, such as an anniversary, at noon UTC.
type LabelledDate struct {
	Label string
	Date  time.Time
}

// Address is a place where somebody lives or works.
type Address struct {
	Label                             string
	Street, City, State, ZIP, Country string
	// CountryCode is such as "pt".
	CountryCode string
}

// ServiceAccount is who somebody is with a service.
type ServiceAccount struct{ Label, Service, Name, URL string }

// ContactGroup is a list of contacts; Members are their places in Phone.Contacts.
type ContactGroup struct {
	Name    string
	Members []int
}
