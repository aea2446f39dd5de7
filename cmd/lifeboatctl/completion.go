package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
)

// completion prints what lets a shell complete command lines.
func completion(c *call) work {
	const shells = "bash|zsh|fish|powershell"
	c.define("completion "+shells, 1, 1)
	return func(context.Context) error {
		root := c.cmd.Root()
		switch c.args[0] {
		case "bash":
			return root.GenBashCompletionV2(c.out, true)
		case "zsh":
			return root.GenZshCompletion(c.out)
		case "fish":
			return root.GenFishCompletion(c.out, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(c.out)
		}
		return c.badChoice(c.args[0], strings.ReplaceAll(shells, "|", ", "))
	}
}

// completes says what completes an argument or a value, by the name that it
// has in the help: a folder, a file, or else one of the choices.
func completes(what string, choices ...string) ([]string, cobra.ShellCompDirective) {
	switch what {
	case "DIR", "TO", "FOLDER":
		return nil, cobra.ShellCompDirectiveFilterDirs
	case "FILE":
		return nil, cobra.ShellCompDirectiveDefault
	}
	return choices, cobra.ShellCompDirectiveNoFileComp
}
