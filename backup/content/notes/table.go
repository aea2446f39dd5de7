package notes

import (
	"errors"
	"strings"

	"lifeboat/backup/content/kind"
)

// A table is a document that several people may change at once. It is a list of
// objects, which point at each other by their places in it: rows and columns go by
// identifiers, a list has these in order under the names that they had first, a
// dictionary tells what each is called now, and each cell is found by the name of its
// column and then that of its row.

const (
	mostRows, mostColumns = 5_000, 500
	mostCells             = 200_000
	mostObjects           = 2_000_000
	// mostRead bounds what is read of a table by all its pointers, in bytes: many may
	// point at one large object.
	mostRead = 256 << 20
)

var errNoTable = errors.New("it holds no table")

// document is such a document.
type document struct {
	objects, ids [][]byte
	keys, types  []string
	read         int // so many bytes, see mostRead
}

// parseTable reads a table, row by row; all rows are of one length.
func parseTable(data []byte) ([][]string, error) {
	m, err := unpack(data)
	if err != nil {
		return nil, err
	}
	var d document
	kind.Fields(inner(m, 2, 3), func(f kind.Field) bool {
		switch f.Number {
		case 3:
			d.objects = append(d.objects, f.Data)
		case 4:
			d.keys = append(d.keys, clean(f.Data))
		case 5:
			d.types = append(d.types, clean(f.Data))
		case 6:
			d.ids = append(d.ids, f.Data)
		}
		return len(d.objects)+len(d.keys)+len(d.types)+len(d.ids) < mostObjects
	})
	for _, object := range d.objects {
		custom := inner(object, 13)
		if of, said := number(custom, 1); said && of < uint64(len(d.types)) && d.types[of] == "com.apple.notes.ICTable" {
			return d.table(custom)
		}
	}
	return nil, errNoTable
}

func (d *document) table(custom []byte) ([][]string, error) {
	parts := map[string][]byte{}
	kind.Fields(custom, func(f kind.Field) bool {
		if key, said := number(f.Data, 1); f.Number == 3 && said && key < uint64(len(d.keys)) {
			parts[d.keys[key]] = d.at(inner(f.Data, 2))
		}
		return true
	})
	rows, height := d.order(parts["crRows"])
	columns, width := d.order(parts["crColumns"])
	if height == 0 || width == 0 || height > mostRows || width > mostColumns || height*width > mostCells {
		return nil, errNoTable
	}
	table := make([][]string, height)
	for i := range table {
		table[i] = make([]string, width)
	}
	d.pairs(inner(parts["cellColumns"], 6), func(column, cells []byte) {
		x, known := columns[d.name(column)]
		if !known {
			return
		}
		d.pairs(inner(cells, 6), func(row, cell []byte) {
			y, known := rows[d.name(row)]
			if !known {
				return
			}
			if text, err := paragraphs(inner(cell, 10)); err == nil {
				table[y][x] = plain(text, nil)
			}
		})
	})
	return table, nil
}

// order is where each row or column stands, by what it is called now and was before,
// and how many there are.
func (d *document) order(object []byte) (places map[string]int, count int) {
	places = map[string]int{}
	ordering := inner(object, 16, 1)
	kind.Fields(inner(ordering, 1), func(f kind.Field) bool {
		if id := inner(f.Data, 2); f.Number == 2 && id != nil {
			if _, twice := places[string(id)]; !twice {
				places[string(id)] = count
				count++
			}
		}
		return count <= mostRows
	})
	d.pairs(inner(ordering, 2), func(before, now []byte) {
		if place, known := places[d.name(before)]; known {
			places[d.name(now)] = place
		}
	})
	return places, count
}

// pairs visits the objects that a dictionary pairs.
func (d *document) pairs(dictionary []byte, visit func(key, value []byte)) {
	kind.Fields(dictionary, func(f kind.Field) bool {
		if f.Number == 1 {
			visit(d.at(inner(f.Data, 1)), d.at(inner(f.Data, 2)))
		}
		return true
	})
}

// at is the object that a pointer points at, nil if there is none.
func (d *document) at(pointer []byte) []byte {
	place, said := number(pointer, 6)
	if !said || place >= uint64(len(d.objects)) {
		return nil
	}
	object := d.objects[place]
	if d.read += len(object) + 1; d.read > mostRead {
		return nil
	}
	return object
}

// name is the identifier that an object stands for.
func (d *document) name(object []byte) string {
	place, said := number(inner(object, 13, 3, 2), 2)
	if !said || place >= uint64(len(d.ids)) {
		return ""
	}
	return string(d.ids[place])
}

// plain is a text without its looks; name tells what stands for an attachment.
func plain(text []Paragraph, name func(Piece) string) string {
	var out strings.Builder
	for i, p := range text {
		if i > 0 {
			out.WriteByte('\n')
		}
		for _, piece := range p.Pieces {
			if piece.Attachment != "" && name != nil {
				out.WriteString(name(piece))
			}
			out.WriteString(piece.Text)
		}
	}
	return out.String()
}
