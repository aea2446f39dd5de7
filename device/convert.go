package device

import (
	"math"
	"time"

	"lifeboat/assets/words"
)

// maxText bounds a text of the phone, in bytes; names longer than that are no names.
const maxText = 4096

func asText(v any) (string, bool) {
	s, ok := v.(string)
	if !ok || len(s) > maxText {
		return "", false
	}
	return s, true
}

// asName is a text that is shown, such as a phone's name, made fit for one line.
func asName(v any) (string, bool) {
	s, ok := asText(v)
	return words.OneLine(s), ok
}

func asSize(v any) (int64, bool) {
	n, ok := v.(uint64)
	return int64(n), ok && n <= math.MaxInt64
}

func asPercent(v any) (int, bool) {
	n, ok := v.(uint64)
	return int(n), ok && n <= 100
}

func asUnix(v any) (time.Time, bool) {
	s, ok := asSeconds(v)
	return unix(s), ok
}

// appleEpoch is 1 January 2001 UTC in Unix seconds.
const appleEpoch = 978307200

// decade is how far back a date may lie before it is read from the other epoch.
const decade = 10 * 365 * 24 * time.Hour

// asDate reads a date of com.apple.mobile.backup. iOS itself first takes the
// number as Unix time, and if that lies more than ten years back, as seconds
// since 2001 (checks/SIGNALS.md#dates).
func asDate(v any) (time.Time, bool) {
	if t, ok := v.(time.Time); ok {
		return t.UTC(), true
	}
	s, ok := asSeconds(v)
	if !ok || s <= 0 {
		return time.Time{}, false
	}
	if t := unix(s); time.Since(t) <= decade {
		return t, true
	}
	return unix(s + appleEpoch), true
}

// asSeconds reads a number of seconds, bounded to years that a date can have.
func asSeconds(v any) (float64, bool) {
	var s float64
	switch v := v.(type) {
	case uint64:
		s = float64(v)
	case int64:
		s = float64(v)
	case float64:
		s = v
	default:
		return 0, false
	}
	return s, s > -1e11 && s < 1e11 // NaN fails both
}

func unix(s float64) time.Time {
	whole, part := math.Modf(s)
	return time.Unix(int64(whole), int64(part*1e9)).UTC()
}
