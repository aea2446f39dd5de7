package messages

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"howett.net/plist"

	"lifeboat/backup/content/chat"
)

// encoded is a value as a binary property list.
func encoded(t testing.TB, value any) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := plist.NewBinaryEncoder(&out).Encode(value); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// version is a version of a text as a summary has it.
func version(date any, text string) map[string]any {
	return map[string]any{"d": date, "t": []byte(written("NSAttributedString", "NSString", string(rune(len(text))), text))}
}

func TestSummary(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(978_307_200+700_000_000+s), 0).UTC() }
	for name, c := range map[string]struct {
		summary   any
		versions  []chat.Version
		retracted bool
	}{
		"edited": {summary: map[string]any{"ec": map[string]any{"0": []any{version(700_000_000.0, "one"), version(700_000_005.0, "two")}}, "ep": []any{0}},
			versions: []chat.Version{{Text: "one", Date: at(0)}, {Text: "two", Date: at(5)}}},
		"whole seconds, and a date": {summary: map[string]any{"ec": map[string]any{"0": []any{version(700_000_000, "one"), version(at(7), "two")}}},
			versions: []chat.Version{{Text: "one", Date: at(0)}, {Text: "two", Date: at(7)}}},
		"nanoseconds": {summary: map[string]any{"ec": map[string]any{"0": []any{version(700_000_000_000_000_000.0, "one")}}}, versions: []chat.Version{{Text: "one", Date: at(0)}}},
		"two parts": {summary: map[string]any{"ec": map[string]any{"10": []any{version(700_000_009.0, "last")}, "2": []any{version(700_000_000.0, "one\uFFFC"), version(700_000_002.0, "two")}}},
			versions: []chat.Version{{Text: "one", Date: at(0)}, {Text: "two", Date: at(2)}, {Text: "last", Date: at(9)}}},
		"unsent":            {summary: map[string]any{"rp": []any{0}, "ec": map[string]any{"0": []any{map[string]any{"d": 700_000_003.0, "t": []byte{}}}}}, versions: []chat.Version{{Date: at(3)}}, retracted: true},
		"of another form":   {summary: map[string]any{"ec": []any{1}, "rp": "x"}},
		"versions of texts": {summary: map[string]any{"ec": map[string]any{"0": []any{"x", 1, map[string]any{"t": "x", "d": "y"}}}}, versions: make([]chat.Version, 3)},
	} {
		versions, retracted := summaryOf(encoded(t, c.summary))
		if !slices.Equal(versions, c.versions) || retracted != c.retracted {
			t.Errorf("%s: %+v %v", name, versions, retracted)
		}
	}
	if versions, retracted := summaryOf([]byte("no list")); versions != nil || retracted {
		t.Errorf("of no list: %v", versions)
	}
	many := make([]any, 10_000)
	for i := range many {
		many[i] = version(1.0, "x")
	}
	if versions, _ := summaryOf(encoded(t, map[string]any{"ec": map[string]any{"0": many}})); len(versions) != mostVersions {
		t.Errorf("%d versions", len(versions))
	}
}

func TestLink(t *testing.T) {
	archive := func(objects ...any) []byte {
		return encoded(t, map[string]any{"$archiver": "NSKeyedArchiver", "$objects": objects, "$top": map[string]any{"root": plist.UID(1)}})
	}
	for name, c := range map[string]struct {
		data []byte
		want *chat.Link
	}{
		"whole": {archive("$null", map[string]any{"richLinkMetadata": plist.UID(2)}, map[string]any{"title": plist.UID(3), "URL": plist.UID(4), "summary": plist.UID(0)}, "A title", map[string]any{"NS.base": plist.UID(0), "NS.relative": plist.UID(5)}, "https://a.example/"),
			&chat.Link{URL: "https://a.example/", Title: "A title"}},
		"round and round":   {archive("$null", map[string]any{"title": plist.UID(1), "URL": plist.UID(1)}), nil},
		"out of all bounds": {archive("$null", map[string]any{"title": plist.UID(99)}), nil},
		"of other types":    {archive(1, []any{2}, map[string]any{"title": 5, "URL": []any{1}}), nil},
		"no archive":        {[]byte("x"), nil},
	} {
		got := linkOf(c.data)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func FuzzSummary(f *testing.F) {
	f.Add(encoded(f, map[string]any{"rp": []any{0}, "ec": map[string]any{"0": []any{version(700_000_000.0, "one"), version(time.Unix(0, 0), "two")}}}))
	f.Add(encoded(f, map[string]any{"$objects": []any{"$null", map[string]any{"title": plist.UID(2), "URL": plist.UID(1), "NS.relative": plist.UID(2)}, "x"}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if versions, _ := summaryOf(data); len(versions) > mostVersions {
			t.Errorf("%d versions", len(versions))
		}
		if l := linkOf(data); l != nil && l.URL == "" && l.Title == "" {
			t.Error("an empty link")
		}
	})
}
