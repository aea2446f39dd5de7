// Package replay reads transcripts, which tell what a phone and a computer
// said to each other without what was on the phone, and invents a content that
// has the recorded shape. The form of a transcript is described beside the
// client's recorder, in device/transcript/FORMAT.md, which is all that the two
// share.
package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const (
	firstLine = "# Lifeboat transcript, format 1"
	maxLine   = 8 << 20    // bytes
	maxLines  = 20_000_000 // of a transcript
	maxDepth  = 32         // of values within values
)

// ErrFormat: the file is no transcript, or one of another format.
var ErrFormat = errors.New("not a transcript of format 1")

// Transcript is a transcript that was read.
type Transcript struct {
	Streams []*Stream        // in the order in which they were opened
	Usbmuxd []Message        // what usbmuxd was asked and said
	Shape   map[string]int64 // counts of the finished backup's Manifest.db
}

// Stream is one recorded connection.
type Stream struct {
	ID       int
	Service  string // "lockdown", or the service's name
	Plain    bool   // without TLS
	Messages []Message
	End      string // "phone", "computer", …; "" where the recording ended first
}

// Message is one line of a stream.
type Message struct {
	At    time.Duration
	Order int  // its place among all lines of the transcript
	Phone bool // the phone said it
	// One of these tells what it is.
	Value  any    // a property list; for DeviceLink, its name and arguments
	File   *File  // one file of a list
	Last   bool   // the end of a list of files
	AFC    *AFC   // a packet
	Unread bool   // from here on it made no sense
	Name   string // of a DeviceLink message, whose arguments Value has
}

// File is a file in a list of DeviceLink.
type File struct {
	Path   Path
	From   string // its name on the phone, as far as it is known, and "+" how long the rest is
	Bytes  int64
	Frames int64
	End    int64
	Text   string
	Cut    bool           // the connection ended within it
	Status map[string]any // of Status.plist
}

// AFC is a packet of AFC.
type AFC struct {
	Op, Bytes int64
	Fields    map[string]int64
}

// What stands in a transcript for a value that it does not hold.
type (
	// Text is a hidden text: its length, and its number.
	Text struct{ Len, Number int }
	// Path is a hidden path in the form of a transcript.
	Path string
	// Data is so many bytes.
	Data int
	// Int is a number of so many bits, negative for a negative one.
	Int int
	// Ago is a time as seconds before the recording.
	Ago int64
	// Kind is "date", "real", "bool", "secret", "other" or "more".
	Kind string
	// Failure is the text of an error.
	Failure string
)

// Parse reads a transcript.
func Parse(r io.Reader) (*Transcript, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	t := &Transcript{Shape: map[string]int64{}}
	streams := map[int]*Stream{}
	n := 0
	for lines.Scan() {
		n++
		text := lines.Text()
		switch {
		case n == 1 && text != firstLine:
			return nil, ErrFormat
		case n > maxLines:
			return nil, fmt.Errorf("%w: too long", ErrFormat)
		case text == "" || text[0] == '#':
			continue
		}
		if err := t.line(text, n, streams); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrFormat, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, ErrFormat
	}
	return t, nil
}

func (t *Transcript) line(text string, order int, streams map[int]*Stream) error {
	fields := strings.SplitN(text, " ", 4)
	if len(fields) != 4 || len(fields[2]) != 1 {
		return errors.New("not four parts")
	}
	seconds, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || !(seconds >= 0 && seconds < 1e8) {
		return errors.New("no time")
	}
	id, err := strconv.Atoi(fields[1])
	if err != nil || id < 0 {
		return errors.New("no connection")
	}
	m := Message{At: time.Duration(seconds * float64(time.Second)), Order: order, Phone: fields[2] == "<"}
	body := fields[3]
	if fields[2] == "=" {
		return t.event(id, body, streams)
	}
	if fields[2] != "<" && fields[2] != ">" {
		return errors.New("nobody says it")
	}
	if err := m.parse(body); err != nil {
		return err
	}
	if id == 0 {
		t.Usbmuxd = append(t.Usbmuxd, m)
		return nil
	}
	s := streams[id]
	if s == nil {
		return errors.New("a connection that was not opened")
	}
	s.Messages = append(s.Messages, m)
	return nil
}

// event is a line about a connection.
func (t *Transcript) event(id int, body string, streams map[int]*Stream) error {
	word, rest, _ := strings.Cut(body, " ")
	switch word {
	case "open":
		name, how, _ := strings.Cut(rest, " ")
		s := &Stream{ID: id, Service: name, Plain: how == "plain"}
		if id == 0 || streams[id] != nil || name == "" {
			return errors.New("a connection that cannot be opened")
		}
		streams[id] = s
		t.Streams = append(t.Streams, s)
	case "end":
		if s := streams[id]; s != nil {
			s.End = rest
		}
	case "manifest":
		for _, count := range strings.Fields(rest) {
			name, number, _ := strings.Cut(count, "=")
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil || n < 0 {
				return errors.New("a count that is none")
			}
			t.Shape[name] = n
		}
	}
	return nil // others are for people, or of a later version
}

func (m *Message) parse(body string) error {
	word, rest, _ := strings.Cut(body, " ")
	switch {
	case word == "unread":
		m.Unread = true
		return nil
	case word == "files":
		m.Last = true
		return nil
	case word == "file":
		return m.file(rest)
	case word == "afc":
		return m.packet(rest)
	case strings.HasPrefix(body, "DL"):
		m.Name = word
		p := &parser{s: rest}
		args := []any{}
		for !p.done() {
			v, err := p.value(0)
			if err != nil {
				return err
			}
			args = append(args, v)
		}
		m.Value = args
		return nil
	}
	p := &parser{s: body}
	v, err := p.value(0)
	m.Value = v
	if err == nil && !p.done() {
		err = errors.New("more than one value")
	}
	return err
}

func (m *Message) file(rest string) error {
	path, rest, _ := strings.Cut(rest, " ")
	f := &File{Path: Path(path)}
	m.File = f
	for rest != "" {
		var part string
		if strings.HasPrefix(rest, "text=") || strings.HasPrefix(rest, "plist=") {
			name, value, _ := strings.Cut(rest, "=")
			p := &parser{s: value}
			v, err := p.value(0)
			if err != nil {
				return err
			}
			switch v := v.(type) {
			case Failure:
				f.Text = string(v)
			case map[string]any:
				f.Status = v
			default:
				return fmt.Errorf("%s of a file that is none", name)
			}
			rest = strings.TrimLeft(p.s, " ")
			continue
		}
		part, rest, _ = strings.Cut(rest, " ")
		if part == "from" {
			f.From, rest, _ = strings.Cut(rest, " ")
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		into := map[string]*int64{"bytes": &f.Bytes, "frames": &f.Frames, "end": &f.End}[name]
		if into == nil {
			continue // of a later version
		}
		if value == "cut" {
			f.Cut = true
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || n > 1<<50 {
			return errors.New("a number of a file that is none")
		}
		*into = n
	}
	return nil
}

func (m *Message) packet(rest string) error {
	a := &AFC{Fields: map[string]int64{}}
	m.AFC = a
	for i, part := range strings.Fields(rest) {
		name, value, _ := strings.Cut(part, "=")
		if i == 0 {
			name, value = "op", part
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			if name == "path" {
				continue
			}
			return errors.New("a packet that is none")
		}
		a.Fields[name] = n
	}
	a.Op, a.Bytes = a.Fields["op"], a.Fields["bytes"]
	if a.Bytes < 0 || a.Bytes > 1<<31 {
		return errors.New("a packet of no length")
	}
	return nil
}
