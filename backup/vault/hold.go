package vault

import (
	"log/slog"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// Held is a version that is looked at. With Take its place is held, too, so that
// nobody moves the files meanwhile. It is for one goroutine.
type Held struct {
	// View is nil before Look or Take.
	View *View
	// Vault is nil where the place is not held: before Take, and where nothing can be
	// written or no vault manages the backup.
	Vault *Vault

	fs         afero.Fs
	root, udid string
	number     int
	log        *slog.Logger
}

// Hold prepares to look at a version; 0 is the current one. The caller must Close it.
func Hold(fsys afero.Fs, root, udid string, number int, log *slog.Logger) *Held {
	return &Held{fs: fsys, root: root, udid: udid, number: number, log: log}
}

// Look opens the view, or opens it anew. Its errors are those of [OpenView].
func (h *Held) Look() (err error) {
	h.closeView()
	h.View, err = OpenView(h.fs, h.root, h.udid, h.number)
	return err
}

// Take looks, and holds the place, if it can be written to. Another writer is
// [fault.DestBusy].
func (h *Held) Take() (err error) {
	if err := h.Look(); err != nil || !h.View.Managed() {
		return err
	}
	h.Vault, err = Open(h.fs, h.root, h.udid, h.log)
	switch fault.Of(err) {
	case "":
	case fault.DestNotAllowed, fault.DestGuarded, fault.DestFull:
		h.log.Warn("nothing can be written here: the result is not noted", "err", err)
	default:
		return err
	}
	if h.Vault != nil && h.View.Overwritten() {
		if err := h.Vault.Adopt(); err != nil {
			return err
		}
	}
	return h.Look() // what was interrupted is put in order by now
}

// Known reports whether what is remembered of the version holds: a vault manages it,
// and no other program has written over it.
func (h *Held) Known() bool { return h.View.Managed() && !h.View.Foreign() }

func (h *Held) closeView() {
	if h.View != nil {
		h.View.Close()
		h.View = nil
	}
}

// Close gives the place back.
func (h *Held) Close() {
	h.closeView()
	if h.Vault != nil {
		if err := h.Vault.Close(); err != nil {
			h.log.Warn("closing the place of the backups", "err", err)
		}
	}
}
