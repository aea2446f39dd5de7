//go:build docs

package main

import (
	"context"

	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"lifeboat/assets"
)

// Built with the tag docs, "lifeboatctl docs DIR" writes a manual page for each
// command, as .ci/package/docs wants them. The date is SOURCE_DATE_EPOCH.
func init() { commands = append(commands, docs) }

func docs(c *call) work {
	c.cmd.Use, c.cmd.Hidden = "docs DIR", true
	return func(context.Context) error {
		root := c.cmd.Root()
		root.DisableAutoGenTag = true
		root.Long += "\n\n" + c.text("cli.usage-end", nil) + "\n\n# COMMANDS\n"
		for _, cmd := range append(root.Commands(), root) {
			if cmd.IsAvailableCommand() && cmd != root {
				root.Long += "**" + cmd.Name() + "**\n\t" + cmd.Short + "\n\n"
			}
			cmd.InheritedFlags().VisitAll(nameValue)
			cmd.NonInheritedFlags().VisitAll(nameValue)
		}
		return doc.GenManTree(root, &doc.GenManHeader{Source: "Lifeboat " + assets.Version, Manual: "User Commands"}, c.args[0])
	}
}

// nameValue has the page say what an option takes in place of its default,
// which may be a folder of this computer.
func nameValue(f *pflag.Flag) {
	f.DefValue = f.Value.Type()
	if f.NoOptDefVal != "" {
		f.DefValue = ""
	}
}
