package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/clipperhouse/displaywidth"
	"golang.org/x/term"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// terminal is where a command speaks: results to out, everything else to
// errs. It may be used by several goroutines.
type terminal struct {
	in        *os.File
	out, errs io.Writer
	words     *words.Catalogue
	json      bool // results are JSON
	debug     bool
	live      bool // errs is a screen on which a line can be written over

	mu     sync.Mutex
	onLine int // columns of the progress line that stands there
}

func newTerminal(in *os.File, out, errs io.Writer) *terminal {
	t := &terminal{in: in, out: out, errs: errs, words: words.For(language())}
	if f, ok := errs.(*os.File); ok {
		t.live = term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
	}
	return t
}

// language is the user's, as the environment says.
func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return "en"
}

// text returns the text of a key.
func (t *terminal) text(key string, args words.Args) string { return t.words.Say(key, args) }

// say prints something on standard error.
func (t *terminal) say(key string, args words.Args) { t.line(t.errs, t.text(key, args)) }

// print writes a line of the result.
func (t *terminal) print(line string) { t.line(t.out, line) }

func (t *terminal) line(w io.Writer, line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	fmt.Fprintln(w, line)
}

// progress writes a line over the last one on a screen; elsewhere it is silent.
func (t *terminal) progress(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.live {
		return
	}
	t.clear()
	line = fit(line, columns(t.errs)-1)
	t.onLine = displaywidth.String(line)
	fmt.Fprint(t.errs, line)
}

// fit cuts a line to a number of columns, never within a letter: marks, joined
// emoji and flags stay with what they belong to.
func fit(line string, room int) string { return displaywidth.TruncateString(line, room, "") }

// columns is how wide a screen is, and 80 for what is none.
func columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 1 {
			return n
		}
	}
	return 80
}

func (t *terminal) endLine() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
}

func (t *terminal) clear() {
	if t.onLine > 0 {
		fmt.Fprint(t.errs, "\r", strings.Repeat(" ", t.onLine), "\r")
		t.onLine = 0
	}
}

// event writes one JSON object on one line of the result.
func (t *terminal) event(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		t.line(t.errs, err.Error()) // a mistake of ours; nothing here can fail to encode
		return
	}
	t.line(t.out, string(data))
}

// answer prints the result of a command: as JSON, or in words.
func (t *terminal) answer(event map[string]any, in words.Text) {
	if t.json {
		t.event(event)
		return
	}
	t.print(t.words.Text(in))
}

// each gives what form makes of each of a list, never nil: JSON says null for that.
func each[T, U any](all []T, form func(T) U) []U {
	formed := make([]U, len(all))
	for i, one := range all {
		formed[i] = form(one)
	}
	return formed
}

// explain prints what happened, what it means and what to do, and the
// device's own words under "Details".
func (c *call) explain(err error) {
	e := fault.As(err)
	p := c.words.Problem(string(e.Code), runtime.GOOS, e.Args)
	// Where a flag is the next step, the command line names it.
	ofRestore := e.Args["Restore"] != nil && c.words.Has("problem."+string(e.Code)+".next-restore")
	if key := "cli.next-step." + string(e.Code); c.words.Has(key) && !ofRestore {
		p.Next = c.text(key, e.Args)
	}
	if c.json {
		c.event(map[string]any{
			"event": "error", "code": e.Code, "happened": p.Happened, "meaning": p.Meaning, "next": p.Next,
			"details": map[string]any{"domain": e.Domain, "number": e.Number, "text": e.Text, "error": err.Error()},
		})
		return
	}
	c.line(c.errs, p.Happened+"\n"+p.Meaning+"\n"+p.Next)
	c.say("cli.details", words.Args{"Code": string(e.Code), "Error": err.Error()})
}
