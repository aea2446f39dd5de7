package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"lifeboat/assets"
	"lifeboat/checks/report"
)

// includes are the words of --include.
var includes = []struct {
	name string
	set  func(*report.Include)
}{
	{"name", func(i *report.Include) { i.Name = true }},
	{"profiles", func(i *report.Include) { i.Profiles = true }},
	{"apps", func(i *report.Include) { i.Apps = true }},
	{"crashes", func(i *report.Include) { i.CrashNames = true }},
}

// writeReport writes what Apple Support asks for.
func writeReport(ctx context.Context, c *call) error {
	f := c.withDiagnosis()
	what := c.flags.String("include", "", c.text("cli.flag.include", nil))
	out := c.flags.String("out", "", c.text("cli.flag.out", nil))
	if err := c.parse(0, 0); err != nil {
		return err
	}
	include, err := c.included(*what)
	if err != nil {
		return err
	}
	form := filepath.Ext(*out)
	if *out != "" && form != ".txt" && form != ".html" {
		c.say("cli.bad-report-name", map[string]any{"Path": *out})
		return errUsage
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
	text := []byte(written.Text(c.words))
	if *out == "" {
		c.print(strings.TrimRight(string(text), "\n"))
		return nil
	}
	if form == ".html" {
		if text, err = written.HTML(c.words); err != nil {
			return err
		}
	}
	if err := os.WriteFile(*out, text, 0o600); err != nil {
		c.say("cli.report-not-written", map[string]any{"Path": *out, "Error": err.Error()})
		return errTold
	}
	c.say("cli.report-written", map[string]any{"Path": *out})
	return nil
}

// included reads the words of --include.
func (c *call) included(what string) (report.Include, error) {
	var include report.Include
	for _, word := range strings.FieldsFunc(what, func(r rune) bool { return r == ',' || r == ' ' }) {
		known := make([]string, 0, len(includes))
		found := false
		for _, i := range includes {
			known = append(known, i.name)
			if i.name == word {
				i.set(&include)
				found = true
			}
		}
		if !found {
			c.say("cli.bad-include", map[string]any{"What": word, "Known": strings.Join(known, ", ")})
			return include, errUsage
		}
	}
	return include, nil
}
