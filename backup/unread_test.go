package backup

import (
	"context"
	"path"
	"strings"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/backupd"
)

// TestUnreadFilesAreNamed: a phone that ends with 104 because it could not
// read files of its own says so by 0x0B entries before; they are named.
func TestUnreadFilesAreNamed(t *testing.T) {
	r := newRig(t, nil)
	entry := r.entryError(0x0b, 10)
	cfg := r.cfg
	cfg.Faults.Backup.Entries = []backupd.EntryError{entry}
	cfg.Faults.Backup.AtEnd = backupd.Answer{Code: 104, Text: "Multiple errors uploading files"}
	r.start(cfg)
	_, err := r.job().Run(context.Background(), nil)
	if fault.Of(err) != fault.HostWrite {
		t.Fatal(err)
	}
	said := words.English().Problem(string(fault.HostWrite), "linux", fault.As(err).Args)
	if !strings.Contains(said.Happened, path.Base(entry.Path)) || !strings.Contains(said.Next, "same files again") {
		t.Errorf("%+v does not name %s", said, entry.Path)
	}
}

func TestUnread(t *testing.T) {
	of := func(names ...string) (all []mobilebackup2.Skipped) {
		for _, name := range names {
			all = append(all, mobilebackup2.Skipped{Device: name})
		}
		return all
	}
	for name, c := range map[string]struct {
		skipped []mobilebackup2.Skipped
		count   int
		want    string
	}{
		"one":       {of("/var/mobile/IMG_1.HEIC"), 1, "itself: IMG_1.HEIC."},
		"many":      {of("a", "b", "c", "d"), 2000, "itself: a, b, c and 1,997 more files."},
		"peculiar":  {of("x\x00\n\u202ey"), 1, "itself: xy."},
		"very long": {of(strings.Repeat("z", 500)), 1, strings.Repeat("z", 60) + "…."},
		"none":      {nil, 0, "couldn't be saved."},
	} {
		err := unread(fault.New(fault.HostWrite, "back up", nil), c.skipped, c.count)
		said := words.English().Problem(string(fault.HostWrite), "linux", fault.As(err).Args).Happened
		if !strings.HasSuffix(said, c.want) {
			t.Errorf("%s: %q", name, said)
		}
	}
	if err := unread(fault.New(fault.HostRead, "", nil), of("a"), 1); fault.As(err).Args != nil {
		t.Errorf("another failure: %v", err)
	}
}
