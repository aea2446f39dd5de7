// Package fault names everything that can go wrong between the user's click
// and a proven backup.
//
// Every failure that may reach a person carries one [Code]. The code is the
// key of its plain words in assets/translations/problems.<lang>.toml, the
// "code" of lifeboatctl's JSON, and what tests compare; the device's own
// domain, number and text travel beside it, untouched, for the Details fold.
// No code is ever guessed from a substring of an error text.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Code is the stable name of one kind of failure, such as "trust-refused".
type Code string

// Error is a failure with a code. The zero values of Domain, Number and Text
// mean that no device took part.
type Error struct {
	Code Code
	// Op says what was being done, in a few lower-case words: "start service com.apple.afc".
	Op string
	// Domain is where Number and Text come from: "MBErrorDomain", "lockdownd",
	// "usbmuxd", "DeviceLink".
	Domain string
	// Number is the device's own error number; meaningful only with Domain.
	Number int
	// Text is the device's own words, verbatim and possibly empty.
	Text string
	// Args fill the placeholders of the code's words, such as Path or Need.
	Args map[string]any
	// Err is the cause, for errors.Is and errors.As.
	Err error
}

// New returns an *Error with a code, what was being done, and its cause
// (which may be nil).
func New(code Code, op string, err error) *Error {
	return &Error{Code: code, Op: op, Err: err}
}

// With sets one placeholder of the words and returns e.
func (e *Error) With(name string, value any) *Error {
	if e.Args == nil {
		e.Args = map[string]any{}
	}
	e.Args[name] = value
	return e
}

// Error gives the technical one-line form; people are shown the words of
// the code instead.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString(string(e.Code))
	if e.Domain != "" {
		fmt.Fprintf(&b, " (%s %d", e.Domain, e.Number)
		if e.Text != "" {
			fmt.Fprintf(&b, ": %s", e.Text)
		}
		b.WriteString(")")
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, fault.Code("x")) style matching possible through
// [Code.Is]; two *Error match when their codes do.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Of returns the code that err carries: that of the outermost *Error in its
// chain, [Cancelled] for a context that was cancelled, [Internal] for
// anything else, and "" for nil.
func Of(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	if errors.Is(err, context.Canceled) {
		return Cancelled
	}
	return Internal
}

// As returns the outermost *Error of err's chain, or one made from it, so
// that every failure can be explained. It returns nil for nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Of(err), Err: err}
}
