package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lifeboat/backup/library"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/transcript"
	"lifeboat/ui/engine"
)

// work is what a command does once its command line was read.
type work func(ctx context.Context) error

// call is one use of a command.
type call struct {
	*terminal
	cmd   *cobra.Command
	flags *pflag.FlagSet // of cmd
	args  []string       // what is no option
	udid  string
	trust time.Duration
	// device is the name of the phone that is worked on, "" if it is not known.
	device string
	log    *slog.Logger
	made   *engine.Engine // by engine

	record   *string // where a transcript goes; nil or "" for nowhere
	recorder *transcript.Recorder
}

// errBad says that the command worked and its answer is bad ([exitBad]).
var errBad = errors.New("the answer is bad")

// errReported says that it could not be done, and that the error has been printed.
var errReported = errors.New("reported")

func newCall(t *terminal) *call {
	c := &call{terminal: t, cmd: &cobra.Command{}, log: slog.New(slog.DiscardHandler)}
	c.flags = c.cmd.Flags()
	return c
}

// define names the command and its arguments, as in "prune DIR [ID …]", of
// which there are at least and at most so many.
func (c *call) define(use string, least, most int) {
	c.cmd.Use, c.cmd.DisableFlagsInUseLine = use+" [OPTIONS]", true
	c.cmd.Short = c.text("cli.command."+c.cmd.Name()+".brief", nil)
	if more := "cli.command." + c.cmd.Name() + ".more"; c.words.Has(more) {
		c.cmd.Long = c.text(more, nil)
	}
	c.cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return c.misuse(cmd, "cli.wrong-arguments", nil)
		}
		return nil
	}
	what := strings.Fields(use)[1:]
	c.cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		at := strings.Trim(append(what, make([]string, len(args)+1)...)[len(args)], "[]")
		if choices := strings.Split(at, "|"); len(choices) > 1 {
			return completes("", choices...)
		}
		return completes(at)
	}
}

// runs has the command do its work, and turns its error into words and an exit
// code: the one place where that is done.
func (c *call) runs(do work) {
	c.cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c.args = args
		if c.debug {
			c.log = slog.New(slog.NewTextHandler(c.errs, &slog.HandlerOptions{Level: slog.LevelDebug}))
		}
		err := c.beginRecord()
		if err == nil {
			err = do(cmd.Context())
		}
		c.endLine()
		c.endRecord()
		var code exitCode
		switch {
		case err == nil, errors.As(err, &code):
			return err
		case errors.Is(err, errBad):
			return exitCode(exitBad)
		case errors.Is(err, errReported):
			return exitCode(exitFailed)
		}
		c.explain(err)
		if cmd.Context().Err() != nil {
			return exitCode(exitCanceled)
		}
		return exitCode(exitFailed)
	}
}

// option adds an option that takes a text, which the help calls what, and
// which may be one of some choices.
func (c *call) option(name, what, value, help string, choices ...string) *string {
	p := c.flags.String(name, value, help)
	c.takes(name, what, choices...)
	return p
}

// takes names the value of an option, for the help and for completion.
func (c *call) takes(name, what string, choices ...string) {
	f := c.flags.Lookup(name)
	f.Value = namedValue{f.Value, what}
	c.cmd.RegisterFlagCompletionFunc(name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return completes(what, choices...)
	})
}

// namedValue is a value that the help calls what.
type namedValue struct {
	pflag.Value
	what string
}

// Type is what stands behind the option in its help.
func (v namedValue) Type() string { return v.what }

// withPhone adds the options of every command that works on a phone.
func (c *call) withPhone() {
	c.flags.StringVar(&c.udid, "udid", "", c.text("cli.flag.udid", nil))
	c.takes("udid", "UDID")
	c.flags.DurationVar(&c.trust, "trust-timeout", 10*time.Minute, c.text("cli.flag.trust-timeout", nil))
	c.takes("trust-timeout", "TIME")
}

// keyringTimeout is how long the system's keyring may take where nobody said that
// it holds a password.
const keyringTimeout = 10 * time.Second

// engine is what the command has done for it. Without a home, Lifeboat's own folder
// lies where the program stands.
func (c *call) engine() *engine.Engine {
	if c.made == nil {
		c.made, _ = engine.Own("lifeboatctl", c.words, c.log)
		c.made.KeyringTimeout = keyringTimeout
	}
	return c.made
}

// mux returns the usbmuxd of this computer.
func (c *call) mux() (*device.Mux, error) {
	mux, err := device.NewMux("", c.log)
	if err == nil {
		mux.Record(c.recorder)
		c.engine().Mux = mux
	}
	return mux, err
}

// phone finds the phone that is meant, and makes it trust this computer if
// it does not, which the user is asked to allow.
func (c *call) phone(ctx context.Context) (*device.Phone, error) {
	mux, err := c.mux()
	if err != nil {
		return nil, err
	}
	phone, err := mux.Find(ctx, c.udid)
	if err != nil {
		return nil, err
	}
	wait, stop := context.WithTimeout(ctx, c.trust)
	defer stop()
	err = c.engine().Connect(wait, phone, device.Trusted, func(at device.Connection) {
		if c.about(at.Summary); at.Stage == device.Pairing && at.Err != nil {
			c.waiting(fault.Of(at.Err))
		}
	})
	if err != nil && ctx.Err() == nil && wait.Err() != nil {
		return nil, fault.New(fault.TrustPending, "wait for trust", err)
	}
	return phone, err
}

// about has all that is said from here on call the device what it is, and
// remembers its name for questions about it.
func (c *call) about(s device.Summary) {
	c.words = c.words.About(facts.DeviceOf(s.ProductType))
	c.engine().Words = c.words
	c.device = s.Name
}

// waiting prints what the phone waits for.
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
