package contacts

import (
	"context"
	"fmt"
	"strings"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// The numbers by which ABMultiValue.property tells what a value is.
const (
	isPhone     = 3
	isMail      = 4
	isAddress   = 5
	isDate      = 12
	isMessaging = 13
	isURL       = 22
	isRelated   = 23
	isSocial    = 46
)

// reader reads the address book.
type reader struct {
	db         *source.Database
	values     map[int64][]value // by contact
	parts      map[int64]map[string]string
	groups     map[int64][]string
	incomplete bool
}

// value is a row of ABMultiValue.
type value struct {
	id, property int64
	Value
}

// details reads what lies beside the names. Tables that are not there leave out what
// they would tell.
func (r *reader) details(ctx context.Context) error {
	d := r.db
	r.values, r.parts, r.groups = map[int64][]value{}, map[int64]map[string]string{}, map[int64][]string{}
	if !d.Has("ABMultiValue", "record_id", "property", "value") {
		r.incomplete = true
		return nil
	}
	label, from := "NULL", ""
	if d.Has("ABMultiValueLabel", "value") && d.Has("ABMultiValue", "label") {
		label, from = "l.value", " LEFT JOIN ABMultiValueLabel l ON l.rowid = v.label"
	}
	var v value
	var person int64
	var shown, key, text string
	err := d.Scan(ctx, []any{&v.id, &person, &v.property, &v.Value.Value, &shown}, func() error {
		v.Label, v.Standard = labelled(shown)
		r.values[person] = append(r.values[person], v)
		return nil
	}, `SELECT v.rowid, v.record_id, v.property, v.value, `+label+` FROM ABMultiValue v`+from+` ORDER BY v.rowid`)
	if err != nil {
		return err
	}
	if d.Has("ABMultiValueEntry", "parent_id", "key", "value") && d.Has("ABMultiValueEntryKey", "value") {
		var parent int64
		err = d.Scan(ctx, []any{&parent, &key, &text}, func() error {
			if r.parts[parent] == nil {
				r.parts[parent] = map[string]string{}
			}
			r.parts[parent][strings.ToLower(key)] = text
			return nil
		}, `SELECT e.parent_id, k.value, e.value FROM ABMultiValueEntry e JOIN ABMultiValueEntryKey k ON k.rowid = e.key`)
	} else {
		r.incomplete = true
	}
	if err != nil || !d.Has("ABGroup", "Name") || !d.Has("ABGroupMembers", "group_id", "member_id") {
		return err
	}
	return d.Scan(ctx, []any{&person, &text}, func() error {
		if text != "" {
			r.groups[person] = append(r.groups[person], text)
		}
		return nil
	}, `SELECT m.member_id, g.Name FROM ABGroupMembers m JOIN ABGroup g ON g.rowid = m.group_id ORDER BY m.member_id, m.group_id`)
}

// labelled makes a label readable: Apple's own stand in marks, as "_$!<Mobile>!$_".
func labelled(label string) (text string, standard bool) {
	if inner, marked := strings.CutPrefix(label, "_$!<"); marked {
		if inner, marked = strings.CutSuffix(inner, ">!$_"); marked {
			return strings.ToLower(inner), true
		}
	}
	return label, label == "iPhone"
}

func (r *reader) people(ctx context.Context, visit func(Contact) error) error {
	var one Contact // what stands in the table itself
	var birthday, created, modified float64
	return r.db.Scan(ctx, []any{
		&one.row, &one.First, &one.Middle, &one.Last, &one.Prefix, &one.Suffix, &one.Nickname, &one.Organization, &one.Department, &one.JobTitle, &one.Note, &one.Ref,
		&birthday, &created, &modified,
	}, func() error {
		c := one
		c.Groups, c.Birthday, c.Created, c.Modified = r.groups[c.row], kind.Cocoa(birthday), kind.Cocoa(created), kind.Cocoa(modified)
		if c.Ref = strings.TrimSuffix(c.Ref, ":ABPerson"); c.Ref == "" {
			c.Ref = fmt.Sprintf("row-%d", c.row)
		}
		for _, v := range r.values[c.row] {
			r.enter(&c, v)
		}
		return visit(c)
	}, `SELECT p.rowid, `+r.db.Columns("p", "ABPerson", "First", "Middle", "Last", "Prefix", "Suffix", "Nickname", "Organization", "Department", "JobTitle", "Note", "guid",
		"Birthday", "CreationDate", "ModificationDate")+` FROM ABPerson p ORDER BY p.rowid`)
}

// enter puts a value where it belongs. One without a text of its own has parts.
func (r *reader) enter(c *Contact, v value) {
	part := r.parts[v.id]
	switch v.property {
	case isPhone:
		c.Phones = given(c.Phones, v.Value)
	case isMail:
		c.Mails = given(c.Mails, v.Value)
	case isURL:
		c.URLs = given(c.URLs, v.Value)
	case isRelated:
		c.Related = given(c.Related, v.Value)
	case isDate:
		var seconds source.Real
		_ = seconds.Scan(v.Value.Value) // never fails
		if day := kind.Cocoa(float64(seconds)); !day.IsZero() {
			v.Value.Value = ""
			c.Dates = append(c.Dates, Date{Value: v.Value, Day: day})
		}
	case isAddress:
		a := Address{Value: v.Value, Street: part["street"], City: part["city"], State: part["state"], ZIP: part["zip"], Country: part["country"]}
		if join("", a.Street, a.City, a.State, a.ZIP, a.Country) != "" {
			c.Addresses = append(c.Addresses, a)
		}
	case isMessaging, isSocial:
		a := Account{Value: v.Value, Service: part["service"], URL: part["url"]}
		if a.Value.Value = part["username"]; join("", a.Value.Value, a.URL) == "" {
			return
		}
		if v.property == isSocial {
			c.Social = append(c.Social, a)
		} else {
			c.Messaging = append(c.Messaging, a)
		}
	}
}

// given appends a value that says something.
func given(values []Value, v Value) []Value {
	if strings.TrimSpace(v.Value) == "" {
		return values
	}
	return append(values, v)
}
