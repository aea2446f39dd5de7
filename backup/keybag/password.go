package keybag

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// hidden is all that is ever printed of a password.
const hidden = "[hidden]"

// Password is the password of encrypted backups. It belongs to the phone,
// not to a computer or a backup. However it is printed, logged or encoded,
// only "[hidden]" comes out. Copies share their memory, so that [Password.Wipe]
// clears them all. The zero Password is the empty one.
type Password struct{ secret []byte }

// NewPassword keeps text as a password.
func NewPassword(text string) Password { return Password{secret: []byte(text)} }

// Reveal gives the plain text, for the two places that need it: the request
// to the phone and the system's keyring.
func (p Password) Reveal() string { return string(p.secret) }

// Empty reports whether there is no password.
func (p Password) Empty() bool { return len(p.secret) == 0 }

// Equal compares in constant time.
func (p Password) Equal(q Password) bool {
	return subtle.ConstantTimeCompare(p.secret, q.secret) == 1
}

// Wipe overwrites the password in memory, in all copies of p.
func (p Password) Wipe() { clear(p.secret) }

// String returns "[hidden]".
func (p Password) String() string { return hidden }

// GoString returns "[hidden]".
func (p Password) GoString() string { return hidden }

// Format writes "[hidden]", whatever the verb.
func (p Password) Format(s fmt.State, _ rune) { io.WriteString(s, hidden) }

// LogValue logs "[hidden]".
func (p Password) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText encodes "[hidden]", also into JSON.
func (p Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }
