package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// backUp makes an encrypted backup and proves it.
func backUp(c *call) work {
	c.define("backup", 0, 0)
	c.withPhone()
	to := c.option("to", "DIR", defaultRoot(), c.text("cli.flag.to", nil))
	file := c.option("password-file", "FILE", "", c.text("cli.flag.password-file", nil))
	changed := c.flags.Bool("password-changed", false, c.text("cli.flag.password-changed", nil))
	full := c.flags.Bool("full", false, c.text("cli.flag.full", nil))
	var level verify.Level
	c.withLevel(&level, "cli.flag.backup-level")
	c.withRecord()
	keepAll := c.flags.Bool("keep-all-versions", false, c.text("cli.flag.keep-all-versions", nil))
	return func(ctx context.Context) error {
		phone, err := c.phone(ctx)
		if err != nil {
			return err
		}
		root, err := filepath.Abs(*to)
		if err != nil {
			return fault.New(fault.DestMissing, "find the destination", err).With("Path", *to)
		}
		// A folder that cannot be used is said before a password is asked for.
		if err := c.engine().Destination(root); err != nil {
			return err
		}
		if service := engine.CloudFolder(root); service != "" {
			c.say("cli.cloud", words.Args{"Cloud": service, "Path": root})
		}
		source := secret{file: *file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"}
		encrypted, err := engine.WillEncrypt(ctx, phone)
		if err != nil {
			return err
		}
		if !encrypted {
			source.prompt, source.twice = "cli.password.new", true
			if !c.asks(source) { // the prompt says so
				c.say("cli.password.sets", words.Args{"Device": c.device})
			}
		}
		password, err := c.read(ctx, source)
		if err != nil {
			return err
		}
		defer password.Wipe()
		order := engine.Order{Phone: phone, Root: root, Password: password, Full: *full, Level: level}
		if !*keepAll {
			order.Policy = vault.DefaultPolicy
		}
		switch {
		case *changed:
			// The same password again means that it is right (see backup.Job).
			order.AskAgain = once(password)
		case encrypted && c.asks(source):
			order.AskAgain = func(ctx context.Context) (keybag.Password, error) {
				c.say("cli.password.not-it", nil)
				return c.read(ctx, source)
			}
		}
		result, err := c.engine().BackUp(ctx, order, c.report())
		if err != nil {
			return err
		}
		defer c.engine().Wait(emptying)
		c.done(result)
		c.recordShape(ctx, result.Dir, password)
		if result.Doubtful > 0 {
			return errBad
		}
		return nil
	}
}

// emptying is how long the program waits at its end for what was moved away long
// ago to be removed. The drive that it was moved to may hang.
const emptying = 10 * time.Second

// once gives a password once and never again.
func once(p keybag.Password) func(context.Context) (keybag.Password, error) {
	given := false
	return func(context.Context) (keybag.Password, error) {
		if given {
			return keybag.Password{}, fault.New(fault.PasswordWrong, "check the password", nil)
		}
		given = true
		return p, nil
	}
}

// progressJSON is one progress event. Percent and left_seconds are -1 while unknown.
type progressJSON struct {
	Event      string       `json:"event"`
	Phase      backup.Phase `json:"phase"`
	Percent    float64      `json:"percent"`
	Bytes      int64        `json:"bytes"`
	BytesTotal int64        `json:"bytes_total"`
	Files      int          `json:"files"`
	Rate       float64      `json:"rate"`
	Left       float64      `json:"left_seconds"`
	Note       string       `json:"note,omitempty"`
	// Liveness is active, quiet or stalled while the phone is needed.
	Liveness  backup.Liveness `json:"liveness,omitempty"`
	BlockedBy string          `json:"rival,omitempty"`
}

// report returns the receiver of a job's events: JSON lines, or a line that
// is written over.
func (c *call) report() func(backup.Event) {
	passcode := false
	return func(e backup.Event) {
		if e.Passcode != passcode {
			passcode = e.Passcode
			c.passcode(passcode)
		}
		if c.json {
			left := -1.0
			if e.Left >= 0 {
				left = e.Left.Seconds()
			}
			c.event(progressJSON{"progress", e.Phase, e.Percent, e.Bytes, e.BytesTotal, e.Files, e.Rate, left, e.Note, e.Liveness, e.BlockedBy})
			return
		}
		if e.Note != "" {
			c.say("cli.skipped", words.Args{"Path": e.Note})
		}
		c.progress(c.progressLine(e, "cli.phase.", "cli.received"))
	}
}

// passcode reports that the phone asks for its passcode, or no longer does.
func (c *call) passcode(wanted bool) {
	if c.json {
		c.event(map[string]any{"event": "passcode", "wanted": wanted})
	}
	if wanted {
		c.say("cli.passcode", nil)
	}
}

// progressLine is how far it is on one line; phase is where the words of phases are, and
// counted the words for what was counted.
func (c *call) progressLine(e backup.Event, phase, counted string) string {
	line := c.text(phase+string(e.Phase), nil)
	if e.BlockedBy != "" {
		line += "  " + c.text("cli.rival", words.Args{"Program": e.BlockedBy})
	}
	if e.Percent >= 0 {
		line += fmt.Sprintf("  %3.0f %%", e.Percent)
	}
	if e.Bytes > 0 {
		line += "  " + c.text(counted, words.Args{"Bytes": words.Bytes(e.Bytes), "Files": words.Count(e.Files)})
	}
	if e.Rate > 0 {
		line += "  " + c.text("cli.rate", words.Args{"Rate": words.Bytes(int64(e.Rate))})
	}
	if e.Left >= 0 && e.Percent >= 0 {
		line += "  " + c.text("cli.left", words.Args{"Left": words.Span(e.Left)})
	}
	switch e.Liveness {
	case backup.PhoneQuiet:
		line += "  " + c.text("cli.quiet", words.Args{"Span": words.Span(e.Quiet)})
	case backup.PhoneStalled:
		line += "  " + c.text("cli.stalled", words.Args{"Span": words.Span(e.Quiet)})
	}
	return line
}

// done says what was proven, and where it lies.
func (c *call) done(r backup.Result) {
	last := ""
	if r.LastProven != nil {
		last = r.LastProven.ID()
	}
	if c.json {
		c.event(map[string]any{
			"doubtful": r.Doubtful, "last_proven": last,
			"event": "done", "dir": r.Dir, "files": r.Files, "bytes": r.Bytes, "encrypted": r.Encrypted,
			"seconds": r.Duration.Round(time.Millisecond).Seconds(), "spent": spent(r.Spent),
			"version": r.Version.ID(), "resumed": r.Resumed, "trashed": ids(r.Trashed),
			"added": r.Version.Added, "changed": r.Version.Changed, "removed": r.Version.Removed,
			"verified": c.proof(r.Verified), "skipped": r.Skipped,
		})
		return
	}
	if r.Doubtful > 0 {
		c.doubtful(r)
	} else {
		c.print(c.text("cli.done."+string(r.Verified.Depth), words.Args{
			"Files": words.Count(r.Verified.Files), "Bytes": words.Bytes(r.Bytes), "Time": words.Span(r.Duration), "Path": r.Dir,
		}))
	}
	c.print(c.text("cli.version.made", words.Args{
		"ID": r.Version.ID(), "Added": words.Count(r.Version.Added), "Changed": r.Version.Changed, "Removed": r.Version.Removed,
	}))
	if len(r.Trashed) > 0 {
		c.changed("trashed", "cli.version.trashed-now", ids(r.Trashed))
	}
	c.printOddities(r.Verified, true)
	if r.SkippedCount > 0 {
		c.print(c.text("cli.skipped-count", words.Args{"Count": words.Count(r.SkippedCount)}))
	}
}

// doubtfulNamed is how many doubtful files are named.
const doubtfulNamed = 20

// doubtful says of a backup that the phone finished in which files the proof
// found something, and what can be relied on until the next one.
func (c *call) doubtful(r backup.Result) {
	args := words.Args{"N": words.Count(r.Doubtful), "Files": r.Verified.Files, "Bytes": words.Bytes(r.Bytes), "Time": words.Span(r.Duration), "Path": r.Dir}
	c.print(c.text("verify.doubtful.done", args))
	named := r.Verified.Problems[:min(len(r.Verified.Problems), doubtfulNamed)]
	for _, p := range named {
		c.print("  " + c.problem(p))
	}
	if more := r.Doubtful - len(named); more > 0 && len(named) > 0 {
		c.print("  " + c.text("verify.doubtful.more", words.Args{"N": words.Count(more)}))
	}
	c.print(c.text("verify.doubtful.rest", args))
	if last := r.LastProven; last != nil {
		c.print(c.text("verify.doubtful.earlier", words.Args{"ID": last.ID(), "Date": words.Date(last.Date)}))
	}
	c.print(c.text("verify.doubtful.next", nil))
}

// spent is how long each phase took, in seconds.
func spent(phases map[backup.Phase]time.Duration) map[backup.Phase]float64 {
	seconds := map[backup.Phase]float64{}
	for phase, d := range phases {
		seconds[phase] = d.Round(time.Millisecond).Seconds()
	}
	return seconds
}
