// Command lifeboatctl is Lifeboat for scripts and tests: the engine of the
// window on a command line.
//
// Each command is one file. Results go to standard output, what the user
// should know or do meanwhile to standard error, and with --json nothing but
// JSON goes to standard output. Passwords are never arguments: they come
// from a prompt, LIFEBOAT_PASSWORD or --password-file.
package main

import (
	"context"
	"io"
	"os"

	"lifeboat/assets"
)

func main() {
	ctx, stop := untilInterrupted(context.Background())
	defer stop()
	os.Exit(Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes, the same for every command.
const (
	exitOK       = 0 // done, and the answer is good
	exitBad      = 1 // done, and the answer is bad: a check failed, a backup is not whole
	exitFailed   = 2 // it could not be done
	exitCanceled = 130
)

// Run runs one command line and returns its exit code. It returns soon after
// ctx ends.
func Run(ctx context.Context, args []string, in *os.File, out, errs io.Writer) int {
	t := newTerminal(in, out, errs)
	if len(args) == 0 {
		t.usage(errs)
		return exitFailed
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		t.usage(out)
		return exitOK
	case "version", "-version", "--version":
		t.print("lifeboatctl " + assets.Version)
		return exitOK
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.start(ctx, t, args[1:])
		}
	}
	t.say("cli.unknown-command", map[string]any{"Command": args[0]})
	t.usage(errs)
	return exitFailed
}

// commands is the whole command line, in the order of the help.
var commands = []command{
	{"devices", devices},
	{"check", check},
	{"backup", backUp},
	{"report", writeReport},
	{"icloud", icloud},
	{"restart", restart},
	{"verify", verifyBackup},
	{"versions", listVersions},
	{"lay-out", layOut},
	{"prune", prune},
	{"undelete", undelete},
	{"encryption", encryption},
}
