package content

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/fault"
)

// Index is all texts of a backup, to be searched. It lies in memory and nowhere else:
// what it holds is private. A text is folded once, and a search goes through all of
// them, a gigabyte in a second: no index of words finds parts of words, or words of
// languages that write none apart, in as little memory.
type Index struct {
	entries []entry
	folded  []byte
	words   []byte // titles, places, texts and references as they are, one after another
	// Full: there was more than fits, and the rest is not searched.
	Full bool
	// Unread are the kinds that could not be read, and so are not searched.
	Unread []kind.ID
}

// entry is one thing.
type entry struct {
	kind            uint8
	presence        kind.Presence
	hidden, deleted bool
	date            int64  // Unix seconds; 0 is none
	folded          uint32 // where its folded text ends
	words           uint32 // where its words end
	lengths         [3]uint32
}

// Bounds of an index, in bytes: of one text, and of all.
const (
	longestText = 64 << 10
	mostText    = 1 << 30
)

// NewIndex reads all texts of some kinds. progress is called now and then with how many
// things were read; it may be nil. The error is fault.Cancelled.
func NewIndex(ctx context.Context, b *source.Backup, kinds []kind.Kind, progress func(things int)) (*Index, error) {
	x := &Index{}
	for _, k := range kinds {
		number := slices.IndexFunc(Kinds, func(other kind.Kind) bool { return other.ID == k.ID })
		if number < 0 {
			continue
		}
		_, err := k.Things(ctx, b, func(t kind.Thing) error {
			x.add(uint8(number), t) //nolint:gosec // there are some dozen kinds
			if progress != nil && len(x.entries)%1000 == 0 {
				progress(len(x.entries))
			}
			return nil
		})
		if ctx.Err() != nil {
			return nil, fault.New(fault.Cancelled, "search the backup", ctx.Err())
		}
		if err != nil && !source.NotListed(err) {
			x.Unread = append(x.Unread, k.ID)
		}
	}
	return x, nil
}

// Len is how many things can be found.
func (x *Index) Len() int { return len(x.entries) }

func (x *Index) add(number uint8, t kind.Thing) {
	texts := [4]string{t.Ref, cut(t.Title), cut(t.Where), cut(t.Text)}
	all := 0
	for _, s := range texts {
		all += len(s)
	}
	if len(x.words)+all > mostText || len(x.folded)+2*all > mostText {
		x.Full = true
		return
	}
	e := entry{kind: number, presence: t.Presence, hidden: t.Hidden, deleted: t.Deleted}
	if !t.Date.IsZero() {
		e.date = t.Date.Unix()
	}
	for i, s := range texts {
		if x.words = append(x.words, s...); i < 3 {
			e.lengths[i] = uint32(len(s)) //nolint:gosec // bounded
		}
		if i > 0 && s != "" {
			x.folded = append(append(x.folded, Fold(s)...), '\n')
		}
	}
	e.folded, e.words = uint32(len(x.folded)), uint32(len(x.words)) //nolint:gosec // bounded
	x.entries = append(x.entries, e)
}

// cut bounds a text.
func cut(s string) string {
	if len(s) <= longestText {
		return s
	}
	return strings.ToValidUTF8(s[:longestText], "")
}

// Hit is a thing that was found.
type Hit struct {
	Kind kind.ID
	kind.Thing
}

// Results are what a search has found.
type Results struct {
	// Hits are those that are given, the newest first, those of no date last; Count is
	// how many there are.
	Hits  []Hit
	Count int
	// Things is how many were searched. Full and Unread are as [Index] has them.
	Things int
	Full   bool
	Unread []kind.ID
}

// Find gives the things that have all words of a text, at most limit of them. Upper and
// lower case, and accents, are the same. The error is fault.Cancelled.
func (x *Index) Find(ctx context.Context, text string, limit int) (Results, error) {
	results := Results{Things: x.Len(), Full: x.Full, Unread: x.Unread}
	var wanted [][]byte
	for _, word := range strings.Fields(Fold(text)) {
		wanted = append(wanted, []byte(word))
	}
	if len(wanted) == 0 {
		return results, nil
	}
	var found []int
	start := uint32(0)
	for i, e := range x.entries {
		if i%4096 == 0 && ctx.Err() != nil {
			return results, fault.New(fault.Cancelled, "search the backup", ctx.Err())
		}
		part := x.folded[start:e.folded]
		start = e.folded
		if !slices.ContainsFunc(wanted, func(word []byte) bool { return !bytes.Contains(part, word) }) {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b int) int {
		return int(min(max(x.entries[b].date-x.entries[a].date, -1), 1))
	})
	for _, i := range found[:min(limit, len(found))] {
		results.Hits = append(results.Hits, x.hit(i))
	}
	results.Count = len(found)
	return results, nil
}

func (x *Index) hit(i int) Hit {
	e, start := x.entries[i], uint32(0)
	if i > 0 {
		start = x.entries[i-1].words
	}
	var texts [4]string
	for n, length := range e.lengths {
		texts[n] = string(x.words[start : start+length])
		start += length
	}
	texts[3] = string(x.words[start:e.words])
	h := Hit{Kind: Kinds[e.kind].ID, Thing: kind.Thing{
		Ref: texts[0], Title: texts[1], Where: texts[2], Text: texts[3], Presence: e.presence, Hidden: e.hidden, Deleted: e.deleted,
	}}
	if e.date != 0 {
		h.Date = time.Unix(e.date, 0).UTC()
	}
	return h
}

// Fold gives what two texts have in common that people take for the same: without
// case, accents, and what only changes the form of a letter.
func Fold(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(s)
	}
	var out strings.Builder
	for _, r := range norm.NFKD.String(cases.Fold().String(s)) {
		if !unicode.Is(unicode.Mn, r) {
			out.WriteRune(r)
		}
	}
	return norm.NFC.String(out.String())
}

// Excerpt is the part of a text around the first of some words that it has, at most so
// many characters long.
func Excerpt(text, wanted string, most int) string {
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) <= most {
		return string(letters)
	}
	first := 0
	if all := strings.Fields(Fold(wanted)); len(all) > 0 {
		// Folding changes lengths, so that the place is looked for letter by letter.
		var folded strings.Builder
		var at []int // letters by bytes of folded
		for i, r := range letters {
			part := Fold(string(r))
			folded.WriteString(part)
			for range len(part) {
				at = append(at, i)
			}
		}
		if n := strings.Index(folded.String(), all[0]); n >= 0 {
			first = max(at[n]-most/3, 0)
		}
	}
	first = min(first, len(letters)-most)
	excerpt := string(letters[first : first+most])
	if first > 0 {
		excerpt = "…" + excerpt
	}
	if first+most < len(letters) {
		excerpt += "…"
	}
	return excerpt
}
