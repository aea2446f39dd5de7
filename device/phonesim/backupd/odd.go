package backupd

import (
	"context"
	"strings"
)

// This file holds what no healthy phone does.

// HostilePaths are paths that a host must not obey, for a phone with this
// identifier. They try to leave the backup folder, to hit another phone's
// backup, or mean something to one operating system only.
func HostilePaths(udid string) []string {
	return []string{
		"../escaped",
		udid + "/../../escaped",
		udid + "/00/../../../escaped",
		"..",
		"/etc/escaped",
		"//server/share/escaped",
		`..\escaped`,
		udid + `\..\..\escaped`,
		`C:\escaped`,
		"C:/escaped",
		"00000000-0000000000000000/Status.plist",
		udid + "/nul\x00byte",
		"",
		".",
		udid + "/" + strings.Repeat("deep/", 400) + "escaped",
	}
}

// misbehave does what the faults ask for between the folders and the files.
func (j *job) misbehave(ctx context.Context) error {
	if err := j.sendUnknown(); err != nil {
		return err
	}
	if j.faults.Hostile {
		j.faults.HostilePaths = HostilePaths(j.engine.cfg.UDID)
	}
	if len(j.faults.HostilePaths) == 0 {
		return nil
	}
	bait := j.host("bait")
	if err := j.makeFolder(bait); err != nil {
		return err
	}
	for _, path := range j.faults.HostilePaths {
		if err := j.tryPath(path, bait); err != nil {
			return err
		}
	}
	return j.remove(ctx, []string{bait})
}

// sendUnknown sends a message that no host knows, if that is asked for.
func (j *job) sendUnknown() error {
	if !j.faults.UnknownMessage {
		return nil
	}
	_, err := j.link.ask("", "DLMessageOfAnotherDecade", j.host(), int64(1), map[string]any{"Key": "value"})
	return err
}

// tryPath tries one hostile path with every operation; bait is a folder of the
// backup that may be lost. Answers are only recorded: what the host did on its
// disk is for the test to see.
func (j *job) tryPath(path, bait string) error {
	now := progress{1, 1}
	questions := []struct {
		name  string
		items []any
	}{
		{"DLMessageCreateDirectory", []any{path}},
		{"DLContentsOfDirectory", []any{path}},
		{"DLMessageMoveItems", []any{map[string]string{bait: path}}},
		{"DLMessageMoveItems", []any{map[string]string{path: bait + "/stolen"}}},
		{"DLMessageCopyItem", []any{path, bait + "/stolen"}},
		{"DLMessageCopyItem", []any{bait, path}},
	}
	for _, q := range questions {
		if _, err := j.link.step(path, now, q.name, q.items...); err != nil {
			return err
		}
	}
	if path != "" { // an empty name would end the download
		if err := j.link.download(now, &wanted{path: path, into: &limitedBuffer{}}); err != nil {
			return err
		}
	}
	if err := j.link.beginUploads(now, 7); err != nil {
		return err
	}
	if _, err := j.link.upload(source{device: "/.b/6/hostile", host: path, from: strings.NewReader("hostile")}); err != nil {
		return err
	}
	if _, err := j.link.endUploads(path); err != nil {
		return err
	}
	_, err := j.link.step(path, now, "DLMessageRemoveItems", []string{path})
	return err
}
