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
	"errors"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	ctx, stop := untilInterrupted(context.Background())
	defer stop()
	os.Exit(Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes, the same for every command.
const (
	exitOK       = 0 // done, and the answer is good
	exitBad      = 1 // done, and the answer is bad: a check failed, a backup is not intact
	exitFailed   = 2 // it could not be done
	exitCanceled = 130
)

// Run runs one command line and returns its exit code. It returns soon after
// ctx ends.
func Run(ctx context.Context, args []string, in *os.File, out, errs io.Writer) int {
	t := newTerminal(in, out, errs)
	root := t.root()
	root.SetArgs(append([]string{}, args...)) // nil would be those of the process
	if len(args) > 0 && slices.Contains([]string{"version", "-version", "-help"}, args[0]) {
		root.SetArgs([]string{"--" + strings.TrimLeft(args[0], "-")})
	}
	err := root.ExecuteContext(ctx)
	var code exitCode
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	}
	t.line(errs, err.Error()) // of the hidden commands that completion uses
	return exitFailed
}

// commands is the whole command line, in the order of the help.
var commands = []func(*call) work{
	devices, check, backUp, writeReport, icloud, restart,
	verifyBackup, rehearse, find, listVersions, room, whatChanged, copyBackups, layOut, restorePhone, prune, undelete, encryption, passwords,
	look, searchBackup, compareContent, exportFiles,
	completion, help,
}
