package transcript

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"howett.net/plist"

	"lifeboat/device/safeplist"
)

// maxNodes bounds how many values of one message are written. The longest
// honest ones list the files of a folder.
const maxNodes = 20_000

// writer writes one message. It belongs to a Recorder, whose lock is held.
type writer struct {
	b     strings.Builder
	names *names
	start time.Time
	nodes int
}

// value writes a value, of which f says what may be shown.
func (w *writer) value(v any, f form) {
	if w.nodes++; w.nodes > maxNodes {
		w.b.WriteString("more")
		return
	}
	if f == secret {
		w.b.WriteString("secret")
		return
	}
	switch v := v.(type) {
	case string:
		w.text(v, f)
	case bool:
		w.b.WriteString(strconv.FormatBool(v))
	case uint64:
		w.integer(int64(v), v > math.MaxInt64, f)
	case int64:
		w.integer(v, false, f)
	case int:
		w.integer(int64(v), false, f)
	case float64:
		w.real(v, f)
	case []byte:
		fmt.Fprintf(&w.b, "data(%d)", len(v))
	case time.Time:
		w.b.WriteString("date")
	case []any:
		w.list(v, f)
	case map[string]any:
		w.dict(v)
	case plist.UID:
		w.b.WriteString("int(32)")
	default:
		w.b.WriteString("other")
	}
}

func (w *writer) text(s string, f form) {
	switch {
	case s == "" || f.mayStand(s):
		w.b.WriteString(`"` + s + `"`)
	case f == failure:
		w.failure(s)
	default:
		w.hide(s)
	}
}

// hide writes what is known of a text that is not shown.
func (w *writer) hide(s string) {
	switch {
	case isID(s):
		fmt.Fprintf(&w.b, "id#%d", w.names.of(s))
	case strings.Contains(s, "/"):
		w.b.WriteString("path(")
		w.path(s)
		w.b.WriteString(")")
	default:
		fmt.Fprintf(&w.b, "text(%d)#%d", len(s), w.names.of(s))
	}
}

// integer writes a number; wide is one beyond 63 bits.
func (w *writer) integer(n int64, wide bool, f form) {
	switch {
	case f == number && !wide:
		w.b.WriteString(strconv.FormatInt(n, 10))
	case f == age && !wide:
		at := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Unix() + n
		fmt.Fprintf(&w.b, "ago(%d)", w.start.Unix()-at)
	case n < 0 && !wide:
		fmt.Fprintf(&w.b, "int(-%d)", bits.Len64(uint64(-n)))
	default:
		fmt.Fprintf(&w.b, "int(%d)", bits.Len64(uint64(n)))
	}
}

func (w *writer) real(v float64, f form) {
	s := "real"
	if (f == number || f == version) && !math.IsNaN(v) && !math.IsInf(v, 0) {
		if s = strconv.FormatFloat(v, 'f', -1, 64); !strings.Contains(s, ".") {
			s += ".0"
		}
	}
	w.b.WriteString(s)
}

func (w *writer) list(list []any, f form) {
	w.b.WriteString("[")
	for i, v := range list {
		if i > 0 {
			w.b.WriteString(" ")
		}
		w.value(v, f)
		if w.nodes > maxNodes {
			break
		}
	}
	w.b.WriteString("]")
}

func (w *writer) dict(d map[string]any) {
	w.b.WriteString("{")
	for i, key := range slices.Sorted(maps.Keys(d)) {
		if i > 0 {
			w.b.WriteString(" ")
		}
		f := hidden
		if vocabulary[key] {
			f = allowed[key]
			if key == "Value" {
				f = formOfValue(d)
			}
			w.b.WriteString(key)
		} else {
			w.key(key)
		}
		w.b.WriteString(":")
		if short := listed(d[key]); short != "" {
			w.b.WriteString(short)
			w.nodes++
			continue
		}
		w.value(d[key], f)
		if w.nodes > maxNodes {
			break
		}
	}
	w.b.WriteString("}")
}

