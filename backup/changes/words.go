package changes

import (
	"cmp"

	"lifeboat/assets/words"
	"lifeboat/backup/verify"
)

// Words say what changed of one kind: how many are new, changed and removed.
func (p Part) Words() words.Text {
	group := string(p.Group)
	if p.Group == verify.Other {
		group = "leftover" // "other" is a plural form
	}
	what := words.T("changes.group."+group, nil)
	if p.Group == verify.Apps && p.Bundle != "" {
		what = words.T("changes.app", words.Args{"App": cmp.Or(p.App, p.Bundle)})
	}
	return words.T("changes.part", words.Args{
		"What": what, "Added": p.Added.Files, "Changed": p.Changed.Files, "Removed": p.Removed.Files,
		"Bytes": words.Bytes(p.Added.Bytes + p.Changed.Bytes), "Freed": words.Bytes(p.Removed.Bytes),
	})
}

// Words say how much changed altogether.
func (c Changes) Words() words.Text {
	key := "changes.sum"
	switch {
	case len(c.Parts) == 0:
		key = "changes.none"
	case c.Locked && c.Resent:
		key = "changes.sum-resent"
	}
	return words.T(key, words.Args{
		"From": c.From, "To": c.To, "Added": c.Added.Files, "Changed": c.Changed.Files, "Removed": c.Removed.Files,
		"AddedBytes": words.Bytes(c.Added.Bytes), "ChangedBytes": words.Bytes(c.Changed.Bytes), "RemovedBytes": words.Bytes(c.Removed.Bytes),
	})
}
