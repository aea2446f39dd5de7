package engine

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"lifeboat/assets"
	"lifeboat/backup/disk"
	"lifeboat/checks/report"
	"lifeboat/device"
)

// historyTimeout is how long the report waits for what is remembered.
const historyTimeout = 3 * time.Second

// Report writes the report for Apple Support from what the diagnosis knows
// now; it is empty for a phone that has left.
func (e *Engine) Report(p *device.Phone, include report.Include) report.Report {
	s := e.diagnosis(p)
	if s == nil {
		return report.Report{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), historyTimeout)
	defer cancel()
	return s.Report(ctx, assets.Version, include)
}

// SaveReport writes text, which the user may have edited, in the form that the
// path's extension asks for: a page for .html, else as it is.
func (e *Engine) SaveReport(path, text string) error {
	data := []byte(text)
	if strings.EqualFold(filepath.Ext(path), ".html") {
		page, err := report.PageOf(e.Words, text)
		if err != nil {
			return err
		}
		data = page
	}
	return disk.Fault("save the report", path, disk.Replace(e.Files(), path, disk.Fresh(path), data))
}
