package contacts

import (
	"context"
	"database/sql"
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
	err := d.Each(ctx, func(rows *sql.Rows) error {
		var id, person, property source.Int
		var label, text source.Text
		if err := rows.Scan(&id, &person, &property, &text, &label); err != nil {
			return err
		}
		v := value{id: int64(id), property: int64(property), Value: Value{Value: string(text)}}
		v.Label, v.Standard = labelled(string(label))
		r.values[int64(person)] = append(r.values[int64(person)], v)
		return nil
	}, `SELECT v.rowid, v.record_id, v.property, v.value, `+label+` FROM ABMultiValue v`+from+` ORDER BY v.rowid`)
	if err != nil {
		return err
	}
	if d.Has("ABMultiValueEntry", "parent_id", "key", "value") && d.Has("ABMultiValueEntryKey", "value") {
		err = d.Each(ctx, func(rows *sql.Rows) error {
			var parent source.Int
			var key, text source.Text
			if err := rows.Scan(&parent, &key, &text); err != nil {
				return err
			}
			if r.parts[int64(parent)] == nil {
				r.parts[int64(parent)] = map[string]string{}
			}
			r.parts[int64(parent)][strings.ToLower(string(key))] = string(text)
			return nil
		}, `SELECT e.parent_id, k.value, e.value FROM ABMultiValueEntry e JOIN ABMultiValueEntryKey k ON k.rowid = e.key`)
	} else {
		r.incomplete = true
	}
	if err != nil || !d.Has("ABGroup", "Name") || !d.Has("ABGroupMembers", "group_id", "member_id") {
		return err
	}
	return d.Each(ctx, func(rows *sql.Rows) error {
		var person source.Int
		var name source.Text
		if err := rows.Scan(&person, &name); err != nil {
			return err
		}
		if name != "" {
			r.groups[int64(person)] = append(r.groups[int64(person)], string(name))
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
	columns := []string{"First", "Middle", "Last", "Prefix", "Suffix", "Nickname", "Organization", "Department", "JobTitle", "Note", "guid", "Birthday", "CreationDate", "ModificationDate"}
	asked := make([]string, len(columns))
	for i, name := range columns {
		asked[i] = r.db.Column("p", "ABPerson", name)
	}
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var row source.Int
		var texts [11]source.Text
		var birthday, created, modified source.Real
		into := []any{&row}
		for i := range texts {
			into = append(into, &texts[i])
		}
		if err := rows.Scan(append(into, &birthday, &created, &modified)...); err != nil {
			return err
		}
		c := Contact{row: int64(row), Groups: r.groups[int64(row)],
			Birthday: kind.Cocoa(float64(birthday)), Created: kind.Cocoa(float64(created)), Modified: kind.Cocoa(float64(modified))}
		for i, field := range []*string{&c.First, &c.Middle, &c.Last, &c.Prefix, &c.Suffix, &c.Nickname, &c.Organization, &c.Department, &c.JobTitle, &c.Note, &c.Ref} {
			*field = string(texts[i])
		}
		if c.Ref = strings.TrimSuffix(c.Ref, ":ABPerson"); c.Ref == "" {
			c.Ref = fmt.Sprintf("row-%d", row)
		}
		for _, v := range r.values[c.row] {
			r.enter(&c, v)
		}
		return visit(c)
	}, `SELECT p.rowid, `+strings.Join(asked, ", ")+` FROM ABPerson p ORDER BY p.rowid`)
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
