package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// repairingName is a copy that is being made. What lies there after a crash is
// of no use.
const repairingName = "mending"

// Repair makes contents of a version intact again that a proof found missing or
// changed, and returns which of them are intact now.
//
// For each it looks in all places where a file of that ID lies for one with
// the digest that the catalogue remembers, and puts a copy of that where the
// version, and all others that share the content, find it. A file that is
// intact is not touched, whatever ids says. A content whose digest is not
// known cannot be repaired, nor can the files beside the contents.
func (v *Vault) Repair(ctx context.Context, number int, ids []catalog.ID) (intact []catalog.ID, err error) {
	const op = "repair the backup"
	h, err := v.fileHistory(v.versions)
	if err != nil {
		return nil, err
	}
	defer h.close()
	at := indexOf(v.versions, number)
	if at < 0 {
		return nil, fault.New(fault.VersionUnknown, op, nil).With("Version", number)
	}
	if err := v.lock.check(); err != nil {
		return nil, err
	}
	m := repairer{vault: v, history: h, mover: mover{place: &v.place, touched: map[string]bool{}}}
	for _, id := range ids {
		repaired, err := m.repair(ctx, id, at)
		if err != nil {
			err = errors.Join(err, m.settle())
			if ctx.Err() != nil {
				return intact, fault.New(fault.Cancelled, op, ctx.Err())
			}
			return intact, disk.Fault(op, v.root, err)
		}
		if repaired {
			intact = append(intact, id)
		}
	}
	return intact, disk.Fault(op, v.root, m.settle())
}

type repairer struct {
	mover
	vault   *Vault
	history *fileHistory
}

// repair makes one content of the version at a place in the list intact.
func (m *repairer) repair(ctx context.Context, id catalog.ID, at int) (bool, error) {
	lives, err := m.history.revisions(id)
	if err != nil {
		return false, err
	}
	own, has := within(lives, at)
	if !has || own.entry.Digest.IsZero() {
		return false, nil
	}
	// Beyond the last version that has this content lies another one of the
	// same name, which is intact and must stay.
	rel := blobName(id)
	target, err := m.history.find(rel, at, own.to)
	if err != nil {
		return false, err
	}
	if target == "" {
		target = join(m.history.dir(own.to), rel)
	} else if intact, err := m.place.holds(ctx, target, own.entry); intact || err != nil {
		return intact, err
	}
	for i := range m.history.versions {
		from := join(m.history.dir(i), rel)
		if from == target {
			continue
		}
		if done, err := m.replace(ctx, target, from, own.entry); done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// replace puts a copy of from at target, if it is what the entry says.
func (m *repairer) replace(ctx context.Context, target, from string, e catalog.Entry) (bool, error) {
	p := m.place
	info, err := p.lstat(from)
	if err != nil || !info.Mode().IsRegular() || info.Size() != e.Size {
		return false, nil // not there, or of no use
	}
	in, err := p.fs.Open(from)
	if err != nil {
		return false, nil
	}
	defer in.Close()
	fresh := p.own(repairingName)
	same, err := p.copy(ctx, fresh, in, e)
	if err != nil || !same {
		return false, errors.Join(err, p.remove(fresh))
	}
	if info, err := p.lstat(target); err == nil && info.IsDir() {
		if err := m.vault.discard(target); err != nil {
			return false, err
		}
	}
	m.touch(target)
	return true, p.move(fresh, target)
}

// copy writes a durable copy, and reports whether it is what the entry says. An
// error in reading says that it is not.
func (p *place) copy(ctx context.Context, to string, in io.Reader, e catalog.Entry) (same bool, err error) {
	if err := p.remove(to); err != nil {
		return false, err
	}
	out, err := p.fs.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	tee := &teeReader{in: in, out: out}
	_, sum, err := catalog.DigestOf(ctx, tee)
	switch {
	case tee.failed != nil:
		err = fmt.Errorf("copy %s: %w", e.ID, tee.failed)
	case ctx.Err() != nil:
		err = ctx.Err()
	case err != nil:
		return false, out.Close()
	case sum == e.Digest:
		same, err = true, disk.SyncFile(out)
	}
	return same && err == nil, errors.Join(err, out.Close())
}

// teeReader writes what is read, and keeps the two kinds of errors apart.
type teeReader struct {
	in     io.Reader
	out    io.Writer
	failed error // of out
}

func (t *teeReader) Read(b []byte) (int, error) {
	n, err := t.in.Read(b)
	if n > 0 {
		if _, t.failed = t.out.Write(b[:n]); t.failed != nil {
			return n, t.failed
		}
	}
	return n, err
}

func (p *place) remove(name string) error {
	if err := p.fs.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// FindIntact says for contents of the version in which other version each can
// still be had: the newest whose own content of that file is there and has the
// digest that is remembered of it. Those that are intact in none are left out.
func (w *View) FindIntact(ctx context.Context, ids []catalog.ID) (map[catalog.ID]Version, error) {
	all := map[catalog.ID]Version{}
	if !w.Managed() {
		return all, nil
	}
	h, err := w.place.fileHistory(w.versions)
	if err != nil {
		return nil, err
	}
	defer h.close()
	at := indexOf(w.versions, w.version.Number)
	for _, id := range ids {
		newest, found, err := h.findIntact(ctx, id, at)
		if err != nil {
			return nil, disk.Fault("look for intact files", w.place.root, err)
		}
		if found {
			all[id] = newest
		}
	}
	return all, nil
}

func (h *fileHistory) findIntact(ctx context.Context, id catalog.ID, but int) (newest Version, found bool, err error) {
	lives, err := h.revisions(id)
	if err != nil {
		return Version{}, false, err
	}
	for i := len(lives) - 1; i >= 0; i-- {
		l := lives[i]
		if l.from <= but && but <= l.to || l.entry.Digest.IsZero() {
			continue
		}
		name, err := h.find(blobName(id), l.to, len(h.versions)-1)
		if err != nil {
			return Version{}, false, err
		}
		if intact, err := h.place.holds(ctx, name, l.entry); intact || err != nil {
			return h.versions[l.to], intact, err
		}
	}
	return Version{}, false, nil
}
