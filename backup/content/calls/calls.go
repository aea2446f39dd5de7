// Package calls reads the list of calls of a phone out of a backup: of the phone, of
// FaceTime, and of other apps that put theirs there.
package calls

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"lifeboat/backup/content/contacts"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "calls", EncryptedOnly: true, Things: things, Export: write}

const (
	domain = "HomeDomain"
	path   = "Library/CallHistoryDB/CallHistory.storedata"
	table  = "ZCALLRECORD"
)

// Service is what a call went over.
type Service string

// The services that are told apart.
const (
	Phone    Service = "phone"
	FaceTime Service = "facetime"
	OtherApp Service = "app"
)

// Call is one call. Texts are untrusted.
type Call struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref  string
	Date time.Time
	// Duration is how long it was; 0 if nobody answered.
	Duration time.Duration
	// Address is the number or mail address, "" if it was withheld. Name is what the
	// phone noted of who that is, else what the address book says, else "".
	Address, Name      string
	Outgoing, Answered bool
	Service            Service
	// App is the id of the app, such as "net.whatsapp.WhatsApp", of OtherApp.
	App string
}

// services are the values of ZCALLTYPE that are known. Sources disagree which of the
// two of FaceTime is with pictures, so that they are not told apart.
var services = map[int64]Service{1: Phone, 8: FaceTime, 16: FaceTime}

// Read visits each call, the oldest first.
func Read(ctx context.Context, b *source.Backup, visit func(Call) error) error {
	d, err := b.Database(ctx, domain, path, table, "ZDATE")
	if err != nil {
		return err
	}
	defer d.Close()
	book, err := contacts.Load(ctx, b)
	if err != nil {
		return err
	}
	var c Call
	var date, duration float64
	var kindOf int64
	return d.Scan(ctx, []any{&c.Ref, &date, &duration, &c.Address, &c.Name, &c.Outgoing, &c.Answered, &kindOf, &c.App}, func() error {
		c.Date, c.Duration, c.Service = kind.Cocoa(date), seconds(duration), services[kindOf]
		if c.Ref == "" {
			c.Ref = fmt.Sprintf("%v %s", date, c.Address)
		}
		if c.Service == "" {
			c.Service = OtherApp
		} else {
			c.App = ""
		}
		if c.Name == "" {
			c.Name = book.Name(c.Address)
		}
		return visit(c)
	}, `SELECT `+d.Columns("c", table, "ZUNIQUE_ID", "ZDATE", "ZDURATION", "ZADDRESS", "ZNAME", "ZORIGINATED", "ZANSWERED", "ZCALLTYPE", "ZSERVICE_PROVIDER")+
		` FROM "`+table+`" c ORDER BY 2`)
}

// seconds is a length of time; one that no call has is none.
func seconds(n float64) time.Duration {
	if n < 0 || n > 30*24*3600 {
		return 0
	}
	return time.Duration(n * float64(time.Second)).Round(time.Second)
}

// who is whom the call was with, "" if that was withheld.
func (c Call) who() string { return cmp.Or(c.Name, c.Address) }

func (c Call) thing() kind.Thing {
	return kind.Thing{Ref: c.Ref, Title: c.who(), Text: c.Address, Date: c.Date}
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return nil, Read(ctx, b, func(c Call) error { return visit(c.thing()) })
}

// write exports the list as a table.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	say := func(key string) string { return o.Say().Say(key, nil) }
	t, err := to.Table(say("content.folder.calls"), o.Header("content.calls.date", "content.calls.name", "content.calls.address", "content.calls.direction", "content.calls.answered",
		"content.calls.seconds", "content.calls.service")...)
	if err != nil {
		return err
	}
	return export.End(t, Read(ctx, b, func(c Call) error {
		if !o.Takes(c.thing()) {
			return nil
		}
		direction, answered := say("content.calls.incoming"), say("content.calls.missed")
		if c.Outgoing {
			direction, answered = say("content.calls.outgoing"), say("content.calls.unanswered")
		}
		if c.Answered || c.Duration > 0 {
			answered = say("content.calls.yes")
		}
		service := c.App
		switch {
		case c.Service != OtherApp:
			service = say("content.calls." + string(c.Service))
		case b.AppName(c.App) != "":
			service = b.AppName(c.App)
		}
		return t.Row(o.Stamp(c.Date), c.Name, c.Address, direction, answered, strconv.Itoa(int(c.Duration/time.Second)), service)
	}))
}
