package services

import (
	"context"
	"io"
	"net"
	"time"

	"lifeboat/device/phonesim/wait"
)

// Log plays a script of lines to everyone who listens to the device log.
type Log struct {
	Lines []LogLine
	Now   func() time.Time
	// Wait pauses between lines; nil is real time.
	Wait func(ctx context.Context, d time.Duration) error
}

// LogLine is one line of the device log.
type LogLine struct {
	// After is the pause before it, from the line before.
	After time.Duration
	// Process, PID, Subsystem and Category say who speaks.
	Process             string
	PID                 int
	Subsystem, Category string
	Level               LogLevel
	Text                string
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

// play hands each line to write when its time has come, and then stays until
// the listener leaves, as a log never ends.
func (l *Log) play(ctx context.Context, conn net.Conn, write func(LogLine) error) error {
	ctx, cancel := context.WithCancel(ctx)
	left := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, conn)
		left <- err
		cancel()
	}()
	err := l.playAll(ctx, write)
	if err != nil {
		conn.Close()
	}
	return <-left
}

func (l *Log) playAll(ctx context.Context, write func(LogLine) error) error {
	between := l.Wait
	if between == nil {
		between = wait.For
	}
	for _, line := range l.Lines {
		if line.After > 0 {
			if err := between(ctx, line.After); err != nil {
				return err
			}
		}
		if err := write(line); err != nil {
			return err
		}
	}
	return nil
}

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
