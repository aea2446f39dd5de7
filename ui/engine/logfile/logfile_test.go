package logfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/device/fault"
)

// secrets must reach neither the file nor what is exported.
var secrets = []string{
	"Anna", "annas-mac", "anna@example.com", "hunter2", "00008101-000A1B2C3D4E5F60", "F2LXK0ABCDEF", "352099001761481",
	"Lifeboat Backups", "IMG_0001.HEIC", "Holiday", "192.168.178.17", "a4:83:e7:0b:11:1f", "+49 170 1234567", "1700000001",
}

// noisy logs every secret in every way there is but as a message: those are
// constants, as TestMessagesAreConstants sees to.
func noisy(log *slog.Logger) {
	for _, s := range secrets {
		path := "/home/Anna/" + s
		number := fault.New(fault.TrustRefused, "read "+s, errors.New(s))
		number.Domain, number.Number, number.Text = s, 303, s
		causes := []error{
			errors.New(s), fmt.Errorf("open %s: %w", path, fs.ErrNotExist), &fs.PathError{Op: "open", Path: path, Err: syscall.Errno(28)},
			&os.LinkError{Op: "rename", Old: path, New: s, Err: syscall.EACCES}, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New(s)},
			errors.Join(errors.New(s), io.EOF), number.With("Path", path), fault.New(fault.Code(s), s, nil),
		}
		for _, err := range causes {
			log.Warn("the backup failed", "err", err, "error", fmt.Errorf("%s: %w", s, err), "code", fault.Of(err))
		}
		log.Info("a file came", "name", s, "file", []byte(s), s, s, "bytes", s, "any", struct{ Name string }{s}, "udid", &s)
		log.Info("the phone came", slog.Group(s, "path", path, s, 1, "reason", s), slog.Group("phone", slog.String("name", s)))
		log.With("phone", s).WithGroup(s).Error("a line", "files", 12, "serial", 1700000001, "status", int64(3))
		log.Error("the text", "text", slog.AnyValue(valuer(s)), "took", 1234*time.Millisecond, "resumed", true)
	}
}

type valuer string

func (v valuer) LogValue() slog.Value { return slog.StringValue(string(v)) }

