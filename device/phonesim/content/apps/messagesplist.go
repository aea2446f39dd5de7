package apps

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"time"

	"howett.net/plist"
)

// encode writes a value as a binary property list.
func (d *database) encode(value any) []byte {
	var out bytes.Buffer
	if err := plist.NewBinaryEncoder(&out).Encode(value); err != nil && d.err == nil {
		d.err = fmt.Errorf("property list: %w", err)
	}
	return out.Bytes()
}

// summary is what message_summary_info says of edits: the versions of the one
// part, the newest last, and the parts that were unsent.
func (m *Message) summary() map[string]any {
	version := func(text string, at time.Time) map[string]any {
		body := []byte{}
		if text != "" {
			body = styled(text, m.Attachments).typedstream(false)
		}
		return map[string]any{"d": cocoa(at), "t": body}
	}
	var versions []any
	for _, v := range m.Earlier {
		versions = append(versions, version(v.Text, v.At))
	}
	s := map[string]any{"ust": true, "amc": 0}
	if !m.Unsent.IsZero() {
		s["rp"] = []int{0}
		versions = append(versions, version("", m.Unsent))
	} else {
		s["ep"] = []int{0}
		versions = append(versions, version(m.Text, m.Edited))
	}
	s["ec"] = map[string]any{"0": versions}
	return s
}

// archive is the link as NSKeyedArchiver writes it.
func (l *Link) archive() map[string]any {
	objects := []any{"$null"}
	add := func(v any) plist.UID {
		objects = append(objects, v)
		return plist.UID(len(objects) - 1)
	}
	class := func(name string) plist.UID {
		return add(map[string]any{"$classname": name, "$classes": []string{name, "NSObject"}})
	}
	url := add(map[string]any{"NS.base": plist.UID(0), "NS.relative": add(l.URL), "$class": class("NSURL")})
	metadata := add(map[string]any{
		"URL": url, "originalURL": url, "title": add(l.Title), "summary": add(l.Summary), "$class": class("LPLinkMetadata"),
	})
	root := add(map[string]any{"richLinkMetadata": metadata, "richLinkIsPlaceholder": false, "$class": class("RichLink")})
	return map[string]any{
		"$version": 100_000, "$archiver": "NSKeyedArchiver", "$objects": objects,
		"$top": map[string]any{"root": root},
	}
}

// scatter is a number that follows from a text.
func scatter(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	x := h.Sum64()
	x ^= x >> 31
	x *= 0x94D049BB133111EB
	return x ^ x>>29
}
