package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// terminal is where a command speaks: results to out, everything else to
// errs. It may be used by several goroutines.
type terminal struct {
	in        *os.File
	out, errs io.Writer
	words     *words.Catalogue
	live      bool // errs is a screen: progress may be written over

	mu     sync.Mutex
	onLine int // columns of the progress line that stands there
}

func newTerminal(in *os.File, out, errs io.Writer) *terminal {
	t := &terminal{in: in, out: out, errs: errs, words: words.For(language())}
	if f, ok := errs.(*os.File); ok {
		t.live = term.IsTerminal(int(f.Fd()))
	}
	return t
}

// language is the user's, as the environment tells it.
func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return "en"
}

// text words a key.
func (t *terminal) text(key string, args words.Args) string { return t.words.Say(key, args) }

// say tells the user something on the side.
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
	room := math.MaxInt
	if all, _, err := term.GetSize(int(t.errs.(*os.File).Fd())); err == nil && all > 1 {
		room = all - 1
	}
	line, t.onLine = fit(line, room)
	fmt.Fprint(t.errs, line)
}

// fit cuts a line to a number of columns and gives how many it takes.
func fit(line string, room int) (string, int) {
	taken := 0
	for i, r := range line {
		n := columns(r)
		if taken+n > room {
			return line[:i], taken
		}
		taken += n
	}
	return line, taken
}

// columns is how many columns a screen gives to a letter.
func columns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
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

// explain tells what happened, what it means and what to do, and the
// device's own words under "Details".
func (c *call) explain(err error) {
	e := fault.As(err)
	p := c.words.Problem(string(e.Code), runtime.GOOS, e.Args)
	// Where a flag is the next step, the command line names it.
	if key := "cli.next-step." + string(e.Code); c.words.Has(key) {
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

// usage lists the commands.
func (t *terminal) usage(w io.Writer) {
	t.line(w, t.text("cli.usage", nil))
	for _, c := range commands {
		t.line(w, fmt.Sprintf("  %-12s%s", c.name, t.text("cli.command."+c.name+".brief", nil)))
	}
	t.line(w, t.text("cli.usage-end", nil))
}

// help tells how one command is used.
func (c *call) help(w io.Writer) {
	c.line(w, c.text("cli.command."+c.name+".usage", nil)+"\n")
	c.line(w, c.text("cli.command."+c.name+".brief", nil)+"\n")
	c.flags.VisitAll(func(f *flag.Flag) {
		c.line(w, fmt.Sprintf("  --%-18s%s", f.Name, f.Usage))
	})
}
