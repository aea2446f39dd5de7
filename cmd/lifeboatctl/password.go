package main

import (
	"context"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// maxPassword bounds a password file, in bytes.
const maxPassword = 4096

// secret says where one password of a command comes from, first to last: a
// file, an environment variable, a prompt.
type secret struct {
	file   string // "" for none
	env    string
	prompt string // key of the prompt's words
	twice  bool   // a new one: ask twice
}

// read gets the password. Without file and variable, and with no terminal to
// ask at, it is [fault.PasswordNeeded].
func (c *call) read(ctx context.Context, s secret) (keybag.Password, error) {
	if s.file != "" {
		return fromFile(s.file)
	}
	if v, ok := os.LookupEnv(s.env); ok {
		return usable(v)
	}
	if !c.asks(s) {
		return keybag.Password{}, fault.New(fault.PasswordNeeded, "read the password", nil)
	}
	return c.ask(ctx, s)
}

// asks reports whether the password comes from a prompt, so that another try
// can give another answer.
func (c *call) asks(s secret) bool {
	_, set := os.LookupEnv(s.env)
	return s.file == "" && !set && term.IsTerminal(int(c.in.Fd()))
}

func fromFile(path string) (keybag.Password, error) {
	data, err := readFile(path, maxPassword)
	if err != nil {
		return keybag.Password{}, fault.New(fault.PasswordNeeded, "read the password file", err).With("Path", path)
	}
	return usable(firstLine(data))
}

// firstLine is the first line of a file as editors and shells of any system
// write it: in UTF-8 or, with its mark, in UTF-16.
func firstLine(data []byte) string {
	text, _, err := transform.Bytes(unicode.BOMOverride(encoding.Nop.NewDecoder()), data)
	if err != nil {
		text = data
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line, _, _ = strings.Cut(line, "\r")
	return line
}

// usable makes a password of a text that can be one.
func usable(text string) (keybag.Password, error) {
	switch {
	case text == "":
		return keybag.Password{}, fault.New(fault.PasswordEmpty, "read the password", nil)
	case !utf8.ValidString(text):
		return keybag.Password{}, fault.New(fault.PasswordNotText, "read the password", nil)
	}
	return keybag.NewPassword(text), nil
}

// ask prompts without echo.
func (c *call) ask(ctx context.Context, s secret) (keybag.Password, error) {
	first, err := c.hidden(ctx, s.prompt)
	if err != nil {
		return keybag.Password{}, err
	}
	if s.twice {
		second, err := c.hidden(ctx, s.prompt+"-again")
		if err != nil {
			return keybag.Password{}, err
		}
		if first != second {
			return keybag.Password{}, fault.New(fault.PasswordMismatch, "read the password", nil)
		}
	}
	return usable(first)
}

// hidden reads one line without showing it. Ctrl-C gives the terminal back
// as it was.
func (c *call) hidden(ctx context.Context, key string) (string, error) {
	fd := int(c.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fault.New(fault.PasswordNeeded, "read the password", err)
	}
	c.say(key, words.Args{"Device": c.device})
	type line struct {
		text []byte
		err  error
	}
	typed := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		typed <- line{text, err}
	}()
	select {
	case l := <-typed:
		if l.err != nil {
			return "", fault.New(fault.PasswordNeeded, "read the password", l.err)
		}
		return string(l.text), nil
	case <-ctx.Done():
		term.Restore(fd, before)
		return "", ctx.Err()
	}
}
