package icalendar

import (
	"time"

	"lifeboat/backup/export"
)

// Files writes calendars into a folder, one after another, each into a file of its own.
type Files struct {
	// Folder is where to.
	Folder *export.Folder
	// Writer is of the file that is being written; nil before the first.
	*Writer

	key  string // of the calendar that is being written
	file *export.File
}

// In has what follows go into the file of a calendar, which key names. Whenever that is
// another one than before, a file with this name, colour and zones is begun.
func (f *Files) In(key, name, color string, zones []string) error {
	if f.file != nil && key == f.key {
		return nil
	}
	if err := f.Commit(); err != nil {
		return err
	}
	file, err := f.Folder.Create(name+".ics", time.Time{})
	if err != nil {
		return err
	}
	f.key, f.file, f.Writer = key, file, New(file, name, color)
	f.Zones(zones)
	return nil
}

// Commit ends the file that is being written, if there is one.
func (f *Files) Commit() error {
	if f.file == nil {
		return nil
	}
	file := f.file
	f.file = nil
	return export.End(file, f.Close())
}

// Abort drops what was not committed.
func (f *Files) Abort() {
	if f.file != nil {
		f.file.Abort()
	}
}
