package main

import (
	"context"
	"path/filepath"
	"strings"

	"lifeboat/assets"
	"lifeboat/assets/words"
	"lifeboat/checks/report"
)

// includes are the words of --include.
var includes = []string{"name", "profiles", "apps", "crashes"}

// writeReport writes what Apple Support asks for.
func writeReport(c *call) work {
	c.define("report", 0, 0)
	f := c.withDiagnosis()
	what := c.option("include", "WHAT", "", c.text("cli.flag.include", nil), includes...)
	out := c.option("out", "FILE", "", c.text("cli.flag.out", nil))
	return func(ctx context.Context) error {
		include, err := c.included(*what)
		if err != nil {
			return err
		}
		form := filepath.Ext(*out)
		if *out != "" && form != ".txt" && form != ".html" {
			return c.misuse(c.cmd, "cli.bad-report-name", words.Args{"Path": *out})
		}
		d, err := c.diagnose(ctx, f)
		if err != nil {
			return err
		}
		defer d.stop()
		if _, err := c.examine(ctx, d); err != nil {
			return err
		}
		written := d.Report(ctx, assets.Version, include)
		text := written.Text(c.words)
		if *out == "" {
			c.print(strings.TrimRight(text, "\n"))
			return nil
		}
		if err := c.engine().SaveReport(*out, text); err != nil {
			c.say("cli.report-not-written", map[string]any{"Path": *out, "Error": err.Error()})
			return errReported
		}
		c.say("cli.report-written", map[string]any{"Path": *out})
		return nil
	}
}

// included reads the words of --include.
func (c *call) included(what string) (include report.Include, err error) {
	switches := map[string]*bool{"name": &include.Name, "profiles": &include.Profiles, "apps": &include.Apps, "crashes": &include.CrashNames}
	for _, word := range strings.FieldsFunc(what, func(r rune) bool { return r == ',' || r == ' ' }) {
		on, known := switches[word]
		if !known {
			return include, c.badChoice(word, strings.Join(includes, ", "))
		}
		*on = true
	}
	return include, nil
}
