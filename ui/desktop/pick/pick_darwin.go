package pick

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The scripts take a title, a folder to begin in or "", and a name. What the user
// is asked never becomes a part of a script. Cancelled (-128) is an empty answer.
const (
	folderScript = `on run argv
	activate
	try
		if item 2 of argv is "" then
			return POSIX path of (choose folder with prompt (item 1 of argv))
		end if
		return POSIX path of (choose folder with prompt (item 1 of argv) default location (POSIX file (item 2 of argv)))
	on error number -128
		return ""
	end try
end run`
	saveScript = `on run argv
	activate
	try
		if item 2 of argv is "" then
			return POSIX path of (choose file name with prompt (item 1 of argv) default name (item 3 of argv))
		end if
		return POSIX path of (choose file name with prompt (item 1 of argv) default name (item 3 of argv) default location (POSIX file (item 2 of argv)))
	on error number -128
		return ""
	end try
end run`
)

func folder(ctx context.Context, o Options) (string, error) { return ask(ctx, folderScript, o) }

func save(ctx context.Context, o Options) (string, error) { return ask(ctx, saveScript, o) }

func ask(ctx context.Context, script string, o Options) (string, error) {
	dir := o.Dir
	if info, err := os.Stat(dir); err != nil || !info.IsDir() || !filepath.IsAbs(dir) {
		dir = ""
	}
	out, err := exec.CommandContext(ctx, "/usr/bin/osascript", "-e", script, "--", o.Title, dir, o.Name).Output()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	path := strings.TrimSuffix(string(out), "\n")
	if path == "" {
		return "", nil
	}
	if !filepath.IsAbs(path) {
		return "", errors.New("what was chosen is no folder of this computer")
	}
	return filepath.Clean(path), nil
}
