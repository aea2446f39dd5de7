// Package contacts reads the address book of a phone out of a backup, gives it to
// other programs as vCards, and tells other kinds whose a number or an address is.
package contacts

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "contacts", Things: things, Export: write}

const (
	domain   = "HomeDomain"
	path     = "Library/AddressBook/AddressBook.sqlitedb"
	pictures = "Library/AddressBook/AddressBookImages.sqlitedb"
)

// Contact is a person or a company. Texts that it lacks are "", and all are untrusted.
type Contact struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref                                 string
	Prefix, First, Middle, Last, Suffix string
	Nickname                            string
	Organization, Department, JobTitle  string
	Note                                string
	// Birthday, as the other dates of days, counts by its date in UTC; in the year
	// 1604 it is without a year. Zero if there is none.
	Birthday          time.Time
	Created, Modified time.Time
	Phones, Mails     []Value
	URLs, Related     []Value
	Addresses         []Address
	Dates             []Date
	// Messaging are names at messengers, Social those at social networks.
	Messaging, Social []Account
	// Groups are the names of the lists that it is in.
	Groups []string

	row int64
}

// Value is a number or an address, with a label such as "mobile", which is in English
// if it is one of Apple's own, and "" if there is none. Standard tells the two apart.
type Value struct {
	Label    string
	Standard bool
	Value    string
}

// Address is where somebody lives or works; its Value is not used.
type Address struct {
	Value
	Street, City, State, ZIP, Country string
}

// Date is a day that matters, such as an anniversary.
type Date struct {
	Value
	Day time.Time
}

// Account is who somebody is with a service; its Value is the name there.
type Account struct {
	Value
	Service, URL string
}

// Name is what a list shows: the name, else the company, else a way to reach them.
func (c Contact) Name() string {
	if name := join(" ", c.Prefix, c.First, c.Middle, c.Last, c.Suffix); name != "" {
		return name
	}
	if other := cmp.Or(c.Organization, c.Nickname); other != "" {
		return other
	}
	for _, values := range [][]Value{c.Phones, c.Mails, c.URLs} {
		for _, v := range values {
			return v.Value
		}
	}
	return ""
}

// join joins those texts that say something.
func join(between string, texts ...string) string {
	var said []string
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			said = append(said, t)
		}
	}
	return strings.Join(said, between)
}

// text is all that is searched.
func (c Contact) text() string {
	all := []string{c.Nickname, c.Organization, c.Department, c.JobTitle, c.Note}
	for _, values := range [][]Value{c.Phones, c.Mails, c.URLs, c.Related} {
		for _, v := range values {
			all = append(all, v.Value)
		}
	}
	for _, a := range c.Addresses {
		all = append(all, a.Street, a.City, a.State, a.ZIP, a.Country)
	}
	for _, accounts := range [][]Account{c.Messaging, c.Social} {
		for _, a := range accounts {
			all = append(all, a.Service, a.Value.Value)
		}
	}
	return join("\n", append(all, c.Groups...)...)
}

func (c Contact) thing() kind.Thing {
	return kind.Thing{Ref: c.Ref, Title: c.Name(), Where: join(", ", c.Groups...), Text: c.text(), Date: c.Created}
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return Read(ctx, b, func(c Contact) error { return visit(c.thing()) })
}

// Read visits each contact in the order in which they were made. Its errors are those
// of a kind; what a contact lacks because something could not be read is a note.
func Read(ctx context.Context, b *source.Backup, visit func(Contact) error) ([]kind.Note, error) {
	d, err := b.Database(ctx, domain, path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	r := &reader{db: d}
	if err := r.details(ctx); err != nil {
		if !errors.Is(err, source.ErrDamaged) {
			return nil, err
		}
		r.incomplete = true
	}
	if err := r.people(ctx, visit); err != nil {
		return nil, err
	}
	if r.incomplete {
		return []kind.Note{{Text: words.T("content.contacts.incomplete", nil)}}, nil
	}
	return nil, nil
}
