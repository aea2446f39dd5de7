package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"

	"lifeboat/ui/desktop/instance"
	"lifeboat/ui/engine/logfile"
)

// claim makes this program the one that runs, or has that one shown; see
// [instance.Claim]. The demonstration is a program of its own.
func claim(ctx context.Context, f flags, raise func()) (first bool, release func(), err error) {
	dir, err := instance.Dir(strings.ToLower(appName))
	if err != nil {
		return true, func() {}, err
	}
	name, start := "window", instance.ByUser
	if f.demo {
		name = "demo"
	}
	if f.background {
		start = instance.Background
	}
	return instance.Claim(ctx, dir, name, start, raise)
}

// logs is the log in its file, and on errs too if that was asked for. Without a
// home, and in the demonstration, there is no file.
func logs(f flags, errs io.Writer) (*slog.Logger, *logfile.Log) {
	level := slog.LevelInfo
	var all []slog.Handler
	if f.debug {
		level = slog.LevelDebug
		all = append(all, slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
	}
	var file *logfile.Log
	if dir, err := logfile.Dir(appName); err == nil && !f.demo {
		file = logfile.Open(dir)
		all = append(all, file.Handler(level))
	}
	return slog.New(slog.NewMultiHandler(all...)), file
}

// shower shows the window as soon as there is one. Before that nothing is lost:
// it is about to be shown.
type shower struct {
	mu   sync.Mutex
	how  func()
	want bool
}

func (s *shower) by(how func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how = how
	if s.want {
		how()
	}
}

func (s *shower) show() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.want = true; s.how != nil {
		s.how()
	}
}