func exported(t *testing.T, l *Log) string {
	t.Helper()
	var b bytes.Buffer
	if err := l.Export(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func none(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range secrets {
		if at := strings.Index(strings.ToLower(text), strings.ToLower(s)); at >= 0 {
			t.Errorf("%s holds %q: …%s", where, s, text[max(0, at-120):min(len(text), at+80)])
		}
	}
}

// open is a log in a folder with signs that a pattern would read.
func open(t *testing.T) *Log {
	t.Helper()
	l := Open(filepath.Join(t.TempDir(), "the [log]", "x"))
	t.Cleanup(func() { l.Close() })
	return l
}

func TestNoSecrets(t *testing.T) {
	l := open(t)
	noisy(slog.New(l.Handler(slog.LevelDebug)))
	data, err := os.ReadFile(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	none(t, "the file", string(data))
	text := exported(t, l)
	none(t, "the export", text)
	// What helps is there.
	for _, want := range []string{
		`msg="the backup failed"`, "code=trust-refused", "at=logfile/logfile_test.go:", "file does not exist", "files=12", "status=3",
		"took=1.234s", "resumed=true", "system error 28", "reason=[***]",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(text, "left out") {
		t.Errorf("lines of its own are left out:\n%s", text[strings.LastIndex(text, "#"):])
	}
}

func TestKinds(t *testing.T) {
	phone := fault.New(fault.TrustRefused, "start service com.apple.mobilebackup2", io.EOF)
	phone.Domain, phone.Number = "MBErrorDomain", 303
	for want, err := range map[string]error{
		"trust-refused of com.apple.mobilebackup2 (MBErrorDomain 303): EOF": phone,
		"open: file does not exist":                                         &fs.PathError{Op: "open", Path: "/home/anna", Err: fs.ErrNotExist},
		"*errors.errorString":                                               errors.New("anna"),
		"context canceled":                                                  fmt.Errorf("anna: %w", context.Canceled),
		"EOF; *errors.errorString":                                          errors.Join(io.EOF, errors.New("anna")),
		"dial tcp: i/o timeout":                                             &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded},
		"[***]: *errors.errorString":                                        fault.New("anna", "x", errors.New("anna")),
	} {
		if got := kindOf(err, 0); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	var deep error = io.EOF
	for range 99 {
		deep = &fs.PathError{Op: "x", Err: deep}
	}
	if got := kindOf(deep, 0); len(got) > 100 {
		t.Error(got)
	}
}

// TestForeignLines: what others wrote into the file does not go out.
func TestForeignLines(t *testing.T) {
	l := open(t)
	slog.New(l.Handler(slog.LevelInfo)).Info("the run begins", "resumed", true)
	file, err := os.OpenFile(l.Path(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(file, "panic: open /home/Anna/Holiday\n\tgoroutine 1\n%s\ntime=2026-01-01T00:00:00.000Z level=INFO msg=\"it was\" file=/home/Anna/x name=anna@example.com\n\xff\xfe\nAnna",
		strings.Repeat("Anna ", longestLine))
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text := exported(t, l)
	none(t, "the export", text)
	if !strings.Contains(text, "the run begins") || !strings.HasSuffix(text, "# 5 lines were left out\n") {
		t.Error(text)
	}
}

// TestBounds: the log stays within its two files, and the export brings both.
func TestBounds(t *testing.T) {
	l := open(t)
	log := slog.New(l.Handler(slog.LevelInfo))
	log.Info("the first of all")
	for range 3 * megabyte / 150 {
		log.Warn("a line that is not short at all, so that the file is soon full")
	}
	log.Info("the last of all")
	var size int64
	var files []fs.DirEntry
	for range 100 { // the oldest is deleted by another goroutine
		size = 0
		var err error
		if files, err = os.ReadDir(filepath.Dir(l.Path())); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if info, err := f.Info(); err == nil {
				size += info.Size()
			}
		}
		if len(files) <= maxBefore+1 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(files) != maxBefore+1 || size > (maxBefore+1)*maxMegabytes*megabyte {
		t.Errorf("%d files of %d bytes", len(files), size)
	}
	text := exported(t, l)
	if strings.Contains(text, "the first of all") || !strings.Contains(text, "the last of all") || int64(len(text)) != size {
		t.Errorf("exported %d bytes of %d", len(text), size)
	}
}

func TestNothingLogged(t *testing.T) {
	if text := exported(t, open(t)); text != "" {
		t.Error(text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := open(t)
	slog.New(l.Handler(slog.LevelInfo)).Info("the run begins")
	if err := l.Export(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestMessagesAreConstants: what is let out as a message of this program is one.
func TestMessagesAreConstants(t *testing.T) {
	call := regexp.MustCompile(`\b[lL]og\.(?:Debug|Info|Warn|Error)\((.)`)
	seen := 0
	root := filepath.Join("..", "..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(filepath.ToSlash(path), "/phonesim/") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range call.FindAllSubmatch(data, -1) {
			if seen++; m[1][0] != '"' {
				t.Errorf("%s: %s", path, m[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("only %d calls found", seen)
	}
}

// FuzzValue: whatever is logged becomes a line that may go out.
func FuzzValue(f *testing.F) {
	f.Add("the run begins", "files", "x")
	f.Add("a\nb", "msg", "\"\\")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, message, key, text string) {
		var b bytes.Buffer
		h := &redacted{slog.NewTextHandler(&b, nil)}
		slog.New(h).With(key, text).Info(message, key, errors.New(text), key, fault.Code(text), "files", 7)
		line := strings.TrimSuffix(b.String(), "\n")
		if !lineForm.MatchString(line) {
			t.Errorf("%q", line)
		}
		if !strings.Contains(line, "files=7") {
			t.Errorf("%q", line)
		}
	})
}
