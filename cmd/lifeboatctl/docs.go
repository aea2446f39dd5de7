//go:build docs

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"lifeboat/assets"
)

// In a program that is built with the tag docs, "lifeboatctl docs DIR" writes
// what packages carry beside it: the manual pages, and a completion for each
// shell. Their date is SOURCE_DATE_EPOCH.
func init() { commands = append(commands, docs) }

func docs(c *call) work {
	c.cmd.Use, c.cmd.Hidden = "docs DIR", true
	return func(context.Context) error {
		root := c.cmd.Root()
		pages := append([]*cobra.Command{root}, root.Commands()...)
		files := map[string]func(*bytes.Buffer) error{
			"bash/lifeboatctl":           func(b *bytes.Buffer) error { return root.GenBashCompletionV2(b, true) },
			"zsh/_lifeboatctl":           func(b *bytes.Buffer) error { return root.GenZshCompletion(b) },
			"fish/lifeboatctl.fish":      func(b *bytes.Buffer) error { return root.GenFishCompletion(b, true) },
			"powershell/lifeboatctl.ps1": func(b *bytes.Buffer) error { return root.GenPowerShellCompletionWithDesc(b) },
		}
		root.Long += "\n\n" + c.text("cli.usage-end", nil) + "\n\n# COMMANDS\n"
		for _, page := range pages {
			if page.IsAvailableCommand() {
				if page != root {
					root.Long += "**" + page.Name() + "**\n\t" + page.Short + "\n\n"
				}
				name := strings.ReplaceAll(page.CommandPath(), " ", "-") + ".1"
				files["man1/"+name] = func(b *bytes.Buffer) error { return manual(b, page) }
			}
		}
		for name, write := range files {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				return err
			}
			path := filepath.Join(c.args[0], name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
}

// options are the lines of an option or a command and of what is said of it.
var options = regexp.MustCompile(`(?:\.PP\n)?(\\fB[^\n]*)\n\t`)

// manual writes the page of one command. In place of the defaults, some of
// which are those of this computer, it names what an option takes.
func manual(b *bytes.Buffer, cmd *cobra.Command) error {
	cmd.DisableAutoGenTag = true
	name := func(f *pflag.Flag) {
		if f.DefValue = f.Value.Type(); f.NoOptDefVal != "" {
			f.DefValue = ""
		}
	}
	cmd.InheritedFlags().VisitAll(name)
	cmd.NonInheritedFlags().VisitAll(name)
	var page bytes.Buffer
	if err := doc.GenMan(cmd, &doc.GenManHeader{Section: "1", Source: "Lifeboat " + assets.Version, Manual: "User Commands"}, &page); err != nil {
		return err
	}
	text := options.ReplaceAllString(strings.ReplaceAll(page.String(), "[=]", ""), ".TP\n$1\n")
	if !cmd.HasParent() {
		text = strings.Replace(text, ".SH SEE ALSO\n", ".SH SEE ALSO\n\\fBlifeboat(1)\\fP, ", 1)
	}
	_, err := b.WriteString(strings.ReplaceAll(text, "--", `\-\-`))
	return err
}
