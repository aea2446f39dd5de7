package main

import (
	"context"
	"fmt"
	"go/doc/comment"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"lifeboat/assets/words"
)

// help is --help for those who expect a command.
func help(c *call) work {
	c.define("help [COMMAND]", 0, 1)
	c.cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
		for _, sub := range cmd.Root().Commands() {
			if len(args) == 0 && !sub.Hidden {
				names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	return func(context.Context) error {
		root := c.cmd.Root()
		cmd, rest, _ := root.Find(c.args)
		if len(rest) > 0 {
			return c.unknownCommand(root, rest[0])
		}
		return cmd.Help()
	}
}

// help prints how a command is used, or which commands there are.
func (t *terminal) help(w io.Writer, cmd *cobra.Command) {
	width := columns(w)
	about := cmd.Short
	if cmd.Long != "" {
		about = cmd.Long
	}
	t.line(w, t.text("cli.usage-line", words.Args{"Line": cmd.UseLine()})+"\n\n"+wrapped(about, width, "")+"\n")
	if cmd.HasParent() {
		cmd.InheritedFlags() // adds those of every command, as parsing does
		t.line(w, strings.TrimRight(cmd.Flags().FlagUsagesWrapped(width), "\n"))
		return
	}
	const indent = "              "
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			t.line(w, fmt.Sprintf("  %-12s%s", sub.Name(), strings.TrimPrefix(wrapped(sub.Short, width, indent), indent)))
		}
	}
	t.line(w, "\n"+wrapped(t.text("cli.usage-end", nil), width, ""))
}

// wrapped breaks the lines of a text where they get too wide, and begins each
// with indent. Lines that begin with four spaces are examples, and stay.
func wrapped(text string, width int, indent string) string {
	p := comment.Printer{TextPrefix: indent, TextWidth: max(20, width-len(indent))}
	return strings.TrimRight(string(p.Text(new(comment.Parser).Parse(text))), "\n")
}
