package services

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"lifeboat/device/phonesim/content"
)

// Bounds of a log script.
const (
	maxLogLine  = 16 << 10 // bytes
	maxLogLines = 100_000
	maxLogPause = 24 * time.Hour
	maxLogEdit  = 1_000_000 // files
)

// logLevels are the levels by the names that scripts use.
var logLevels = map[string]LogLevel{
	"default": LogDefault, "info": LogInfo, "debug": LogDebug, "error": LogError, "fault": LogFault,
}

// logDirections are the lines that begin with @, each with what reads the rest.
var logDirections = map[string]func(*LogLine, string) error{
	"@wait": func(line *LogLine, rest string) error {
		if line.Stop = true; rest != "" {
			return fmt.Errorf("@wait takes nothing")
		}
		return nil
	},
	"@notify": func(line *LogLine, rest string) error {
		if line.Notify = rest; rest == "" {
			return fmt.Errorf("@notify without a name")
		}
		return nil
	},
	"@set":  parseLogSet,
	"@edit": parseLogEdit,
	"@fault": func(line *LogLine, rest string) error {
		if line.Fault = rest; rest == "" {
			return fmt.Errorf("@fault without a fault")
		}
		return nil
	},
}

// ParseLog reads a log script, one line each:
//
//	# a comment
//	+300ms backupd[312] error =cloud-backup= Backup failed: MBErrorDomain(209)
//	@wait                        what follows waits for Log.Play
//	+1s @set DOMAIN/KEY=VALUE    true, false, a whole number, now, or none
//	@notify NAME
//	@edit change=200 add=20 delete=20   of the files on the phone; any of the three
//	@fault detach=0.5            for backups from now on, as the flag --fault; or none
//
// The duration is the pause before the line; directions may do without. The
// levels are default, info, debug, error and fault. Errors name the line.
func ParseLog(r io.Reader) ([]LogLine, error) {
	var lines []LogLine
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLogLine)
	n := 0
	for scanner.Scan() {
		n++
		text := strings.TrimSpace(string(bytes.ToValidUTF8(scanner.Bytes(), []byte("\uFFFD"))))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		line, err := parseLogLine(text)
		if err != nil {
			return nil, fmt.Errorf("line %d of the log script: %w", n, err)
		}
		if lines = append(lines, line); len(lines) > maxLogLines {
			return nil, fmt.Errorf("the log script has more than %d lines", maxLogLines)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("line %d of the log script: %w", n+1, err)
	}
	return lines, nil
}

func parseLogLine(text string) (line LogLine, err error) {
	if pause, ok := strings.CutPrefix(text, "+"); ok {
		pause, text = firstWord(pause)
		line.After, err = time.ParseDuration(pause)
		if err != nil || line.After < 0 || line.After > maxLogPause {
			return line, fmt.Errorf("%q is not a duration such as 300ms, up to a day", pause)
		}
	} else if !strings.HasPrefix(text, "@") {
		return line, fmt.Errorf("does not begin with +DURATION, @ or #")
	}
	word, rest := firstWord(text)
	if strings.HasPrefix(word, "@") {
		read, known := logDirections[word]
		if !known {
			return line, fmt.Errorf("%s is not one of @wait, @set, @notify, @edit, @fault", word)
		}
		return line, read(&line, rest)
	}
	process, pid, ok := strings.Cut(strings.TrimSuffix(word, "]"), "[")
	if line.PID, err = strconv.Atoi(pid); !ok || err != nil || process == "" || line.PID < 0 || line.PID > 1<<22 {
		return line, fmt.Errorf("%q is not of the form PROCESS[PID]", word)
	}
	line.Process = process
	level, message := firstWord(rest)
	if line.Level, ok = logLevels[level]; !ok {
		return line, fmt.Errorf("level %q is not default, info, debug, error or fault", level)
	}
	line.Text = message
	return line, nil
}

// parseLogSet reads DOMAIN/KEY=VALUE.
func parseLogSet(line *LogLine, text string) error {
	name, value, ok := strings.Cut(text, "=")
	at := strings.LastIndexByte(name, '/')
	if !ok || at < 0 || at == len(name)-1 {
		return fmt.Errorf("%q is not of the form DOMAIN/KEY=VALUE", text)
	}
	set := &LogSet{Domain: name[:at], Key: name[at+1:]}
	switch value {
	case "true", "false":
		set.Value = value == "true"
	case "now":
		set.Now = true
	case "none":
	default:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not true, false, a whole number, now or none", value)
		}
		set.Value = n
	}
	line.Set = set
	return nil
}

// parseLogEdit reads change=N add=N delete=N.
func parseLogEdit(line *LogLine, text string) error {
	edit := &content.Edits{}
	into := map[string]*int{"change": &edit.Changed, "add": &edit.Added, "delete": &edit.Removed}
	for word := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(word, "=")
		n, err := strconv.Atoi(value)
		if into[name] == nil || err != nil || n < 0 || n > maxLogEdit {
			return fmt.Errorf("%q is not change=N, add=N or delete=N with N up to %d", word, maxLogEdit)
		}
		*into[name] = n
	}
	if line.Edit = edit; *edit == (content.Edits{}) {
		return fmt.Errorf("@edit without change=N, add=N or delete=N")
	}
	return nil
}

// firstWord splits text at its first spaces.
func firstWord(text string) (word, rest string) {
	word, rest, _ = strings.Cut(text, " ")
	return word, strings.TrimSpace(rest)
}
