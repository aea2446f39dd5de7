// Package transcript records what a phone and this computer say to each
// other, so that somebody who has a fault and a phone can show the one
// without the other: the order, the kinds, the sizes and the codes of the
// messages, and nothing of what is on the phone. FORMAT.md is what it writes.
//
// What may be written is a list (words.txt, allowed.go). A [Recorder] is a
// field of what opens connections; a nil one records nothing and costs
// nothing. It never makes a connection fail, and does not wait for anybody:
// where it cannot write, the recording ends and what is recorded goes on.
package transcript

import (
	"bufio"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	// maxBytes bounds a transcript. A backup of half a million files has less.
	maxBytes = 96 << 20
	// maxNames bounds how many texts are numbered, which takes memory.
	maxNames = 2_000_000
	// flushAfter is how old a line may get before it is on the disk: a program
	// that dies should leave what led there.
	flushAfter = time.Second
)

// Recorder writes one transcript. Its methods are safe for several goroutines,
// and for a nil Recorder.
type Recorder struct {
	mu      sync.Mutex
	out     *bufio.Writer
	end     io.Closer
	now     func() time.Time
	start   time.Time
	flushed time.Time
	names   *names
	written int64
	streams int
	open    map[*Stream]bool
	err     error // why it no longer records
}

// About is what a transcript says of its making.
type About struct {
	Program string // "lifeboatctl 0.1.0, linux/amd64"
	Command string // "backup"
}

// Create begins a transcript in a file, which must not be there yet.
func Create(path string, about About) (*Recorder, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return New(file, about, nil), nil
}

// New begins a transcript in w, which Close closes. now is called for the time of
// each record and must not call back; nil is time.Now.
func New(w io.WriteCloser, about About, now func() time.Time) *Recorder {
	if now == nil {
		now = time.Now
	}
	r := &Recorder{out: bufio.NewWriterSize(w, 64<<10), end: w, now: now, start: now(), names: newNames(), open: map[*Stream]bool{}}
	r.flushed = r.start
	r.put("# Lifeboat transcript, format 1\n" +
		"# What an iPhone and this computer said to each other, for a bug report. It holds the names of\n" +
		"# messages, their order, times, sizes and error codes. It holds no content: no name, no number, no\n" +
		"# password and no byte of a file. text(12)#7 stands for a text of 12 letters, the seventh of its kind.\n" +
		"# The last lines say how it ended. You can read and shorten it before you send it.\n" +
		"# Made by " + about.Program + ", " + about.Command + "\n")
	return r
}

// Close ends the transcript. Its error is the one that ended the recording, if
// anything did before.
func (r *Recorder) Close() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.open {
		s.finish("")
	}
	r.line(0, '=', "done")
	err := r.err
	if err == nil {
		err = r.out.Flush()
	}
	r.err = io.ErrClosedPipe
	if cerr := r.end.Close(); err == nil {
		err = cerr
	}
	return err
}

// Shape notes counts of what a finished backup is made of, such as
// "rows", 3721.
func (r *Recorder) Shape(counts []Count) {
	if r == nil {
		return
	}
	var b strings.Builder
	b.WriteString("manifest")
	for _, c := range counts {
		if vocabularyOfShapes[c.Name] {
			fmt.Fprintf(&b, " %s=%d", c.Name, c.N)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line(0, '=', b.String())
}

// Count is a number and what it counts.
type Count struct {
	Name string
	N    int64
}

// Usbmuxd notes one decoded message of usbmuxd, or to it.
func (r *Recorder) Usbmuxd(fromComputer bool, message map[string]any) {
	if r == nil {
		return
	}
	who := byte('<')
	if fromComputer {
		who = '>'
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.message(0, who, func(w *writer) { w.value(message, hidden) })
}

// message writes a line whose body is made by what. The lock is held.
func (r *Recorder) message(stream int, who byte, what func(*writer)) {
	if r.err != nil {
		return
	}
	w := &writer{names: r.names, start: r.start}
	what(w)
	r.line(stream, who, w.b.String())
}

// line writes a line. The lock is held.
func (r *Recorder) line(stream int, who byte, body string) {
	now := r.now()
	r.put(fmt.Sprintf("%.3f %d %c %s\n", now.Sub(r.start).Seconds(), stream, who, body))
	if r.err == nil && (r.written > maxBytes || len(r.names.numbers) > maxNames) {
		r.put(fmt.Sprintf("%.3f 0 = limit\n", now.Sub(r.start).Seconds()))
		r.out.Flush()
		r.err = fmt.Errorf("the transcript is longer than %d MiB", maxBytes>>20)
	}
	if r.err == nil && now.Sub(r.flushed) > flushAfter {
		r.err, r.flushed = r.out.Flush(), now
	}
}

func (r *Recorder) put(s string) {
	if r.err == nil {
		_, r.err = r.out.WriteString(s)
		r.written += int64(len(s))
	}
}

// names numbers texts: the same number for the same text. It keeps no text.
type names struct {
	seed    maphash.Seed
	numbers map[uint64]int
}

func newNames() *names { return &names{maphash.MakeSeed(), map[uint64]int{}} }

func (n *names) of(s string) int {
	h := maphash.String(n.seed, s)
	number, known := n.numbers[h]
	if !known {
		number = len(n.numbers) + 1
		n.numbers[h] = number
	}
	return number
}
