package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// verifyBackup proves a backup whole, or says what is wrong with it.
func verifyBackup(ctx context.Context, c *call) error {
	file := c.flags.String("password-file", "", c.text("cli.flag.password-file", nil))
	level := verify.Level{Depth: verify.Full}
	c.flags.Func("level", c.text("cli.flag.level", nil), func(s string) (err error) {
		level, err = verify.ParseLevel(s)
		return err
	})
	if err := c.parse(1, 1); err != nil {
		return err
	}
	fs := afero.NewOsFs()
	dir, err := filepath.Abs(c.args[0])
	if err != nil {
		return fault.New(fault.NotABackup, "find the backup", err).With("Path", c.args[0])
	}
	dirs, err := backup.Locate(fs, dir)
	if err != nil {
		return err
	}
	whole := true
	for _, dir := range dirs {
		ok, err := c.verifyOne(ctx, fs, dir, level, file)
		if err != nil {
			return err
		}
		whole = whole && ok
	}
	if !whole {
		return errBad
	}
	return nil
}

func (c *call) verifyOne(ctx context.Context, fs afero.Fs, dir string, level verify.Level, file *string) (whole bool, err error) {
	existing, err := backup.Inspect(fs, filepath.Dir(dir), filepath.Base(dir))
	if err != nil {
		return false, err
	}
	source := secret{file: file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"}
	password, err := c.readIf(ctx, existing.Encrypted, source)
	if err != nil {
		return false, err
	}
	defer password.Wipe()
	report, err := verify.Run(ctx, verify.Subject{Fs: fs, Dir: dir}, password, level, func(p verify.Progress) {
		c.progress(c.text("cli.verifying", words.Args{"Files": p.Files, "Bytes": words.Bytes(p.Bytes)}))
	})
	whole = err == nil
	if err != nil && (fault.Of(err) != fault.BackupDamaged || report.ProblemCount == 0) {
		return false, err
	}
	if c.json {
		c.event(map[string]any{"event": "verified", "dir": dir, "whole": whole, "verified": c.proof(report)})
		return whole, nil
	}
	key := "verify.whole." + string(level.Depth)
	if !whole {
		key = "cli.damaged"
	}
	c.print(c.text(key, words.Args{
		"Path": dir, "Files": report.Files, "Bytes": words.Bytes(report.Bytes), "Problems": report.ProblemCount, "Sampled": report.Sampled,
	}))
	for _, g := range report.Groups {
		c.print("  " + c.words.Text(g.Words()))
	}
	for _, p := range report.Problems {
		c.print("  " + c.problem(p))
	}
	return whole, nil
}

// problem words one finding.
func (c *call) problem(p verify.Problem) string {
	return c.text("cli.problem."+string(p.Kind), words.Args{"File": p.Domain + " " + p.Path, "ID": p.FileID})
}

// proof is a report in JSON.
func (c *call) proof(r verify.Report) map[string]any {
	problems := []map[string]string{}
	for _, p := range r.Problems {
		problems = append(problems, map[string]string{
			"kind": string(p.Kind), "group": string(p.Group), "bundle": p.Bundle,
			"file_id": p.FileID, "domain": p.Domain, "path": p.Path, "detail": p.Detail,
		})
	}
	groups := []map[string]any{}
	for _, g := range r.Groups {
		groups = append(groups, map[string]any{"group": string(g.Group), "bundle": g.Bundle, "count": g.Count})
	}
	return map[string]any{
		"files": r.Files, "directories": r.Directories, "links": r.Links, "bytes": r.Bytes,
		"encrypted": r.Encrypted, "locked": r.Locked, "level": r.Level.String(), "depth": string(r.Depth),
		"sampled": r.Sampled, "read": r.Read, "rows": r.Rows, "digests": r.Digests,
		"problems": problems, "problem_count": r.ProblemCount, "groups": groups,
		"strays": r.Notes, "stray_count": r.NoteCount,
	}
}
