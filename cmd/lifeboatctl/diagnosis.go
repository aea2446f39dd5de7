package main

import (
	"context"
	"errors"
	"os"
	"runtime"

	"lifeboat/assets/words"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/ui/engine"
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
	stop func()
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
	e := c.engine()
	if !*f.offline {
		e.Allow(feeds.Everything)
	}
	if !*f.forgetful {
		c.openHistory(e)
	}
	watching, stop := context.WithCancel(ctx)
	go e.Watch(watching, func(device.Change) {})
	d := &examination{e.Diagnosis(engine.Examination{Phone: phone, Destination: *f.to, Quick: *f.quick, Password: given}), func() { stop(); e.Close() }}
	for id, a := range answers {
		if err := d.Answer(ctx, id, a); err != nil {
			d.stop()
			return nil, err
		}
	}
	return d, nil
}

// openHistory opens what is remembered; a memory that cannot be opened costs
// nothing but itself, and is reported.
func (c *call) openHistory(e *engine.Engine) {
	if err := e.OpenHistory(); err != nil {
		c.say("cli.history-unusable", map[string]any{"Error": err.Error()})
	} else if damage := e.History.Damage(); damage != nil {
		c.say("cli.history-damaged", map[string]any{"Error": damage.Error()})
	}
}

// badAnswers prints what is wrong with a file of answers.
func (c *call) badAnswers(err error) error {
	var e *answerError
	if errors.As(err, &e) {
		c.say("cli.bad-answer", map[string]any{"Question": e.question, "Choice": e.choice, "Known": e.known})
	} else {
		c.say("cli.bad-answers", map[string]any{"Error": err.Error()})
	}
	return errReported
}
