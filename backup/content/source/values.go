package source

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// What a column holds is the phone's affair, or that of who made the backup: SQLite
// keeps a text in a column of numbers if it is given one. These take what a row has
// and never fail; NULL, and what is no such value, is the zero value.

// longestText bounds a text, in bytes: what is longer loses its end.
const longestText = 16 << 20

// Text is a column with a text; the number of a column that holds one is written out.
// It is valid UTF-8.
type Text string

// Scan implements [database/sql.Scanner].
func (t *Text) Scan(value any) error {
	*t = ""
	switch v := value.(type) {
	case string:
		*t = Text(clean(v))
	case []byte:
		*t = Text(clean(string(v[:min(len(v), longestText)])))
	case int64:
		*t = Text(strconv.FormatInt(v, 10))
	case float64:
		*t = Text(strconv.FormatFloat(v, 'f', -1, 64))
	}
	return nil
}

func clean(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), longestText)], "�")
}

// Int is a column with a whole number, or with a truth value.
type Int int64

// Scan implements [database/sql.Scanner].
func (i *Int) Scan(value any) error {
	*i = 0
	switch v := value.(type) {
	case int64:
		*i = Int(v)
	case float64:
		if v >= math.MinInt64 && v < math.MaxInt64 {
			*i = Int(v)
		}
	case string:
		n, _ := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		*i = Int(n)
	case []byte:
		n, _ := strconv.ParseInt(strings.TrimSpace(string(v[:min(len(v), 30)])), 10, 64)
		*i = Int(n)
	case bool:
		if v {
			*i = 1
		}
	case time.Time:
		*i = Int(v.Unix())
	}
	return nil
}

// truth is a column with a truth value: any number but 0 is true.
type truth bool

// Scan implements [database/sql.Scanner].
func (t *truth) Scan(value any) error {
	var i Int
	err := i.Scan(value)
	*t = i != 0
	return err
}

// Real is a column with a number.
type Real float64

// Scan implements [database/sql.Scanner].
func (r *Real) Scan(value any) error {
	*r = 0
	switch v := value.(type) {
	case int64:
		*r = Real(v)
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			*r = Real(v)
		}
	case string:
		r.parse(v)
	case []byte:
		r.parse(string(v[:min(len(v), 40)]))
	case time.Time:
		*r = Real(v.Unix())
	}
	return nil
}

func (r *Real) parse(s string) {
	if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
		*r = Real(f)
	}
}

// Blob is a column with bytes. They are the caller's.
type Blob []byte

// Scan implements [database/sql.Scanner].
func (b *Blob) Scan(value any) error {
	*b = nil
	switch v := value.(type) {
	case []byte:
		*b = append(Blob(nil), v...)
	case string:
		*b = Blob(v)
	}
	return nil
}
