package backupd

import (
	"context"
	"strings"
)

// mixedOrder is a backup that no iPhone makes, but that a host which only does
// what each message says stores just as well.
var mixedOrder = order{
	batch: 37,
	lazy:  true,
	steps: []func(*job, context.Context) error{
		(*job).look,
		(*job).compare,
		(*job).beginManifest,
		(*job).makeRoot,
		(*job).misbehave,
		(*job).sendProperties,
		(*job).sendFiles,
		(*job).detour,
		(*job).findRoom,
		(*job).sendManifest,
		(*job).removeObsolete,
		tell("finished"),
		(*job).check,
	},
}

// makeRoot makes only the folder of the backup.
func (j *job) makeRoot(context.Context) error { return j.makeFolder(j.host()) }

// makeLazily makes the folders of a batch that are not there yet.
func (j *job) makeLazily(b *batch) error {
	if !j.order.lazy && !j.faults.FewFolders {
		return nil
	}
	if j.folders == nil {
		j.folders = map[string]bool{}
	}
	for _, e := range b.entries {
		name := e.id[:2]
		if j.folders[name] {
			continue
		}
		j.folders[name] = true
		if err := j.makeFolder(j.host(name)); err != nil {
			return err
		}
		if j.order.into == "" {
			continue
		}
		if err := j.makeFolder(j.host(j.order.into, name)); err != nil {
			return err
		}
	}
	return nil
}

// detour uploads, copies, moves and removes a file and a folder that are no
// part of the backup, with the old names of the messages.
func (j *job) detour(ctx context.Context) error {
	folder, copied := j.host("detour"), j.host("detour-copy")
	if err := j.makeFolder(folder); err != nil {
		return err
	}
	text := "on the way"
	if _, err := j.link.uploadOne(j.progress(1), int64(len(text)), source{device: "/.b/6/detour", host: folder + "/file", from: strings.NewReader(text)}); err != nil {
		return err
	}
	p := j.progress(1)
	steps := []struct {
		about, name string
		items       []any
	}{
		{folder, "DLMessageCopyItem", []any{folder, copied}},
		{copied, "DLMessageMoveFiles", []any{map[string]string{copied + "/file": copied + "/moved"}}},
	}
	for _, step := range steps {
		a, err := j.link.step(step.about, p, step.name, step.items...)
		if err != nil {
			return err
		}
		if a.code != 0 {
			return writing(a, step.about)
		}
	}
	found, err := j.list(copied)
	if err != nil {
		return err
	}
	if found["moved"] != int64(len(text)) {
		return corrupt("detour-copy/moved", "it is not what was copied")
	}
	a, err := j.link.step(folder, p, "DLMessageRemoveFiles", []string{folder, copied})
	if err != nil {
		return err
	}
	if a.code != 0 {
		return writing(a, folder)
	}
	return nil
}
