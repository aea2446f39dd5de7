package services

import "time"

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
