package backupd

import (
	"bytes"
	"context"
	"fmt"
	"hash"
)

// maxSmallFile bounds property lists that are read from the host, in bytes.
const maxSmallFile = 16 << 20

// check is the end of a backup: it reads the status and the manifests again,
// lists all folders, and refuses a backup that is not what was sent.
func (j *job) check(ctx context.Context) error {
	for _, name := range []string{"Status.plist", "Manifest.plist", "Manifest.db"} {
		if err := j.checkStored(name); err != nil {
			return err
		}
	}
	top, err := j.list(j.host())
	if err != nil {
		return err
	}
	for name, stored := range j.stored {
		if top[name] != stored.Size {
			return corrupt(name, "the host lists another size")
		}
	}
	for prefix := range prefixes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := j.checkPrefix(byte(prefix)); err != nil {
			return err
		}
	}
	if j.faults.FailClosingCheck {
		return corrupt("Manifest.db", "a fault that was asked for")
	}
	return nil
}

// checkStored reads one file again.
func (j *job) checkStored(name string) error {
	found, code, err := j.readBack(name)
	if err != nil {
		return err
	}
	if code != 0 {
		return reading(code, j.host(name))
	}
	if !found.same(j.stored[name]) {
		return corrupt(name, "it is not what was sent")
	}
	return nil
}

// checkPrefix compares one folder with what must be in it.
func (j *job) checkPrefix(prefix byte) error {
	name := prefixName(prefix)
	if j.faults.FewFolders {
		any := false
		err := j.final.each(prefix, func(r record) error {
			any = any || r.stored != noContent
			return nil
		})
		if err != nil || !any {
			return err
		}
	}
	found, err := j.list(j.host(name))
	if err != nil {
		return err
	}
	return j.final.each(prefix, func(r record) error {
		if r.stored == noContent {
			return nil
		}
		id := r.key.String()
		size, there := found[id]
		switch {
		case !there:
			return corrupt(name+"/"+id, "Manifest references files not in backup")
		case size != r.stored:
			return corrupt(name+"/"+id, fmt.Sprintf("the host lists %d bytes of %d", size, r.stored))
		}
		return nil
	})
}

// list asks for one folder: sizes by name, -1 for what is no file.
func (j *job) list(path string) (map[string]int64, error) {
	p := j.progress(messageWork)
	a, err := j.link.step(path, p, "DLContentsOfDirectory", path)
	if err != nil {
		return nil, err
	}
	if a.code != 0 {
		return nil, reading(a.code, path)
	}
	return parseListing(a.object), nil
}

// parseListing reads the answer to DLContentsOfDirectory.
func parseListing(object any) map[string]int64 {
	entries, _ := object.(map[string]any)
	sizes := make(map[string]int64, len(entries))
	for name, value := range entries {
		detail, _ := value.(map[string]any)
		size, ok := integer(detail["DLFileSize"])
		if !ok || detail["DLFileType"] != "DLFileTypeRegular" {
			size = -1
		}
		sizes[name] = size
	}
	return sizes
}

func corrupt(name, why string) error {
	return &refusal{code: mbCorrupt, text: fmt.Sprintf("%s: %s", name, why)}
}

// summer hashes and counts what is written to it.
type summer struct {
	hash hash.Hash
	size int64
}

// Write implements io.Writer.
func (s *summer) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	return s.hash.Write(p)
}

// limitedBuffer takes a small file and refuses a large one.
type limitedBuffer struct{ bytes.Buffer }

// Write implements io.Writer.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxSmallFile {
		return 0, fmt.Errorf("%w: a file of more than %d bytes", errProtocol, maxSmallFile)
	}
	return b.Buffer.Write(p)
}
