package ui

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/checks/report"
	"lifeboat/device"
)

// memoryPatience is how long the report waits for what is remembered.
const memoryPatience = 3 * time.Second

// Report writes the report for Apple Support from what the diagnosis knows
// now; it is empty for a phone that has left.
func (l *Live) Report(p *device.Phone, include report.Include) report.Report {
	s := l.session(p)
	if s == nil {
		return report.Report{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), memoryPatience)
	defer cancel()
	return s.Report(ctx, l.Version, include)
}

// SaveReport writes text as a page for .html, else as it is.
func (l *Live) SaveReport(path, text string) error {
	data := []byte(text)
	if strings.EqualFold(filepath.Ext(path), ".html") {
		page, err := report.PageOf(l.Words, text)
		if err != nil {
			return err
		}
		data = page
	}
	if err := afero.WriteFile(afero.NewOsFs(), path, data, 0o600); err != nil {
		return disk.Fault("save the report", path, err)
	}
	return nil
}
