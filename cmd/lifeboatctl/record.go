package main

import (
	"context"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/device/transcript"
)

// withRecord adds the option of every command that can be recorded.
func (c *call) withRecord() {
	c.record = c.option("record", "FILE", "", c.text("cli.flag.record", nil))
}

// beginRecord begins the transcript, if one is wanted, in a file that is not
// there yet.
func (c *call) beginRecord() error {
	if c.record == nil || *c.record == "" {
		return nil
	}
	var err error
	if c.recorder, err = transcript.Create(*c.record, c.engine().About(c.cmd.Name())); err != nil {
		c.say("cli.record-not-begun", words.Args{"Path": *c.record, "Error": err.Error()})
		return errReported
	}
	return nil
}

// endRecord ends the transcript and says where it is.
func (c *call) endRecord() {
	if c.recorder == nil {
		return
	}
	key, args := "cli.recorded", words.Args{"Path": *c.record}
	if err := c.recorder.Close(); err != nil {
		key, args["Error"] = "cli.record-ended", err.Error()
	}
	c.say(key, args)
}

// recordShape adds the shape of a finished backup to the transcript. It is a
// help to whoever reads it; a backup does not depend on it.
func (c *call) recordShape(ctx context.Context, dir string, password keybag.Password) {
	if c.recorder == nil {
		return
	}
	counts, err := backup.Shape(ctx, c.engine().Files(), dir, password)
	if err != nil {
		c.log.Warn("no shape in the transcript", "err", err)
		return
	}
	c.recorder.Shape(counts)
}
