package apps

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf16"
)

// objectMark stands in a text where an attachment is shown.
const objectMark = "\uFFFC"

// squeeze compresses as Notes does. It is the same for the same bytes always,
// since nothing in the head depends on the time.
func squeeze(data []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	// A bytes.Buffer never fails.
	_, _ = w.Write(data)
	_ = w.Close()
	return out.Bytes()
}

// noteID makes 16 bytes that are always the same for one name.
func noteID(name string) []byte {
	sum := sha256.Sum256([]byte(name))
	return sum[:16]
}

// units is the length of a text as Notes counts it: in units of UTF-16.
func units(text string) uint64 { return uint64(len(utf16.Encode([]rune(text)))) }

// noteText is the text of a note as one protobuf message: the letters, and
// what each run of them looks like.
func noteText(seed string, runs []NoteRun) message {
	var text strings.Builder
	var attributes message
	for i, run := range runs {
		words := run.Text
		if run.Attachment != nil {
			words = objectMark
		}
		text.WriteString(words)
		attributes = attributes.bytes(5, run.attributes(words, fmt.Sprintf("%s-%d", seed, i)))
	}
	return append(message(nil).text(2, text.String()), attributes...)
}

func (r NoteRun) attributes(words, seed string) message {
	m := message(nil).number(1, units(words))
	if r.Style != StylePlain || r.Indent != 0 {
		var paragraph message
		if style, ok := noteStyles[r.Style]; ok {
			paragraph = paragraph.number(1, style)
		}
		if r.Indent != 0 {
			paragraph = paragraph.number(4, uint64(r.Indent))
		}
		if r.Style == StyleCheck {
			paragraph = paragraph.bytes(5, message(nil).bytes(1, noteID(seed)).number(2, uint64(flag(r.Done))))
		}
		m = m.bytes(2, paragraph)
	}
	if weight := uint64(flag(r.Bold) + 2*flag(r.Italic)); weight != 0 {
		m = m.number(5, weight)
	}
	if r.Underline {
		m = m.number(6, 1)
	}
	if r.Strike {
		m = m.number(7, 1)
	}
	if r.Link != "" {
		m = m.text(9, r.Link)
	}
	if r.Attachment != nil {
		m = m.bytes(12, message(nil).text(1, r.Attachment.ID).text(2, r.Attachment.Type))
	}
	return m
}

// noteBody is ZICNOTEDATA.ZDATA.
func noteBody(note Note) []byte {
	text := noteText(note.ID, note.Runs)
	document := message(nil).number(2, 0).bytes(3, text)
	return squeeze(message(nil).number(1, 0).bytes(2, document))
}

// tableIndex are the places of a name in the lists of a table.
type tableIndex struct {
	order []string
	at    map[string]uint64
}

func (x *tableIndex) of(name string) uint64 {
	if i, ok := x.at[name]; ok {
		return i
	}
	if x.at == nil {
		x.at = map[string]uint64{}
	}
	i := uint64(len(x.order))
	x.order, x.at[name] = append(x.order, name), i
	return i
}

// noteTable builds a table. It is a document that several people can edit at
// once: rows and columns are named by identifiers, their order is a list of
// these, each was renamed on its way, and a cell is found by the name of its
// column and then that of its row. Everything is an object in one list, and
// points at others by their place in it.
type noteTable struct {
	objects          []message
	keys, types, ids tableIndex
}

// add takes an object into the list and returns its place.
func (t *noteTable) add(object message) uint64 {
	t.objects = append(t.objects, object)
	return uint64(len(t.objects) - 1)
}

func pointer(place uint64) message { return message(nil).number(6, place) }

// named is an object that stands for an identifier.
func (t *noteTable) named(id string) uint64 {
	value := message(nil).number(2, t.ids.of(id))
	entry := message(nil).number(1, t.keys.of("UUIDIndex")).bytes(2, value)
	return t.add(message(nil).bytes(13, message(nil).number(1, t.types.of("com.apple.CRDT.NSUUID")).bytes(3, entry)))
}

// dictionary pairs objects.
func dictionary(pairs [][2]uint64) message {
	var d message
	for _, p := range pairs {
		d = d.bytes(1, message(nil).bytes(1, pointer(p[0])).bytes(2, pointer(p[1])))
	}
	return d
}

// ordered is the list of rows or columns: what they were called when they were
// put in order, and what the cells call them.
func (t *noteTable) ordered(kind string, count int) (place uint64, called []string) {
	var array message
	array = array.bytes(1, message(nil).text(2, strings.Repeat(objectMark, count)))
	var renamed, present [][2]uint64
	for i := range count {
		first, now := fmt.Sprintf("%s %d, first", kind, i), fmt.Sprintf("%s %d", kind, i)
		t.ids.of(first)
		array = array.bytes(2, message(nil).number(1, uint64(i)).bytes(2, noteID(first)))
		renamed = append(renamed, [2]uint64{t.named(first), t.named(now)})
		here := t.named(now)
		present = append(present, [2]uint64{here, here})
		called = append(called, now)
	}
	ordering := message(nil).bytes(1, array).bytes(2, dictionary(renamed))
	set := message(nil).bytes(1, ordering).bytes(2, dictionary(present))
	return t.add(message(nil).bytes(16, set)), called
}

// tableData is ZMERGEABLEDATA of a table. Empty cells are left out, as Notes
// does.
func tableData(seed string, rows [][]string) []byte {
	columns := 0
	for _, row := range rows {
		columns = max(columns, len(row))
	}
	var t noteTable
	// The table comes first, and points at what follows: its place is kept.
	root := t.add(nil)
	direction := t.add(message(nil).bytes(1, message(nil).bytes(2, message(nil).text(4, "CRTableColumnDirectionLeftToRight"))))
	rowsAt, rowNames := t.ordered("row", len(rows))
	columnsAt, columnNames := t.ordered("column", columns)
	var cells [][2]uint64
	for c, column := range columnNames {
		var inColumn [][2]uint64
		for r, row := range rows {
			if c >= len(row) || row[c] == "" {
				continue
			}
			cell := t.add(message(nil).bytes(10, noteText(fmt.Sprintf("%s-%d-%d", seed, r, c), []NoteRun{{Text: row[c]}})))
			inColumn = append(inColumn, [2]uint64{t.named(rowNames[r]), cell})
		}
		cells = append(cells, [2]uint64{t.named(column), t.add(message(nil).bytes(6, dictionary(inColumn)))})
	}
	cellsAt := t.add(message(nil).bytes(6, dictionary(cells)))
	table := message(nil).number(1, t.types.of("com.apple.notes.ICTable"))
	for _, part := range []struct {
		key   string
		place uint64
	}{{"crTableColumnDirection", direction}, {"crRows", rowsAt}, {"crColumns", columnsAt}, {"cellColumns", cellsAt}} {
		table = table.bytes(3, message(nil).number(1, t.keys.of(part.key)).bytes(2, pointer(part.place)))
	}
	t.objects[root] = message(nil).bytes(13, table)
	return squeeze(t.encode())
}

func (t *noteTable) encode() message {
	var data message
	for _, object := range t.objects {
		data = data.bytes(3, object)
	}
	for _, key := range t.keys.order {
		data = data.text(4, key)
	}
	for _, name := range t.types.order {
		data = data.text(5, name)
	}
	for _, id := range t.ids.order {
		data = data.bytes(6, noteID(id))
	}
	return message(nil).number(1, 0).bytes(2, message(nil).number(2, 0).bytes(3, data))
}
