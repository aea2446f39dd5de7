package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/library"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// folder finds the one phone that is meant.
func (c *call) folder(dir string) (library.Kept, error) {
	all, err := c.engine().Find(dir, c.udid)
	if err == nil && len(all) > 1 {
		err = fault.New(fault.SeveralPhones, "find the backups", nil)
	}
	if err != nil {
		return library.Kept{}, err
	}
	return all[0], nil
}

// withFolder adds the option of commands that work on a folder of backups.
func (c *call) withFolder() {
	c.flags.StringVar(&c.udid, "udid", "", c.text("cli.flag.folder-udid", nil))
	c.takes("udid", "UDID")
}

// versionJSON is a version as scripts see it. Sizes are bytes; own_bytes is
// what removing it would give free, if that is known. unread: what was written
// down about it cannot be read.
type versionJSON struct {
	ID       string      `json:"id"`
	UDID     string      `json:"udid"`
	Date     time.Time   `json:"date"`
	Bytes    int64       `json:"bytes"`
	OwnBytes *int64      `json:"own_bytes,omitempty"`
	Files    int         `json:"files"`
	Added    int         `json:"added"`
	Changed  int         `json:"changed"`
	Removed  int         `json:"removed"`
	Proof    vault.Proof `json:"proof"`
	// Rehearsed is when it was last restored onto a simulated phone, and what was found.
	Rehearsed vault.Rehearsal `json:"rehearsed,omitzero"`
	Current   bool            `json:"current"`
	Finished  bool            `json:"finished"`
	Trashed   time.Time       `json:"trashed,omitzero"`
	// Counted: files and bytes are known; of another program's backup they are not.
	Counted bool `json:"counted"`
	// Doubtful is in how many files something was found when it was made.
	Doubtful int  `json:"doubtful,omitempty"`
	Touched  bool `json:"touched,omitempty"`
	Unread   bool `json:"unread,omitempty"`
}

// listVersions lists the backups that are kept.
func listVersions(c *call) work {
	c.define("versions DIR", 1, 1)
	c.withFolder()
	return func(context.Context) error {
		phones, err := c.engine().Find(c.args[0], c.udid)
		if err != nil {
			return err
		}
		all := []versionJSON{}
		for _, k := range phones {
			versions, err := c.versions(k)
			if err != nil {
				return err
			}
			all = append(all, versions...)
		}
		if c.json {
			c.event(all)
			return nil
		}
		for _, v := range all {
			c.print(c.versionLine(v))
		}
		return nil
	}
}

// versions reads what there is, newest first.
func (c *call) versions(k library.Kept) (all []versionJSON, err error) {
	if k.Versions, err = c.engine().Versions(k); err != nil {
		return nil, err
	}
	own, err := c.engine().Sizes(k)
	if err != nil {
		return nil, err
	}
	for _, v := range k.Versions {
		one := versionJSON{
			ID: v.ID(), UDID: k.UDID, Date: v.Date, Bytes: v.Bytes, Files: v.Files,
			Added: v.Added, Changed: v.Changed, Removed: v.Removed,
			Proof: v.Proof, Rehearsed: v.Rehearsed, Current: v.Current, Finished: !v.Unfinished, Trashed: v.Trashed, Unread: v.Unread,
			Doubtful: len(v.Doubtful), Counted: !v.Uncounted, Touched: v.Touched || v.Altered,
		}
		if bytes, known := own[v.Number]; known {
			one.OwnBytes = &bytes
		}
		all = append(all, one)
	}
	return all, nil
}

// versionLine formats one version.
func (c *call) versionLine(v versionJSON) string {
	switch {
	case v.Unread && !v.Trashed.IsZero():
		return c.text("cli.version.unread-trashed", words.Args{"ID": v.ID, "Trashed": words.Date(v.Trashed)})
	case v.Unread:
		return c.text("cli.version.unread", words.Args{"ID": v.ID})
	}
	state := "cli.version.unproven"
	switch {
	case !v.Finished:
		state = "cli.version.unfinished"
	case !v.Trashed.IsZero():
		state = "cli.version.trashed"
	case v.Proof.Problems > 0 && v.Doubtful > 0:
		state = "cli.version.doubtful"
	case v.Proof.Problems > 0:
		state = "cli.version.damaged"
	case v.Touched:
		state = "cli.version.touched"
	case v.Proof.Intact():
		state = "cli.version.proven." + v.Proof.Level
	}
	args := words.Args{
		"ID": v.ID, "Date": words.Date(v.Date), "Bytes": words.Bytes(v.Bytes),
		"Files": words.Count(v.Files), "Added": v.Added, "Changed": v.Changed, "Removed": v.Removed,
		"Proven": words.Date(v.Proof.Date), "Problems": words.Count(v.Proof.Problems), "Trashed": words.Date(v.Trashed),
		"Own": "", // not known where a list cannot be read
	}
	if v.OwnBytes != nil {
		args["Own"] = words.Bytes(*v.OwnBytes)
	}
	args["State"] = c.text(state, args)
	if marked := rehearsal.Mark(v.Rehearsed); marked.Key != "" && v.Finished && v.Trashed.IsZero() {
		args["State"] = fmt.Sprintf("%s %s", args["State"], c.words.Text(marked))
	}
	if !v.Counted {
		return c.text("cli.version.uncounted", args)
	}
	if v.Current {
		return c.text("cli.version.current", args)
	}
	return c.text("cli.version.line", args)
}

// changed prints which versions a command worked on.
func (c *call) changed(event, key string, ids []string) {
	c.answer(map[string]any{"event": event, "ids": ids}, words.T(key, words.Args{"IDs": strings.Join(ids, ", ")}))
}
