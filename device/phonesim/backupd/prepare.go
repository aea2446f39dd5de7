package backupd

import (
	"context"
	"fmt"
)

// prefixes is the number of folders of a backup's files.
const prefixes = 256

// lookAround lists the two folders of a backup before a first one, although
// neither is there.
func (j *job) lookAround(context.Context) error {
	if j.plan.earlier {
		return nil
	}
	for _, folder := range []string{j.order.into, ""} {
		if _, err := j.list(j.host(folder)); err != nil {
			return err
		}
	}
	return nil
}

// findRoom asks for the free space on the host, and for more of it.
func (j *job) findRoom(ctx context.Context) error {
	if j.link.version < 300 {
		return nil
	}
	need := j.plan.bytes + spareSpace
	missing, err := j.missingSpace(need)
	if err != nil {
		return err
	}
	if missing <= 0 && !j.faults.PurgeAlways {
		return nil
	}
	if j.link.version >= 400 {
		a, err := j.link.ask("", "DLMessagePurgeDiskSpace", max(missing, 0)+purgeSpace, int64(4))
		if err != nil {
			return err
		}
		if a.code == 0 && missing > 0 {
			if missing, err = j.missingSpace(need); err != nil {
				return err
			}
		}
	}
	if missing > 0 {
		return &refusal{code: mbHostFull, text: fmt.Sprintf("Insufficient free disk space on drive: %d bytes missing", missing)}
	}
	return nil
}

// missingSpace is by how much the host's free space falls short; a host that
// does not know has enough.
func (j *job) missingSpace(need int64) (int64, error) {
	a, err := j.link.ask("", "DLMessageGetFreeDiskSpace")
	if err != nil || a.code != 0 {
		return 0, err
	}
	free, ok := integer(a.object)
	if !ok {
		return 0, nil
	}
	return need + 1 - free, nil
}

// clearSnapshot removes what an unfinished backup left that this one does not
// resume.
func (j *job) clearSnapshot(ctx context.Context) error {
	if !j.plan.clear {
		return nil
	}
	return j.removeSnapshot(ctx)
}

// makeFolders makes all folders of a backup, whether it will use them or not
// (with FewFolders makeLazily does).
func (j *job) makeFolders(context.Context) error {
	for _, parent := range []string{"", j.order.into} {
		if err := j.makeFolder(j.host(parent)); err != nil {
			return err
		}
		for prefix := range prefixes {
			if j.faults.FewFolders {
				break
			}
			if err := j.makeFolder(j.host(parent, prefixName(byte(prefix)))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *job) makeFolder(path string) error {
	p := j.progress(messageWork)
	a, err := j.link.step(path, p, "DLMessageCreateDirectory", path)
	if err != nil {
		return err
	}
	if a.code != 0 && a.code != dlExists {
		return writing(a, path)
	}
	return nil
}

func prefixName(prefix byte) string { return fmt.Sprintf("%02x", prefix) }

// host is a path in the backup folder of this phone; empty parts are left out.
func (j *job) host(parts ...string) string {
	path := j.engine.cfg.UDID
	for _, part := range parts {
		if part != "" {
			path += "/" + part
		}
	}
	return path
}
