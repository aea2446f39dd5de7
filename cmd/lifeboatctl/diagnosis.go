package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/library"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/history"
	"lifeboat/device"
	"lifeboat/device/facts"
)

// offlineEnv keeps every command off the network, for scripts.
const offlineEnv = "LIFEBOAT_OFFLINE"

// diagnosisFlags are those of every command that examines a phone.
type diagnosisFlags struct {
	to        *string
	offline   *bool
	forgetful *bool
	quick     *bool
	answers   *string
	password  *string // file that holds the password of the backups
}

// withDiagnosis adds the flags of every command that examines a phone.
func (c *call) withDiagnosis() diagnosisFlags {
	c.withPhone()
	return diagnosisFlags{
		to:        c.option("to", "DIR", defaultRoot(), c.text("cli.flag.to", nil)),
		offline:   c.flags.Bool("offline", os.Getenv(offlineEnv) != "", c.text("cli.flag.offline", nil)),
		forgetful: c.flags.Bool("no-history", false, c.text("cli.flag.no-history", nil)),
		quick:     c.flags.Bool("quick", false, c.text("cli.flag.quick", nil)),
		answers:   c.option("answers", "FILE", "", c.text("cli.flag.answers", nil)),
		password:  c.option("password-file", "FILE", "", c.text("cli.flag.record-password", words.Args{"Keyring": c.words.Keyring(runtime.GOOS)})),
	}
}

// examination is a phone that is about to be examined.
type examination struct {
	*diagnosis.Session
	history *history.Store // nil: nothing is remembered
	stop    func()
}

// diagnose finds the phone, and prepares everything that an examination
// needs. The caller must stop it.
func (c *call) diagnose(ctx context.Context, f diagnosisFlags) (*examination, error) {
	answers, err := readAnswers(*f.answers)
	if err != nil {
		return nil, c.badAnswers(err)
	}
	given, err := givenPassword(*f.password)
	if err != nil {
		return nil, err
	}
	phone, err := c.phone(ctx)
	if err != nil {
		return nil, err
	}
	plugs := &diagnosis.ConnectionTracker{}
	watching, stop := context.WithCancel(ctx)
	go c.watchPlugs(watching, plugs)
	o := diagnosis.Options{
		Phone: phone, Destination: *f.to, MustExist: *f.to != defaultRoot(), Connections: plugs, Quick: *f.quick, Log: c.log,
		Local:  func() checks.Local { return localBackup(*f.to, phone.UDID) },
		Record: func(ctx context.Context) facts.Datum[facts.Record] { return c.ownRecord(ctx, *f.to, phone.UDID, given) },
	}
	if !*f.offline {
		o.Feeds = feeds.New(feeds.CacheDir(), feeds.Everything, c.log)
	}
	d := &examination{stop: stop}
	if !*f.forgetful {
		d.history = c.openHistory()
		o.History = d.history
	}
	if d.history != nil {
		d.stop = func() { stop(); d.history.Close() }
	}
	d.Session = diagnosis.New(o)
	for id, a := range answers {
		if err := d.Answer(ctx, id, a); err != nil {
			d.stop()
			return nil, err
		}
	}
	return d, nil
}

// watchPlugs counts how often phones leave their cable, for as long as the command runs.
func (c *call) watchPlugs(ctx context.Context, plugs *diagnosis.ConnectionTracker) {
	mux, err := c.mux()
	if err != nil {
		return
	}
	mux.Watch(ctx, func(change device.Change) { plugs.ObserveChange(change, time.Now()) })
}

// localBackup looks for a backup of the phone; one that cannot be read is none.
func localBackup(root, udid string) checks.Local {
	date, stands, proven := new(library.Library).Standing(root, udid)
	return checks.Local{Exists: stands, Finished: date, Proven: proven}
}

// openHistory opens what is remembered; a memory that cannot be opened costs
// nothing but itself, and the user is told.
func (c *call) openHistory() *history.Store {
	path, err := history.DefaultPath()
	if err == nil {
		var store *history.Store
		if store, err = history.Open(path, time.Now); err == nil {
			if damage := store.Damage(); damage != nil {
				c.say("cli.history-damaged", map[string]any{"Error": damage.Error()})
			}
			return store
		}
	}
	c.say("cli.history-unusable", map[string]any{"Error": err.Error()})
	return nil
}

// badAnswers tells the user what is wrong with a file of answers.
func (c *call) badAnswers(err error) error {
	var e *answerError
	if errors.As(err, &e) {
		c.say("cli.bad-answer", map[string]any{"Question": e.question, "Choice": e.choice, "Known": e.known})
	} else {
		c.say("cli.bad-answers", map[string]any{"Error": err.Error()})
	}
	return errTold
}
