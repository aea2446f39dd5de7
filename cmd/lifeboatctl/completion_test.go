package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runLine runs one command line without a phone.
func runLine(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = Run(context.Background(), args, nil, &o, &e)
	return code, o.String(), e.String()
}

// TestCompletion: what a shell asks for is answered with what may stand there.
func TestCompletion(t *testing.T) {
	const nothing, files, folders = ":4", ":0", ":16"
	for line, want := range map[string]struct {
		words string // each has to be offered
		how   string // cobra's directive
	}{
		"":                                {"devices check backup report icloud restart verify find versions room changes copy lay-out prune undelete encryption password completion help", nothing},
		"ver":                             {"verify versions", nothing},
		"verify ":                         {"", folders},
		"verify DIR ":                     {"", nothing},
		"verify DIR --level ":             {"quick sample=5% full", nothing},
		"backup --to ":                    {"", folders},
		"backup --password":               {"--password-file --password-changed", nothing},
		"backup --password-file ":         {"", files},
		"check --answers ":                {"", files},
		"check --udid ":                   {"", nothing},
		"encryption ":                     {"on off change", nothing},
		"password ":                       {"kept forget sheet", nothing},
		"encryption off ":                 {"", nothing},
		"icloud ":                         {"on off", nothing},
		"export ph":                       {"photos", nothing},
		"export photos ":                  {"messages", nothing},
		"lay-out ":                        {"", nothing},
		"lay-out 3 ":                      {"", folders},
		"copy ":                           {"", folders},
		"copy DIR ":                       {"", folders},
		"copy DIR TO ":                    {"", nothing},
		"prune DIR 1 2 ":                  {"", nothing},
		"prune DIR --limit ":              {"", nothing},
		"report --include ":               {"name profiles apps crashes", nothing},
		"completion ":                     {"bash zsh fish powershell", nothing},
		"help ver":                        {"verify versions", nothing},
		"devices ":                        {"", nothing},
		"check --watch --json --offline ": {"", nothing},
	} {
		code, out, _ := runLine(append([]string{"__complete"}, strings.Split(line, " ")...)...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if how := lines[len(lines)-1]; code != exitOK || how != want.how {
			t.Errorf("%q: exit %d, %s instead of %s", line, code, how, want.how)
		}
		offered := map[string]bool{}
		for _, l := range lines[:len(lines)-1] {
			word, _, _ := strings.Cut(l, "\t")
			offered[word] = true
		}
		for _, word := range strings.Fields(want.words) {
			if !offered[word] {
				t.Errorf("%q: %s is not offered", line, word)
			}
		}
		if want.words == "" && len(offered) > 0 {
			t.Errorf("%q: %v are offered", line, offered)
		}
	}
}

// TestCompletionScripts: each shell that is here takes its script.
func TestCompletionScripts(t *testing.T) {
	for shell, args := range map[string][]string{
		"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}, "powershell": nil,
	} {
		code, script, errs := runLine("completion", shell)
		if code != exitOK || !strings.Contains(script, "__complete") || errs != "" {
			t.Errorf("%s: exit %d, %d bytes, %s", shell, code, len(script), errs)
		}
		program, err := exec.LookPath(shell)
		if err != nil || args == nil {
			continue
		}
		path := filepath.Join(t.TempDir(), "script")
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(program, append(args, path)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
	if code, out, errs := runLine("completion", "tcsh"); code != exitFailed || out != "" || !strings.Contains(errs, "not one of: bash, zsh, fish, powershell") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
}
