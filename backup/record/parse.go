package record

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lifeboat/device/facts"
	"lifeboat/device/safeplist"
)

// Bounds of what is taken over; phones keep ten outcomes and ten spells.
const (
	maxOutcomes = 32
	maxCodes    = 16
	maxDepth    = 8
	maxSizes    = 200
	maxText     = 200 // letters of a text
	maxName     = 200 // bytes of a name
	// maxBytes is more than any phone holds, so that no sum overflows.
	maxBytes = 1 << 48
)

// Parse reads the two property lists, of which either may be nil: the one in
// which backupd keeps its state, and what lockdownd keeps of it. It is not ok if
// neither is a property list. Nothing is taken for granted: each datum says by
// itself whether it is there and is what it should be.
func Parse(own, lockdown []byte) (record facts.Record, ok bool) {
	state, err := safeplist.Dict(own)
	readable := own != nil && err == nil
	lockdownd, err := safeplist.Dict(lockdown)
	readable = readable || lockdown != nil && err == nil
	parseState(&record, state)
	record.CloudBackupEnabled = datum(lockdownd, "CloudBackupEnabled", safeplist.Bool)
	record.LastCloudBackup = datum(lockdownd, "LastCloudBackupDate", cocoaSeconds)
	return record, readable
}

func parseState(r *facts.Record, state map[string]any) {
	r.Outcomes = outcomes(state)
	r.Sizes, r.Total = sizes(state)
	r.Spells = datum(state, "LastOnConditionEvents", spells)
	r.EnabledSince = datum(state, "AccountEnabledDate", date)
	r.NoneInCloud = datum(state, "NilBackupDateFetchDate", date)
	r.AwaitsUnlock = datum(state, "FetchMissingKeysAtNextUnlock", safeplist.Bool)
	r.Restoring = datum(within(state, "RestoreStateInfo"), "state", underWay)
	r.RestoreBegan = datum(within(state, "RestoreInfo"), "RestoreDate", date)
}

// datum is one value of a dictionary in the form that read gives it.
func datum[T any](d map[string]any, key string, read func(any) (T, bool)) facts.Datum[T] {
	v, there := d[key]
	if !there {
		return facts.Gone[T]()
	}
	if value, ok := read(v); ok {
		return facts.Of(value)
	}
	return facts.Datum[T]{State: facts.Refused, Reason: "WrongType"}
}

func within(d map[string]any, key string) map[string]any {
	inner, _ := d[key].(map[string]any)
	return inner
}

// underWay reads the state of a restore. The programs of iOS 15 to 26 that
// ask for it take 1 for begun, 2 for running, and 1 to 3 for not ended.
func underWay(v any) (bool, bool) {
	n, ok := safeplist.Int(v)
	return n >= 1 && n <= 3, ok && n >= 0 && n <= 6
}

// outcomes reads the list of the last tries, or in its absence the last error.
func outcomes(state map[string]any) facts.Datum[[]facts.Outcome] {
	info := within(state, "BackupStateInfo")
	if cloud, known := safeplist.Bool(info["isCloud"]); known && !cloud {
		return facts.Datum[[]facts.Outcome]{State: facts.Refused, Reason: "not of iCloud"}
	}
	if _, listed := info["errors"]; listed {
		return datum(info, "errors", outcomeList)
	}
	return datum(info, "error", func(v any) ([]facts.Outcome, bool) {
		one := outcome(v)
		return []facts.Outcome{one}, len(one.Codes) > 0
	})
}

func outcomeList(v any) ([]facts.Outcome, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	var all []facts.Outcome
	dated := true
	for _, item := range list[max(0, len(list)-maxOutcomes):] {
		one := outcome(item)
		dated = dated && !one.At.IsZero()
		all = append(all, one)
	}
	if dated {
		slices.SortStableFunc(all, func(a, b facts.Outcome) int { return a.At.Compare(b.At) })
	}
	return all, true
}

// outcome reads one. Of one that is no error it keeps the place in the list,
// without codes.
func outcome(v any) facts.Outcome {
	d, _ := v.(map[string]any)
	var o facts.Outcome
	o.At, _ = date(d["date"])
	if text, ok := d["localizedDescription"].(string); ok {
		o.Text = plain(text)
	}
	o.Codes = chain(nil, d, maxDepth)
	return o
}

