package replay

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Inventor makes values of the recorded shape.
type Inventor struct {
	// UDID is the phone's, which stands for the recorded one.
	UDID string
	// Now is where times before the recording count from.
	Now time.Time
	// Name gives the 40 digits of a content file by its number; nil makes them up.
	Name func(number int) string

	udid int // the number of the recorded UDID
}

// UDIDs of the two lengths that phones have.
const (
	longUDID  = "00008120-001C25D40C0A002E"
	olderUDID = "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9"
)

// NewInventor invents for a transcript.
func NewInventor(t *Transcript) *Inventor {
	in := &Inventor{UDID: longUDID, Now: time.Now(), udid: -1}
	look := func(v any) {
		if in.udid >= 0 {
			return
		}
		switch id := findUDID(v, 0).(type) {
		case Text:
			in.udid = id.Number
		case Path: // 40 digits
			in.udid, in.UDID = idNumber(string(id)), olderUDID
		}
	}
	for _, m := range t.Usbmuxd {
		look(m.Value)
	}
	for _, s := range t.Streams {
		for _, m := range s.Messages {
			if in.udid >= 0 {
				return in
			}
			look(m.Value)
		}
	}
	return in
}

// findUDID looks for the phone's identifier in a message.
func findUDID(v any, depth int) any {
	if depth > maxDepth {
		return nil
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"SerialNumber", "UniqueDeviceID", "TargetIdentifier", "PairRecordID"} {
			switch id := v[key].(type) {
			case Text:
				if id.Len == len(longUDID) {
					return id
				}
			case Path:
				if idNumber(string(id)) > 0 {
					return id
				}
			}
		}
		for _, inner := range v {
			if id := findUDID(inner, depth+1); id != nil {
				return id
			}
		}
	case []any:
		for _, inner := range v {
			if id := findUDID(inner, depth+1); id != nil {
				return id
			}
		}
	}
	return nil
}

// idNumber is the number in "id#7", 0 for anything else.
func idNumber(s string) int {
	digits, ok := strings.CutPrefix(s, "id#")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return 0
	}
	return n
}

// Value invents a value; key is where it stands, "" for nowhere.
func (in *Inventor) Value(v any, key string) any {
	switch v := v.(type) {
	case Text:
		if v.Number == in.udid {
			return in.UDID
		}
		return in.text(v.Len, v.Number)
	case Path:
		return in.Path(v)
	case Data:
		return make([]byte, v)
	case Int:
		switch {
		case v < 0:
			return -int64(1) << min(-int(v)-1, 62)
		case v == 0:
			return int64(0)
		}
		return int64(1) << min(int(v)-1, 62)
	case Ago:
		return in.Now.Unix() - int64(v) - time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	case Kind:
		switch v {
		case "date":
			return in.Now.UTC().Truncate(time.Second)
		case "real":
			return in.real(key)
		case "bool":
			return false
		}
		return ""
	case Failure:
		return string(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = in.Value(v[i], key)
		}
		return list
	case map[string]any:
		d := make(map[string]any, len(v))
		for k, inner := range v {
			d[in.key(k)] = in.Value(inner, k)
		}
		return d
	}
	return v
}

// real invents a number: the clock where that is asked for.
func (in *Inventor) real(key string) float64 {
	if strings.HasPrefix(key, "TimeInterval") {
		return float64(in.Now.UnixMilli()) / 1000
	}
	return 0.5
}

// text is a text of a length, the same for a number.
func (in *Inventor) text(length, number int) string {
	s := fmt.Sprintf("x%d", number)
	if len(s) > length {
		return strings.Repeat("x", length)
	}
	return s + strings.Repeat("-", length-len(s))
}

func (in *Inventor) key(k string) string {
	if n := idNumber(k); n > 0 {
		return in.id(n)
	}
	if inner, ok := strings.CutPrefix(k, "path("); ok {
		return in.Path(Path(strings.TrimSuffix(inner, ")")))
	}
	if argument, ok := strings.CutPrefix(k, "key("); ok {
		length, number, _ := strings.Cut(argument, ")#")
		l, _ := strconv.Atoi(length)
		n, _ := strconv.Atoi(number)
		return in.text(min(max(l, 1), 1<<16), n)
	}
	return k
}

// Path is a path with the recorded names in it and invented others.
func (in *Inventor) Path(p Path) string {
	parts := strings.Split(string(p), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		part := parts[i]
		next := ""
		if i+1 < len(parts) {
			next = parts[i+1]
		}
		switch {
		case idNumber(part) > 0 && idNumber(part) == in.udid:
			parts[i] = in.UDID
		case idNumber(part) > 0:
			parts[i] = in.id(idNumber(part))
		case part == "xx" && len(next) == 40:
			parts[i] = next[:2]
		case part == "yy" && len(next) == 40:
			parts[i] = next[38:]
		case strings.HasPrefix(part, "#"):
			number, length, _ := strings.Cut(part[1:], "(")
			n, _ := strconv.Atoi(number)
			l, _ := strconv.Atoi(strings.TrimSuffix(length, ")"))
			if parts[i] = in.text(min(max(l, 1), 1<<12), n); n == in.udid {
				parts[i] = in.UDID
			}
		}
	}
	return strings.Join(parts, "/")
}

func (in *Inventor) id(number int) string {
	if in.Name != nil {
		return in.Name(number)
	}
	sum := sha1.Sum([]byte(strconv.Itoa(number)))
	return hex.EncodeToString(sum[:])
}

// Device invents a name on the phone.
func (f *File) Device() string {
	known, rest, _ := strings.Cut(f.From, "+")
	n, _ := strconv.Atoi(rest)
	return known + strings.Repeat("x", min(max(n, 0), 4096))
}

// Content is the number of the content file that a path leads to, and whether
// it lies in Snapshot; 0 for any other path.
func Content(p Path) (number int, snapshot bool) {
	parts := strings.Split(string(p), "/")
	if len(parts) < 3 {
		return 0, false
	}
	return idNumber(parts[len(parts)-1]), parts[len(parts)-3] == "Snapshot"
}