// formOfValue is the form of the Value in an answer of lockdownd, which names
// the key that it belongs to.
func formOfValue(d map[string]any) form {
	if key, ok := d["Key"].(string); ok && vocabulary[key] {
		return allowed[key]
	}
	return hidden
}

// listed is the size of a file in the list of a folder, of which backups have
// hundreds of thousands, or "folder"; "" for anything else.
func listed(v any) string {
	d, _ := v.(map[string]any)
	size, ok := safeplist.Int(d["DLFileSize"])
	switch {
	case len(d) != 3 || d["DLFileModificationDate"] == nil || !ok:
		return ""
	case d["DLFileType"] == "DLFileTypeRegular":
		return strconv.FormatInt(size, 10)
	case d["DLFileType"] == "DLFileTypeDirectory":
		return "folder"
	}
	return ""
}

// key writes a key that is no word: the name of a file, or somebody's.
func (w *writer) key(key string) {
	switch {
	case isID(key) || strings.Contains(key, "/"):
		w.hide(key)
		return
	case isPrefix(key): // a folder of content: there are always all 256
		w.b.WriteString(key)
		return
	}
	fmt.Fprintf(&w.b, "key(%d)#%d", len(key), w.names.of(key))
}

// path writes a path: names of the list, numbers for all others. See FORMAT.md.
func (w *writer) path(s string) {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		if i > 0 {
			w.b.WriteString("/")
		}
		next := ""
		if i+1 < len(parts) {
			next = parts[i+1]
		}
		switch {
		case isID(part):
			fmt.Fprintf(&w.b, "id#%d", w.names.of(part))
		case isPrefix(part) && isID(next) && strings.HasPrefix(next, part):
			w.b.WriteString("xx")
		case isPrefix(part) && isID(next):
			w.b.WriteString("yy")
		case isPrefix(part) && next == "":
			w.b.WriteString(part) // one of the 256 folders of every backup
		case part == "" || vocabulary[part]:
			w.b.WriteString(part)
		default:
			fmt.Fprintf(&w.b, "#%d(%d)", w.names.of(part), len(part))
		}
	}
}

// device writes a name on the phone: the words that it begins with, and how
// long the rest is.
func (w *writer) device(s string) {
	rest := s
	for rest != "" {
		part, after, _ := strings.Cut(rest, "/")
		if part != "" && !vocabulary[part] {
			break
		}
		rest = after
	}
	w.b.WriteString(s[:len(s)-len(rest)])
	fmt.Fprintf(&w.b, "+%d", len(rest))
}

// failure writes an error's text: words of the list and short numbers in
// parentheses as they are, "…" for every other word.
func (w *writer) failure(s string) {
	if len(s) > maxFailure {
		s = s[:maxFailure]
	}
	w.b.WriteString(`error("`)
	for i, part := range strings.Fields(s) {
		if i > 0 {
			w.b.WriteString(" ")
		}
		w.b.WriteString(failureWord(part))
	}
	w.b.WriteString(`")`)
}

const maxFailure = 4 << 10 // bytes of an error's text that are looked at

// failureWord is one word of an error's text as it may be shown.
func failureWord(s string) string {
	core := strings.TrimRight(s, `.,:;!)"'`)
	tail := strings.ReplaceAll(s[len(core):], `"`, "'")
	lead := core[:len(core)-len(strings.TrimLeft(core, `("'`))]
	core = core[len(lead):]
	short := lead == "("
	lead = strings.ReplaceAll(lead, `"`, "'")
	name, code, both := strings.Cut(core, "/")
	switch {
	case vocabulary[core], core == "":
		return lead + core + tail
	case len(core) <= 4 && strings.Trim(core, "0123456789") == "" && short:
		return lead + core + tail
	case both && vocabulary[name] && len(code) <= 4 && strings.Trim(code, "-0123456789") == "":
		return lead + core + tail
	}
	return lead + "…" + tail
}

const hexDigits = "0123456789abcdef"

func isID(s string) bool { return len(s) == 40 && strings.Trim(s, hexDigits) == "" }

func isPrefix(s string) bool { return len(s) == 2 && strings.Trim(s, hexDigits) == "" }
