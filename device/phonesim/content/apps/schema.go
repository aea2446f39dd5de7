package apps

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A database is described by a text. A line at the margin begins a table, an
// indented one is a column of it with its declaration, or a constraint of the
// table; a line "index NAME TABLE(COLUMNS)" is an index. What exists in some shapes only says
// in which behind a bar, as versions of iOS:
//
//	message
//	  ROWID INTEGER PRIMARY KEY
//	  text TEXT
//	  date_edited INTEGER DEFAULT 0 | 17-
//	ZGENERICASSET | -13
//
// Lines that begin with # are remarks.
type schema struct {
	tables  []table
	indexes []string
}

type table struct {
	name    string
	columns []column // that exist in this shape
	// elsewhere are the columns that it has in other shapes only.
	elsewhere []string
	absent    bool // in this shape
}

type column struct{ name, declaration string }

// describe reads a description as it is in a shape, without those tables
// ("table") and columns ("table.column") that are missing.
func describe(text string, shape Shape, missing []string) (schema, error) {
	var s schema
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if line == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		body, span, _ := strings.Cut(line, " | ")
		exists, err := shape.within(span)
		if err != nil {
			return s, fmt.Errorf("%q: %w", line, err)
		}
		words := strings.Fields(body)
		switch indented := strings.HasPrefix(line, " "); {
		case !indented && words[0] == "index":
			if exists {
				s.indexes = append(s.indexes, fmt.Sprintf("CREATE INDEX %s ON %s", words[1], strings.Join(words[2:], " ")))
			}
		case !indented && len(words) == 1:
			s.tables = append(s.tables, table{name: body, absent: !exists || slices.Contains(missing, body)})
		case !indented || len(s.tables) == 0:
			return s, fmt.Errorf("%q is neither a table nor a column", line)
		default:
			t := &s.tables[len(s.tables)-1]
			c := column{name: words[0], declaration: strings.Join(words[1:], " ")}
			if exists && !slices.Contains(missing, t.name+"."+c.name) {
				t.columns = append(t.columns, c)
			} else {
				t.elsewhere = append(t.elsewhere, c.name)
			}
		}
	}
	return s, nil
}

// within reports whether a shape lies in a span such as "17-", "-13" or
// "15-18"; the empty span has all.
func (s Shape) within(span string) (bool, error) {
	if span == "" {
		return true, nil
	}
	from, to, ok := strings.Cut(strings.TrimSpace(span), "-")
	first, last := 0, 1_000
	var err error
	if from != "" {
		if first, err = strconv.Atoi(from); err != nil {
			return false, err
		}
	}
	if to != "" {
		if last, err = strconv.Atoi(to); err != nil {
			return false, err
		}
	}
	if !ok {
		return false, fmt.Errorf("%q is no span of versions", span)
	}
	return first <= s.Major() && s.Major() <= last, nil
}

// statements make the tables of a schema, and its indexes where what they are
// of exists.
func (s schema) statements() []string {
	var all []string
	for _, t := range s.tables {
		if t.absent {
			continue
		}
		var columns []string
		for _, c := range t.columns {
			columns = append(columns, strings.TrimSpace(c.name+" "+c.declaration))
		}
		all = append(all, fmt.Sprintf("CREATE TABLE %s (%s)", t.name, strings.Join(columns, ", ")))
	}
	for _, index := range s.indexes {
		if s.complete(index) {
			all = append(all, index)
		}
	}
	return all
}

// complete reports whether the table and the columns of an index exist.
func (s schema) complete(index string) bool {
	_, of, _ := strings.Cut(index, " ON ")
	name, columns, _ := strings.Cut(strings.TrimSuffix(of, ")"), "(")
	t, ok := s.table(strings.TrimSpace(name))
	if !ok || t.absent {
		return false
	}
	for c := range strings.SplitSeq(columns, ",") {
		if !t.has(strings.TrimSpace(c)) {
			return false
		}
	}
	return true
}

func (s schema) table(name string) (table, bool) {
	i := slices.IndexFunc(s.tables, func(t table) bool { return t.name == name })
	if i < 0 {
		return table{}, false
	}
	return s.tables[i], true
}

func (t table) has(name string) bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.name == name })
}
