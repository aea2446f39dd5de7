package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"time"

	"lifeboat/backup/library"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/transcript"
)

// command is one word of the command line. run adds its flags to c.flags,
// calls c.parse, and does the work.
type command struct {
	name string
	run  func(ctx context.Context, c *call) error
}

// call is one use of a command.
type call struct {
	*terminal
	name  string
	args  []string // as typed; after parse, what was no flag
	flags *flag.FlagSet
	json  bool
	udid  string
	trust time.Duration
	debug bool
	// device is the name of the phone that is worked on, "" if it is not known.
	device string
	log    *slog.Logger

	record   string // where a transcript goes, "" for nowhere
	recorder *transcript.Recorder
}

// errBad says that the command worked and its answer is bad ([exitBad]).
var errBad = errors.New("the answer is bad")

// errUsage says that the command line makes no sense; the user has been told.
var errUsage = errors.New("usage")

// errTold says that it could not be done, and that the user has been told.
var errTold = errors.New("told")

// start runs the command and turns its error into words and an exit code:
// the one place where that is done.
func (k command) start(ctx context.Context, t *terminal, args []string) int {
	c := &call{terminal: t, name: k.name, args: args, log: slog.New(slog.DiscardHandler)}
	c.flags = flag.NewFlagSet(k.name, flag.ContinueOnError)
	c.flags.SetOutput(io.Discard)
	c.flags.BoolVar(&c.json, "json", false, t.text("cli.flag.json", nil))
	c.flags.BoolVar(&c.debug, "debug", false, t.text("cli.flag.debug", nil))
	err := k.run(ctx, c)
	t.endLine()
	c.endRecord()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errBad):
		return exitBad
	case errors.Is(err, flag.ErrHelp):
		c.help(t.out)
		return exitOK
	case errors.Is(err, errTold):
		return exitFailed
	case errors.Is(err, errUsage):
		c.help(t.errs)
		return exitFailed
	}
	c.explain(err)
	if ctx.Err() != nil {
		return exitCanceled
	}
	return exitFailed
}

// withPhone adds the flags of every command that works on a phone.
func (c *call) withPhone() {
	c.flags.StringVar(&c.udid, "udid", "", c.text("cli.flag.udid", nil))
	c.flags.DurationVar(&c.trust, "trust-timeout", 10*time.Minute, c.text("cli.flag.trust-timeout", nil))
}

// parse reads the flags, which may stand before and behind the other
// arguments, and checks how many of those there are.
func (c *call) parse(least, most int) error {
	var rest []string
	args := c.args
	for {
		if err := c.flags.Parse(args); err != nil {
			if !errors.Is(err, flag.ErrHelp) {
				c.say("cli.bad-flag", map[string]any{"Error": err.Error()})
				err = errUsage
			}
			return err
		}
		if args = c.flags.Args(); len(args) == 0 {
			break
		}
		rest = append(rest, args[0])
		args = args[1:]
	}
	c.args = rest
	if c.debug {
		c.log = slog.New(slog.NewTextHandler(c.errs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if len(rest) < least || len(rest) > most {
		c.say("cli.wrong-arguments", nil)
		return errUsage
	}
	return c.beginRecord()
}

// mux returns the usbmuxd of this computer.
func (c *call) mux() (*device.Mux, error) {
	mux, err := device.NewMux("", c.log)
	if err == nil {
		mux.Record(c.recorder)
	}
	return mux, err
}

// phone finds the phone that is meant, and makes it trust this computer if
// it does not, which the user is told to allow.
func (c *call) phone(ctx context.Context) (*device.Phone, error) {
	mux, err := c.mux()
	if err != nil {
		return nil, err
	}
	phone, err := mux.Find(ctx, c.udid)
	if err != nil {
		return nil, err
	}
	c.about(phone.Identify(ctx))
	wait, stop := context.WithTimeout(ctx, c.trust)
	defer stop()
	err = phone.Pair(wait, c.waiting)
	if err != nil && ctx.Err() == nil && wait.Err() != nil {
		return nil, fault.New(fault.TrustPending, "wait for trust", err)
	}
	return phone, err
}

// about has all that is said from here on call the device what it is, and
// remembers its name for questions about it.
func (c *call) about(s device.Summary) {
	c.words = c.words.About(facts.DeviceOf(s.ProductType))
	c.device = s.Name
}

// waiting tells the user what the phone waits for.
func (c *call) waiting(code fault.Code) {
	if c.json {
		c.event(map[string]any{"event": "waiting", "code": code})
	}
	c.say("cli.waiting."+string(code), nil)
}

// defaultRoot is where backups go unless another folder is named.
func defaultRoot() string {
	dir, _ := library.OwnFolder() // without a home it lies where the program stands
	return dir
}
