// Package logfile keeps a short log of what the program does, for reports of
// bugs, and writes it out for one.
//
// What reaches the file is on a list (redact.go): messages, which are constants
// of this program, places in its source, codes, counts and kinds of errors. No name,
// path, number of a device or text of a phone does, so that the file may lie on
// a shared computer. The way out looks at each line again.
package logfile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"gopkg.in/natefinch/lumberjack.v2"

	"lifeboat/checks/report"
)

const (
	name     = "lifeboat.log"
	megabyte = 1 << 20
	// The log and the one before it; older ones are deleted.
	maxMegabytes, maxBefore = 1, 1
	longestLine             = 4 << 10 // bytes
	// maxFiles bounds what is read of a folder that others may write to.
	maxFiles = 8
)

// Log is the log in a folder.
type Log struct {
	dir  string
	file *lumberjack.Logger
}

// Open is the log in dir. Both are made with the first line.
func Open(dir string) *Log {
	return &Log{dir: dir, file: &lumberjack.Logger{Filename: filepath.Join(dir, name), MaxSize: maxMegabytes, MaxBackups: maxBefore}}
}

// Dir is where this user's log lies: ~/Library/Logs on macOS, the folder for
// local data on Windows, $XDG_STATE_HOME elsewhere.
func Dir(program string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("log: %w", err)
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Logs", program), nil
	case "windows":
		cache, err := os.UserCacheDir() // %LocalAppData%
		if err != nil {
			return "", fmt.Errorf("log: %w", err)
		}
		return filepath.Join(cache, program, "Logs"), nil
	}
	// By the XDG Base Directory Specification a path that is not absolute does not count.
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, program), nil
	}
	return filepath.Join(home, ".local", "state", program), nil
}

// Path is where the newest lines are.
func (l *Log) Path() string { return l.file.Filename }

// Handler writes records of at least a level. One that cannot be written is lost.
func (l *Log) Handler(level slog.Leveler) slog.Handler {
	return &redacted{slog.NewTextHandler(l.file, &slog.HandlerOptions{Level: level})}
}

// Close closes the file, which the next record would open again. Of nil it does nothing.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}

// Export writes the lines that are kept, the oldest first, as they may go out.
// What does not look like a line of this log is left out and counted.
func (l *Log) Export(ctx context.Context, to io.Writer) error {
	all, err := os.ReadDir(l.dir) // sorted: those before it have a "-" and their time instead of the "."
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("export the log: %w", err)
	}
	logs := slices.DeleteFunc(all, func(f fs.DirEntry) bool {
		return !strings.HasPrefix(f.Name(), "lifeboat") || filepath.Ext(f.Name()) != ".log"
	})
	left := 0
	for _, f := range logs[max(0, len(logs)-maxFiles):] {
		n, err := export(ctx, filepath.Join(l.dir, f.Name()), to)
		if err != nil {
			return fmt.Errorf("export the log: %w", err)
		}
		left += n
	}
	if left == 0 {
		return nil
	}
	_, err = fmt.Fprintf(to, "# %d lines were left out\n", left)
	return err
}

// export writes one file and returns how many lines it left out.
func export(ctx context.Context, path string, to io.Writer) (left int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	lines := bufio.NewReaderSize(io.LimitReader(file, 2*maxMegabytes*megabyte), longestLine)
	var last, masked string // the same is logged again and again, and to mask it takes long
	for long := false; ctx.Err() == nil; {
		data, more, err := lines.ReadLine()
		if errors.Is(err, io.EOF) {
			return left, nil
		}
		if err != nil {
			return left, err
		}
		whole := !more && !long
		switch line := string(data); {
		case whole && lineForm.MatchString(line):
			at, rest, _ := strings.Cut(line, " ")
			if rest != last {
				last, masked = rest, report.Mask(rest)
			}
			if _, err := io.WriteString(to, at+" "+masked+"\n"); err != nil {
				return left, err
			}
		case !more:
			left++
		}
		long = more
	}
	return left, context.Cause(ctx)
}
