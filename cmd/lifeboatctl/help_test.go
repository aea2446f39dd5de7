package main

import (
	"os"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/spf13/cobra"
)

// TestHelp: every command says how it is used, in words and within the width
// of a terminal, whichever way it is asked.
func TestHelp(t *testing.T) {
	root := newTerminal(nil, os.Stdout, os.Stderr).root()
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		var name []string
		if cmd != root {
			name = []string{cmd.Name()}
		}
		code, want, errs := runLine(append(name, "--help")...)
		if code != exitOK || errs != "" || !strings.HasPrefix(want, "Usage: lifeboatctl") {
			t.Errorf("%s --help: exit %d, %s%s", name, code, want, errs)
		}
		if strings.Contains(want, "[cli.") || strings.Contains(want, "<no value>") {
			t.Errorf("%s: a text is not worded: %s", name, want)
		}
		for line := range strings.Lines(want) {
			if n := displaywidth.String(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
		}
		for _, args := range [][]string{append([]string{"help"}, name...), append(name, "-h")} {
			if code, out, _ := runLine(args...); code != exitOK || out != want {
				t.Errorf("%s: exit %d, and not what --help says: %s", args, code, out)
			}
		}
	}
}

// TestMisuse: a command line that makes no sense is answered with the reason,
// with what may have been meant, and with how the command is used.
func TestMisuse(t *testing.T) {
	for line, want := range map[string]struct{ reason, usage string }{
		"":                           {"", "lifeboatctl COMMAND"},
		"--json":                     {"", "lifeboatctl COMMAND"},
		"frobnicate":                 {`There is no command "frobnicate".`, "lifeboatctl COMMAND"},
		"frobnicate --to x":          {`There is no command "frobnicate".`, "lifeboatctl COMMAND"},
		"verfy DIR":                  {`There is no command "verfy". Did you mean: verify?`, "lifeboatctl COMMAND"},
		"help verfy":                 {"Did you mean: verify?", "lifeboatctl COMMAND"},
		"--frob":                     {"There is no option --frob.", "lifeboatctl COMMAND"},
		"devices --nonsense":         {"There is no option --nonsense.", "lifeboatctl devices"},
		"check --ofline":             {"There is no option --ofline. Did you mean: --offline?", "lifeboatctl check"},
		"check -json":                {"There is no option -json. Did you mean: --json?", "lifeboatctl check"},
		"check -x":                   {"There is no option -x.", "lifeboatctl check"},
		"backup --to":                {"--to needs a value.", "lifeboatctl backup"},
		"backup here":                {"too many or too few", "lifeboatctl backup"},
		"verify":                     {"too many or too few", "lifeboatctl verify DIR"},
		"verify a b":                 {"too many or too few", "lifeboatctl verify DIR"},
		"verify a --level deep":      {"--level doesn't take “deep”.", "lifeboatctl verify DIR"},
		"prune a --all -3":           {"--all doesn't take “-3”.", "lifeboatctl prune DIR"},
		"prune a --all many":         {"--all doesn't take “many”.", "lifeboatctl prune DIR"},
		"prune a --limit much":       {"--limit doesn't take “much”.", "lifeboatctl prune DIR"},
		"check --trust-timeout 3":    {"--trust-timeout doesn't take “3”.", "lifeboatctl check"},
		"icloud sideways":            {"“sideways” is not one of: on, off.", "lifeboatctl icloud on|off"},
		"encryption sideways":        {"“sideways” is not one of: on, off, change.", "lifeboatctl encryption on|off|change"},
		"report --include faces":     {"“faces” is not one of: name, profiles", "lifeboatctl report"},
		"report --out report.pdf":    {"report.pdf must end in .txt or .html.", "lifeboatctl report"},
		"devices --json --level all": {"There is no option --level.", "lifeboatctl devices"},
	} {
		code, out, errs := runLine(strings.Fields(line)...)
		if code != exitFailed || out != "" || !strings.Contains(errs, want.reason) || !strings.Contains(errs, "Usage: "+want.usage) {
			t.Errorf("%q: exit %d, %s%s", line, code, out, errs)
		}
	}
}
