package knowledge

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed errorcodes.json
var errorCodesJSON []byte

// MBDomain is the domain of the errors that backups raise themselves.
const MBDomain = "MBErrorDomain"

// Code is one link of a chain of errors.
type Code struct {
	Domain string // "MBErrorDomain"
	Number int
}

// ErrorCode is what is known about a code, or a range of them.
type ErrorCode struct {
	Domain string `json:"domain"`
	From   int    `json:"from"`
	To     int    `json:"to"` // the last of the range; 0 in the file means a single code
	Name   string `json:"name"`
	Cause  string `json:"cause"` // id of the check that it speaks about, "" for none
	// Proven says that the code was seen with this meaning on a real phone.
	Proven bool `json:"proven"`
	// UserSide: iOS itself takes it for something that the user can repair, and
	// does not report it to Apple.
	UserSide bool `json:"user_side"`
	// SameAs is the code of MBErrorDomain that backupd turns it into, whose
	// cause it has; 0 for none.
	SameAs int `json:"same_as"`
	// Refines is the cause that this one says more precisely, wherever both
	// are in one chain.
	Refines string `json:"refines"`
}

// ErrorTable is the table of error codes.
type ErrorTable struct {
	AsOf  Day         `json:"as_of"`
	Codes []ErrorCode `json:"codes"`
}

// Errors is the embedded table of error codes: the numbers of MBErrorDomain
// and what backupd makes of CloudKit's, from the programs of iOS 26 and from posted logs.
var Errors = sync.OnceValue(func() ErrorTable { return must(parseErrors(errorCodesJSON)) })

func parseErrors(data []byte) (ErrorTable, error) {
	table, err := decode("error codes", data, func(t ErrorTable) bool { return !t.AsOf.IsZero() && len(t.Codes) > 0 })
	if err != nil {
		return ErrorTable{}, err
	}
	for i := range table.Codes {
		c := &table.Codes[i]
		if c.To == 0 {
			c.To = c.From
		}
		if c.SameAs == 0 {
			continue
		}
		same, ok := table.find(Code{MBDomain, c.SameAs})
		if !ok {
			return ErrorTable{}, fmt.Errorf("error codes: %s %d is the same as %d, which is not known", c.Domain, c.From, c.SameAs)
		}
		c.Cause = same.Cause
	}
	return table, nil
}

func (t ErrorTable) find(code Code) (ErrorCode, bool) {
	return find(t.Codes, func(c ErrorCode) bool {
		return c.Domain == code.Domain && c.From <= code.Number && code.Number <= c.To
	})
}

// Domain gives the exact spelling of a known domain.
func (t ErrorTable) Domain(name string) (exact string, known bool) {
	c, known := find(t.Codes, func(c ErrorCode) bool { return strings.EqualFold(c.Domain, name) })
	return c.Domain, known
}

// CauseOf finds what a chain of errors, outermost first, is due to. The
// innermost code of backups or CloudKit that speaks about a cause decides: those around
// it only say in what it got wrapped. What lies below those two is asked only
// if they are silent, or where it says the same cause more precisely. It is
// false when the chain speaks about nothing that is known.
func (t ErrorTable) CauseOf(chain []Code) (ErrorCode, bool) {
	var decides, below ErrorCode
	for i := len(chain) - 1; i >= 0; i-- {
		c, known := t.find(chain[i])
		switch {
		case !known || c.Cause == "":
		case c.Domain == MBDomain || c.Domain == ckDomain:
			if decides.Cause == "" {
				decides = c
			}
		case below.Cause == "":
			below = c
		}
	}
	if decides.Cause == "" {
		decides = below
	}
	for _, code := range chain {
		if c, known := t.find(code); known && c.Refines != "" && c.Refines == decides.Cause {
			return c, true
		}
	}
	return decides, decides.Cause != ""
}

// ckDomain is the domain of CloudKit's errors.
const ckDomain = "CKErrorDomain"

const maxCodes = 16

// codeText finds "Domain(5)", "Domain:5", "Domain/5", "Domain 5",
// "Domain Code=5" and "Domain error 5"; one more form, `CKError 0x10: "…" (1/1000)`, is
// CloudKit's own, with its internal code behind the stroke.
var codeText = regexp.MustCompile(`(?i)\b([a-z]{0,40}ErrorDomain[a-z]{0,20}|com\.apple(?:\.[a-z]{1,30}){1,3})["”']?\s{0,3}(?:[(/:]\s?|[,;]?\s?(?:code|error)\s?[=:]?\s?)?(-?[0-9]{1,9})\b` +
	`|\bCKError 0x[0-9a-f]{1,16}: "[^"]{0,200}" \(([0-9]{1,9})(?:/([0-9]{1,9}))?\)`)

// CodesIn finds the chain of errors in a text, in its order, which is
// outermost first: each code once, and no more than 16. Names of known domains get their
// exact spelling, others are kept as they are.
func CodesIn(text string) []Code {
	var codes []Code
	add := func(domain, number string) {
		n, err := strconv.Atoi(number)
		if err != nil || len(codes) == maxCodes {
			return
		}
		if exact, known := Errors().Domain(domain); known {
			domain = exact
		}
		if code := (Code{domain, n}); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, m := range codeText.FindAllStringSubmatch(text, 4*maxCodes) {
		if m[1] != "" {
			add(m[1], m[2])
			continue
		}
		add(ckDomain, m[3])
		if m[4] != "" {
			add("CKInternalErrorDomain", m[4])
		}
	}
	return codes
}
