package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lifeboat/checks/report"
	"lifeboat/device/fault"
)

// removed stands where something does not go out.
const removed = "[***]"

var (
	// messageForm are the messages of this program: plain English on one line.
	messageForm = regexp.MustCompile(`^[A-Za-z][A-Za-z ,.:;'()/-]{1,150}$`)
	// lineForm is a line as redacted writes it.
	lineForm = regexp.MustCompile(`^time=[0-9T:.Z-]{20,30} level=[A-Z]{4,5}([+-][0-9]{1,2})? msg=("[A-Za-z][A-Za-z ,.:;'()/-]{1,150}"|[A-Za-z-]+|\[\*\*\*\]|"\[\*\*\*\]")( [A-Za-z]{1,20}=("([^"\\]|\\")*"|[^" ]*))*$`)
	// appleService is what a fault was about, if that is one of Apple's own names.
	appleService = regexp.MustCompile(`\bcom\.apple\.[A-Za-z0-9_.]{1,60}$`)
)

// Keys whose values go out, as far as they have the form: numbers, what went
// wrong, yes or no. What has another key stays in.
var (
	numbers = []string{"files", "bytes", "trashed", "removed", "version", "status"}
	others  = []string{"err", "error", "reason", "registry", "profiles", "cloud", "code", "incremental", "resumed", "took"}
)

// redacted hands on what is on the list.
type redacted struct{ next slog.Handler }

func (h *redacted) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *redacted) Handle(ctx context.Context, r slog.Record) error {
	message := r.Message
	if !messageForm.MatchString(message) {
		message = removed
	}
	out := slog.NewRecord(r.Time.UTC().Round(time.Millisecond), r.Level, message, 0)
	if at := place(r.PC); at != "" {
		out.AddAttrs(slog.String("at", at))
	}
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(redact(a)...)
		return true
	})
	return h.next.Handle(ctx, out)
}

func (h *redacted) WithAttrs(attrs []slog.Attr) slog.Handler {
	var out []slog.Attr
	for _, a := range attrs {
		out = append(out, redact(a)...)
	}
	return &redacted{h.next.WithAttrs(out)}
}

// WithGroup needs no name before the keys: the file is for people.
func (h *redacted) WithGroup(string) slog.Handler { return h }

// place is where in the source a record was made: "backup/job.go:116".
func place(pc uintptr) string {
	if pc == 0 {
		return ""
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	if frame.File == "" {
		return ""
	}
	dir, file := path.Split(frame.File)
	return path.Join(path.Base(dir), file) + ":" + strconv.Itoa(frame.Line)
}

// redact is what may go out of one attribute.
func redact(a slog.Attr) []slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		var out []slog.Attr
		for _, each := range v.Group() {
			out = append(out, redact(each)...)
		}
		return out
	}
	if !slices.Contains(numbers, a.Key) && !slices.Contains(others, a.Key) {
		return nil
	}
	return []slog.Attr{slog.String(a.Key, value(a.Key, v))}
}

func value(key string, v slog.Value) string {
	switch v.Kind() {
	case slog.KindBool:
		return strconv.FormatBool(v.Bool())
	case slog.KindDuration:
		return v.Duration().Round(time.Millisecond).String()
	case slog.KindInt64, slog.KindUint64:
		if slices.Contains(numbers, key) {
			return v.String()
		}
	case slog.KindAny:
		switch v := v.Any().(type) {
		case nil:
			return "none"
		case error:
			return kindOf(v, 0)
		case fault.Code:
			return code(v)
		}
	}
	return removed
}

func code(c fault.Code) string {
	if slices.Contains(fault.Codes(), c) {
		return string(c)
	}
	return removed
}

// deepest bounds how many errors within errors are looked at.
const deepest = 12

// sentinels are errors that say the same of everybody.
var sentinels = []error{
	context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, io.ErrShortWrite, io.ErrNoProgress,
	net.ErrClosed, os.ErrDeadlineExceeded, fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, fs.ErrClosed, fs.ErrInvalid, errors.ErrUnsupported,
}

// kindOf says what kind of error it is, without the words of it: in those are
// paths, names and what a phone says.
func kindOf(err error, depth int) string {
	if err == nil || depth >= deepest {
		return "…"
	}
	inner := func(kind string, err error) string {
		if err == nil {
			return kind
		}
		return kind + ": " + kindOf(err, depth+1)
	}
	for _, s := range sentinels {
		if err == s { //nolint:errorlint // what wraps it is reported too
			return s.Error()
		}
	}
	switch e := err.(type) { //nolint:errorlint // each error of the chain in its turn
	case *fault.Error:
		kind := code(e.Code)
		if service := appleService.FindString(e.Op); service != "" {
			kind += " of " + service
		}
		if text, ok := report.Code(e.Domain, e.Number); ok {
			kind += " (" + text + ")"
		}
		return inner(kind, e.Err)
	case syscall.Errno:
		return fmt.Sprintf("system error %d, %s", int(e), e.Error())
	case *fs.PathError:
		return inner(e.Op, e.Err)
	case *os.LinkError:
		return inner(e.Op, e.Err)
	case *os.SyscallError:
		return inner(e.Syscall, e.Err)
	case *net.OpError:
		return inner(e.Op+" "+e.Net, e.Err)
	case interface{ Unwrap() []error }:
		var all []string
		for i, each := range e.Unwrap() {
			if i == 4 {
				all = append(all, "…")
				break
			}
			all = append(all, kindOf(each, depth+4))
		}
		return strings.Join(all, "; ")
	case interface{ Unwrap() error }:
		if within := e.Unwrap(); within != nil {
			return kindOf(within, depth+1)
		}
	}
	return fmt.Sprintf("%T", err)
}
