package content

import (
	"fmt"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// report writes beside what was exported what it is, and what was left out and why.
func (d *Exported) report(b *source.Backup, to *export.Folder, say *words.Catalogue) error {
	info := b.Info()
	lines := []string{say.Say("content.report.of", words.Args{"Phone": info.DeviceName, "Date": words.Date(info.Date)}), ""}
	for _, s := range d.Kinds {
		lines = append(lines, say.Text(Words(s)))
		for _, n := range s.Notes {
			lines = append(lines, "  "+say.Text(n.Text))
		}
	}
	if d.LeftCount > 0 {
		lines = append(lines, "", say.Say("content.report.left", words.Args{"N": words.Count(d.LeftCount)}))
		for _, l := range d.Left {
			lines = append(lines, fmt.Sprintf("  %s: %s", l.What, say.Text(l.Why)))
		}
		if more := d.LeftCount - len(d.Left); more > 0 {
			lines = append(lines, "  "+say.Say("content.report.more", words.Args{"N": words.Count(more)}))
		}
	}
	_, err := to.WriteFile(say.Say("content.report.name", nil)+".txt", time.Time{}, []byte(strings.Join(lines, "\r\n")+"\r\n"))
	return err
}

// Difference is a thing that is in one of two versions only, or no longer wholly there.
type Difference struct {
	Kind kind.ID
	kind.Thing
	// Gone: the older version has it and the newer has not, or there it lies in
	// Recently Deleted. Otherwise the newer one has it and the older has not.
	Gone bool
	// Away: both have it, but only in the older one all of it is there.
	Away bool
}
