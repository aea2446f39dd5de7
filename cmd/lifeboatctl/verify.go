package main

import (
	"context"

	"lifeboat/assets/words"
	"lifeboat/backup/audit"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// verifyBackup proves that a backup is intact, or prints what is wrong with it, what was
// repaired and what comes next.
func verifyBackup(c *call) work {
	c.define("verify DIR", 1, 1)
	c.withFolder()
	file := c.option("password-file", "FILE", "", c.text("cli.flag.password-file", nil))
	locked := c.flags.Bool("no-password", false, c.text("cli.flag.no-password", nil))
	id := c.option("version", "ID", "", c.text("cli.flag.version", nil))
	level := verify.Level{Depth: verify.Full}
	c.withLevel(&level, "cli.flag.level")
	c.withRecord()
	return func(ctx context.Context) error {
		phones, err := c.engine().Find(c.args[0], c.udid)
		if err != nil {
			return err
		}
		if *id != "" && len(phones) > 1 {
			return fault.New(fault.SeveralPhones, "find the backups", nil)
		}
		intact := true
		for _, k := range phones {
			number, err := c.number(k, *id)
			if err != nil {
				return err
			}
			check := c.engine().Audit(k, number, level)
			if existing, err := library.Inspect(c.engine().Files(), k.Root, k.UDID); err == nil {
				c.about(device.Summary{Name: existing.DeviceName, ProductType: existing.ProductType})
			}
			ok, err := c.verifyOne(ctx, check, secret{file: *file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"}, *locked)
			switch fault.Of(err) {
			case fault.BackupDamaged, fault.BackupUnfinished, fault.VersionDamaged: // that is an answer
				c.endLine()
				c.explain(err)
				err, ok = nil, false
			}
			if err != nil {
				return err
			}
			intact = intact && ok
		}
		if !intact {
			return errBad
		}
		return nil
	}
}

// withLevel adds the option of how deeply a backup is looked at.
func (c *call) withLevel(level *verify.Level, key string) {
	c.flags.Func("level", c.text(key, nil), func(s string) (err error) {
		*level, err = verify.ParseLevel(s)
		return err
	})
	c.takes("level", "LEVEL", "quick", "sample=5%", "full")
}

// version finds the version with an ID.
func (c *call) version(k library.Kept, id string) (vault.Version, error) {
	list, err := c.engine().Versions(k)
	if err != nil {
		return vault.Version{}, err
	}
	return vault.Find(list, id)
}

// number is that of the version with an ID; 0 for "".
func (c *call) number(k library.Kept, id string) (int, error) {
	if id == "" {
		return 0, nil
	}
	version, err := c.version(k, id)
	return version.Number, err
}

func (c *call) verifyOne(ctx context.Context, check *audit.Job, source secret, locked bool) (intact bool, err error) {
	if check.Password, err = c.readIf(ctx, !locked && check.Encrypted(), source); err != nil {
		return false, err
	}
	defer check.Password.Wipe()
	report, found, err := check.Run(ctx, func(p verify.Progress) {
		c.progress(c.text("cli.verifying", words.Args{"Files": words.Count(p.Files), "Bytes": words.Bytes(p.Bytes)}))
	})
	intact = err == nil
	if err != nil && (fault.Of(err) != fault.BackupDamaged || report.ProblemCount == 0) {
		if found.NextFull {
			c.say("verify.next.full", nil)
		}
		return false, err
	}
	c.recordShape(ctx, vault.Dir(check.Root, check.UDID), check.Password)
	if found.Managed && !found.Noted {
		c.say("verify.not-noted", nil)
	}
	if c.json {
		c.event(verifiedJSON(check, found, intact, c.proof(report)))
		return intact, nil
	}
	c.printFindings(vault.Dir(check.Root, check.UDID), report, found)
	return intact, nil
}

// printFindings prints the result of a proof.
func (c *call) printFindings(dir string, report verify.Report, found audit.Findings) {
	args := words.Args{
		"Path": dir, "ID": found.Version.ID(), "Date": words.Date(found.Version.Date), "Older": !found.Current,
		"Files": words.Count(report.Files), "Bytes": words.Bytes(report.Bytes), "Problems": words.Count(report.ProblemCount), "Sampled": report.Sampled,
		"Read": words.T("verify.read", words.Args{"N": words.Count(report.Sampled)}),
	}
	if found.RepairedCount > 0 {
		c.print(c.text("verify.mended", words.Args{"Count": words.Count(found.RepairedCount)}))
		c.printGroups(found.RepairedGroups)
	}
	switch {
	case report.ProblemCount > 0:
		c.print(c.text("cli.damaged", args))
	case report.Locked && report.Digests:
		c.print(c.text("verify.locked.known", args))
	case report.Locked:
		c.print(c.text("verify.locked.unknown", args))
	default:
		c.print(c.text("verify.whole."+string(report.Level.Depth), args))
	}
	c.printGroups(report.Groups)
	for _, p := range found.Problems {
		line := c.problem(p.Problem)
		if p.Intact != nil {
			line = c.text("verify.whole-in", words.Args{"Problem": line, "Date": words.Date(p.Intact.Date), "ID": p.Intact.ID()})
		}
		c.print("  " + line)
	}
	c.printOddities(report, found.Managed)
	switch {
	case report.ProblemCount == 0:
	case found.NextFull:
		c.print(c.text("verify.next.full", nil))
	case found.Current:
		c.print(c.text("verify.next.soon", nil))
	default:
		c.print(c.text("verify.next.older", nil))
	}
}

// printOddities says what is unusual in the phone's own list. known: it can be
// compared with what once arrived.
func (c *call) printOddities(report verify.Report, known bool) {
	if report.OddCount == 0 {
		return
	}
	key := "verify.odd.unknown"
	if known {
		key = "verify.odd.known"
	}
	c.print(c.text(key, words.Args{"Count": words.Count(report.OddCount)}))
	for _, o := range report.Oddities {
		c.print("  " + c.words.Text(o.Words()))
	}
}

func (c *call) printGroups(groups []verify.GroupCount) {
	for _, g := range groups {
		c.print("  " + c.words.Text(g.Words()))
	}
}

// verifiedJSON is the result of a proof, as scripts see it.
func verifiedJSON(check *audit.Job, found audit.Findings, intact bool, proof map[string]any) map[string]any {
	problems := proof["problems"].([]map[string]string)
	for i, p := range found.Problems {
		if p.Intact != nil {
			problems[i]["whole_in"] = p.Intact.ID()
		}
	}
	return map[string]any{
		"event": "verified", "dir": vault.Dir(check.Root, check.UDID), "id": found.Version.ID(), "date": found.Version.Date,
		"whole": intact, "noted": found.Noted, "next_full": found.NextFull,
		"mended": each(found.Repaired, problemJSON), "mended_count": found.RepairedCount, "verified": proof,
	}
}

func problemJSON(p verify.Problem) map[string]string {
	return map[string]string{
		"kind": string(p.Kind), "group": string(p.Group), "bundle": p.Bundle,
		"file_id": p.FileID, "domain": p.Domain, "path": p.Path, "detail": p.Detail,
	}
}

// problem formats one finding.
func (c *call) problem(p verify.Problem) string {
	return c.text("cli.problem."+string(p.Kind), words.Args{"File": p.Domain + " " + p.Path, "ID": p.FileID})
}

// proof is a report in JSON.
func (c *call) proof(r verify.Report) map[string]any {
	groups := each(r.Groups, func(g verify.GroupCount) map[string]any {
		return map[string]any{"group": string(g.Group), "bundle": g.Bundle, "count": g.Count}
	})
	oddities := map[verify.Oddity]int{}
	for _, o := range r.Oddities {
		oddities[o.Oddity] = o.Count
	}
	odd := each(r.Odd, func(o verify.OddEntry) map[string]string {
		return map[string]string{"oddity": string(o.Oddity), "file_id": o.FileID, "domain": o.Domain, "path": o.Path, "detail": o.Detail}
	})
	return map[string]any{
		"oddities": oddities, "oddity_count": r.OddCount, "odd": odd,
		"files": r.Files, "directories": r.Directories, "links": r.Links, "bytes": r.Bytes,
		"encrypted": r.Encrypted, "locked": r.Locked, "level": r.Level.String(), "depth": string(r.Depth),
		"sampled": r.Sampled, "read": r.Read, "rows": r.Rows, "digests": r.Digests,
		"problems": each(r.Problems, problemJSON), "problem_count": r.ProblemCount, "groups": groups,
		"strays": r.Notes, "stray_count": r.NoteCount,
	}
}
