package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lifeboat/assets"
	"lifeboat/assets/words"
)

// exitCode is how a command ended that did not end well. The error has been printed.
type exitCode int

// Error is for cobra, which does not print it.
func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// root builds the whole command line.
func (t *terminal) root() *cobra.Command {
	cobra.EnableCommandSorting = false
	cobra.MousetrapHelpText = "" // on Windows a shortcut on the desktop may run a backup
	root := &cobra.Command{
		Use: "lifeboatctl COMMAND [OPTIONS]", DisableFlagsInUseLine: true,
		Short: t.text("cli.brief", nil), Long: t.text("cli.usage", nil),
		Args: cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true, SuggestionsMinimumDistance: 2,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetOut(t.out)
	root.SetErr(t.errs)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { t.help(t.out, cmd) })
	root.SetFlagErrorFunc(t.badOption)
	flags := root.PersistentFlags()
	flags.BoolVar(&t.json, "json", false, t.text("cli.flag.json", nil))
	flags.BoolVar(&t.debug, "debug", false, t.text("cli.flag.debug", nil))
	flags.BoolP("help", "h", false, t.text("cli.flag.help", nil))
	asked := root.Flags().Bool("version", false, t.text("cli.flag.show-version", nil))
	root.RunE = func(_ *cobra.Command, args []string) error {
		switch {
		case *asked:
			t.print("lifeboatctl " + assets.Version)
			return nil
		case len(args) > 0:
			return t.unknownCommand(root, args[0])
		}
		t.help(t.errs, root)
		return exitCode(exitFailed)
	}
	for _, command := range commands {
		c := newCall(t)
		c.runs(command(c))
		root.AddCommand(c.cmd)
		if c.cmd.Name() == "help" {
			root.SetHelpCommand(c.cmd)
		}
	}
	return root
}

// misuse reports what is wrong with a command line, and how the command is used.
func (t *terminal) misuse(cmd *cobra.Command, key string, args words.Args) error {
	t.line(t.errs, t.text(key, args)+"\n")
	t.help(t.errs, cmd)
	return exitCode(exitFailed)
}

func (t *terminal) unknownCommand(root *cobra.Command, name string) error {
	return t.misuse(root, "cli.unknown-command", words.Args{"Command": name, "Near": strings.Join(root.SuggestionsFor(name), ", ")})
}

// badOption reports what is wrong with an option.
func (t *terminal) badOption(cmd *cobra.Command, err error) error {
	switch e := err.(type) {
	case *pflag.ValueRequiredError:
		return t.misuse(cmd, "cli.option-needs-value", words.Args{"Option": "--" + e.GetFlag().Name})
	case *pflag.InvalidValueError:
		return t.badValue(cmd, e.GetFlag().Name, e.GetValue())
	case *pflag.NotExistError:
		if command := cmd.Flags().Arg(0); command != "" && !cmd.HasParent() {
			return t.unknownCommand(cmd, command)
		}
		name, typed := e.GetSpecifiedName(), "--"+e.GetSpecifiedName()
		if after := e.GetSpecifiedShortnames(); after != "" {
			name, typed = after, "-"+after
		}
		return t.misuse(cmd, "cli.unknown-option", words.Args{"Option": typed, "Near": optionsNear(cmd, name)})
	}
	return t.misuse(cmd, "cli.unknown-option", words.Args{"Option": err.Error()})
}

// badChoice reports that a word is none of those that are known.
func (c *call) badChoice(word, known string) error {
	return c.misuse(c.cmd, "cli.bad-choice", words.Args{"What": word, "Known": known})
}

// badValue reports that an option does not take a value.
func (t *terminal) badValue(cmd *cobra.Command, option, value string) error {
	return t.misuse(cmd, "cli.option-bad-value", words.Args{"Option": "--" + option, "Value": value})
}

// optionsNear lists the options of a command that are spelled like name, by
// cobra's rule for commands.
func optionsNear(cmd *cobra.Command, name string) string {
	options := cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		options.AddCommand(&cobra.Command{Use: "--" + f.Name, Run: func(*cobra.Command, []string) {}})
	})
	return strings.Join(options.SuggestionsFor("--"+name), ", ")
}