// chain adds the codes of an error and of those beneath it, outermost first.
func chain(codes []facts.ErrorCode, d map[string]any, depth int) []facts.ErrorCode {
	domain, named := d["domain"].(string)
	number, numbered := safeplist.Int(d["code"])
	if !named || !numbered || domain == "" || len(domain) > maxName || number != int64(int32(number)) || depth == 0 {
		return codes
	}
	code := facts.ErrorCode{Domain: plain(domain), Number: int(number)}
	if len(codes) == maxCodes {
		return codes
	}
	if !slices.Contains(codes, code) {
		codes = append(codes, code)
	}
	if below, ok := d["underlyingError"].(map[string]any); ok {
		codes = chain(codes, below, depth-1)
	}
	several, _ := d["underlyingErrors"].([]any)
	for _, one := range several[:min(len(several), maxCodes)] {
		if below, ok := one.(map[string]any); ok {
			codes = chain(codes, below, depth-1)
		}
	}
	return codes
}

// totalKey stands among the parts of the phone in the list of their sizes.
const totalKey = "_TotalSize"

func sizes(state map[string]any) (facts.Datum[[]facts.DomainSize], facts.Datum[int64]) {
	parts, ok := state["PreflightSizing"].(map[string]any)
	if !ok {
		return datum(state, "PreflightSizing", func(any) ([]facts.DomainSize, bool) { return nil, false }), facts.Gone[int64]()
	}
	var all []facts.DomainSize
	for domain, v := range parts {
		if bytes, ok := size(v); ok && domain != "" && domain[0] != '_' && len(domain) <= maxName {
			all = append(all, facts.DomainSize{Domain: plain(domain), Bytes: bytes})
		}
	}
	slices.SortFunc(all, func(a, b facts.DomainSize) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Domain, b.Domain))
	})
	return facts.Of(all[:min(len(all), maxSizes)]), datum(parts, totalKey, size)
}

func size(v any) (int64, bool) {
	n, ok := safeplist.Int(v)
	return n, ok && n >= 0 && n <= maxBytes
}

// The fields of a spell, which backupd writes as one text with bars between
// them; there are more, which nobody needs.
const (
	spellBegan = iota
	spellLasted
	spellEnabled
	spellPower
	spellLocked
	spellWiFi
	spellFields
)

func spells(v any) ([]facts.Spell, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	var all []facts.Spell
	for _, item := range list[max(0, len(list)-maxOutcomes):] {
		text, _ := item.(string)
		if one, ok := spell(text); ok {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b facts.Spell) int { return a.Began.Compare(b.Began) })
	return all, len(all) > 0 || len(list) == 0
}

func spell(text string) (s facts.Spell, ok bool) {
	if len(text) > 1024 {
		return s, false
	}
	fields := strings.Split(text, "|")
	if len(fields) < spellFields {
		return s, false
	}
	began, err := time.Parse("2006-01-02T15:04:05.999Z07:00", fields[spellBegan])
	seconds, numeric := strconv.ParseFloat(fields[spellLasted], 64)
	const year = 366 * 24 * 3600
	if err != nil || numeric != nil || !(seconds >= 0 && seconds <= year) {
		return s, false
	}
	if s.Began, ok = date(began); !ok {
		return s, false
	}
	s.Lasted = time.Duration(math.Round(seconds*1000)) * time.Millisecond
	s.Enabled, s.OnPower = flag(fields[spellEnabled]), flag(fields[spellPower])
	s.Locked, s.OnWiFi = flag(fields[spellLocked]), flag(fields[spellWiFi])
	return s, true
}

func flag(text string) facts.Datum[bool] {
	switch text {
	case "0", "1":
		return facts.Of(text == "1")
	}
	return facts.Datum[bool]{State: facts.Refused, Reason: "WrongType"}
}

// The dates that a phone can honestly note.
var (
	firstDate = time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDate  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func date(v any) (time.Time, bool) {
	at, ok := v.(time.Time)
	if !ok || at.Before(firstDate) || at.After(lastDate) {
		return time.Time{}, false
	}
	return at.UTC(), true
}

// cocoaSeconds reads a date in whole seconds since 2001.
func cocoaSeconds(v any) (time.Time, bool) {
	n, ok := safeplist.Int(v)
	if !ok || n <= 0 || n > maxBytes {
		return time.Time{}, false
	}
	return date(time.Unix(n+978307200, 0))
}

// plain keeps a text short and printable.
func plain(text string) string {
	letters := 0
	return strings.Map(func(r rune) rune {
		if letters == maxText || !unicode.IsPrint(r) {
			return -1
		}
		letters++
		return r
	}, text)
}
