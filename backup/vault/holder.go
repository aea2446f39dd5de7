package vault

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"lifeboat/assets/words"
)

// holder is what a lock's file says of the run that holds it.
type holder struct {
	Program string    `json:"program"`
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Token   string    `json:"token"` // distinguishes one run from every other
}

// holderMost bounds what is read of a lock's file, in bytes.
const holderMost = 4096

func newHolder(host string) holder {
	program := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
	return holder{Program: program, PID: os.Getpid(), Host: host, Since: time.Now().UTC().Truncate(time.Second), Token: rand.Text()}
}

// write puts the holder into its file, in place.
func (h holder) write(file *os.File) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if _, err := file.WriteAt(data, 0); err != nil {
		return err
	}
	return file.Truncate(int64(len(data)))
}

// readHolder reads a lock's file; the zero holder if it says nothing useful.
func readHolder(file io.ReaderAt) holder {
	data, err := io.ReadAll(io.NewSectionReader(file, 0, holderMost))
	if err != nil {
		return holder{}
	}
	return parseHolder(data)
}

func parseHolder(data []byte) (h holder) {
	if json.Unmarshal(data, &h) != nil || h.PID <= 0 {
		return holder{}
	}
	return h
}

// words names the holder for people; ok is false if it is not known. host is
// this computer.
func (h holder) words(host string, now time.Time) (text words.Text, ok bool) {
	if h.PID <= 0 || h.Since.IsZero() {
		return words.Text{}, false
	}
	args := words.Args{
		"Program": plainName(h.Program), "Pid": h.PID, "Host": plainName(h.Host),
		"Span": words.Span(max(0, now.Sub(h.Since))),
	}
	if h.Host == host {
		return words.T("holder.here", args), true
	}
	return words.T("holder.elsewhere", args), true
}

// plainName makes a name from a file fit to be shown.
func plainName(name string) string {
	const most = 60
	name = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && r != unicode.ReplacementChar {
			return r
		}
		return -1
	}, name)
	if runes := []rune(name); len(runes) > most {
		name = string(runes[:most])
	}
	if name = strings.TrimSpace(name); name == "" {
		return "?"
	}
	return name
}
