package services

import (
	"context"
	"slices"
	"sync"
	"time"

	"lifeboat/device/phonesim/content"
)

// Log is the device log: it plays a script to everyone who listens. Safe for
// use by several goroutines.
//
// The opening of the script, up to its first stop, is played to each listener
// from its beginning. Each further part is played once, at a [Log.Play], to
// those who listen then; what nobody heard goes to the next who comes.
type Log struct {
	Lines []LogLine
	Now   func() time.Time
	// Wait pauses between lines; nil is real time.
	Wait func(ctx context.Context, d time.Duration) error
	// Act does what a line with Set or Notify says, once. May be nil.
	Act func(LogLine)

	running sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	stop      context.CancelFunc // of the parts that are being played; nil while none is
	released  int                // parts that Play asked for
	played    int                // and those that were begun
	acted     map[int]bool       // lines of the opening that have acted
	listeners map[*listener]struct{}
	unheard   []LogLine
}

// LogLine is one line of the device log, or a direction between lines: one of
// Stop, Set, Notify, Edit and Fault.
type LogLine struct {
	// After is the pause before it, from the line before.
	After time.Duration
	// Process, PID, Subsystem and Category say who speaks.
	Process             string
	PID                 int
	Subsystem, Category string
	Level               LogLevel
	Text                string

	// Stop ends a part of the script.
	Stop bool
	// Set changes a value of lockdownd.
	Set *LogSet
	// Notify posts a notification of the phone.
	Notify string
	// Edit changes what is on the phone.
	Edit *content.Edits
	// Fault is what goes wrong with backups from now on, as the flag --fault
	// takes it; "none" ends that.
	Fault string
}

// LogSet is a change of a value of lockdownd.
type LogSet struct {
	Domain, Key string
	// Value is a bool or an int64; nil takes the value away.
	Value any
	// Now sets the value to the phone's time, in seconds since 2001.
	Now bool
}

// heard reports whether a line is one that listeners hear.
func (l LogLine) heard() bool {
	return !l.Stop && l.Set == nil && l.Notify == "" && l.Edit == nil && l.Fault == ""
}

// LogLevel is the severity of a line, as os_trace_relay numbers it.
type LogLevel uint8

const (
	LogDefault LogLevel = 0x00
	LogInfo    LogLevel = 0x01
	LogDebug   LogLevel = 0x02
	LogError   LogLevel = 0x10
	LogFault   LogLevel = 0x11
)

// opening is the script up to its first stop.
func (l *Log) opening() []LogLine {
	if at := slices.IndexFunc(l.Lines, isStop); at >= 0 {
		return l.Lines[:at]
	}
	return l.Lines
}

// part is what follows the n-th stop, from 1 on, up to the next.
func (l *Log) part(n int) []LogLine {
	rest := l.Lines
	for range n {
		at := slices.IndexFunc(rest, isStop)
		if at < 0 {
			return nil
		}
		rest = rest[at+1:]
	}
	if at := slices.IndexFunc(rest, isStop); at >= 0 {
		rest = rest[:at]
	}
	return rest
}

func isStop(line LogLine) bool { return line.Stop }

// DefaultLog is a healthy phone that backs up to iCloud.
func DefaultLog() []LogLine {
	backupd := func(text string) LogLine {
		return LogLine{
			After: 300 * time.Millisecond, Process: "backupd", PID: 312,
			Subsystem: "com.apple.backup", Category: "scheduler", Text: text,
		}
	}
	return []LogLine{
		{Process: "SpringBoard", PID: 34, Subsystem: "com.apple.SpringBoard", Category: "Backlight", Text: "Backlight changed to 1"},
		backupd("=scheduler= [On condition] state changed, enabled:1, locked:1, onPower:1, onWiFi:1, onCellular:0"),
		backupd("=cloud-backup= scan done in 2.41s"),
		backupd("=cloud-backup= upload done in 7.90s"),
		backupd("=cloud-backup= Backup finished successfully"),
	}
}
