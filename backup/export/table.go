package export

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"strings"
	"time"
)

// Table is a file of comma-separated values that is being written, such as
// spreadsheets open: UTF-8 with a mark that says so, since some take it for another
// alphabet without. It is for one goroutine.
type Table struct {
	*File
	out *bufio.Writer
	csv *csv.Writer
}

// Table begins a table under a name that is made safe and free, with the ending .csv.
// The caller must Commit or Abort it.
func (f *Folder) Table(name string, header ...string) (*Table, error) {
	file, err := f.Create(name+".csv", time.Time{})
	if err != nil {
		return nil, err
	}
	t := &Table{File: file, out: bufio.NewWriterSize(file, 64<<10)}
	t.csv = csv.NewWriter(t.out)
	t.csv.UseCRLF = true
	if _, err := t.out.WriteString("\uFEFF"); err != nil {
		file.Abort()
		return nil, err
	}
	return t, t.Row(header...)
}

// Row writes a row. A cell that a spreadsheet would take for a formula, and carry
// out, gets an apostrophe before it; numbers and telephone numbers stay as they are.
func (t *Table) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		if isFormula(c) {
			c = "'" + c
		}
		safe[i] = c
	}
	return t.csv.Write(safe)
}

func isFormula(cell string) bool {
	trimmed := strings.TrimLeft(cell, " \t\r\n\u00a0")
	if trimmed == "" || !strings.ContainsRune("=+-@＝＋－＠", []rune(trimmed)[0]) {
		return false
	}
	return strings.Trim(trimmed[1:], "0123456789 ().,/-") != "" || trimmed[0] != '+' && trimmed[0] != '-'
}

// Commit ends the table.
func (t *Table) Commit() error {
	t.csv.Flush()
	return End(t.File, cmp.Or(t.csv.Error(), t.out.Flush()))
}
