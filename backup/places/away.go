package places

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// drives is what can be asked about the drives of this computer; a test has others.
type drives struct {
	mounted func(drive string) bool
	serial  func(drive string) (number uint32, ok bool)
	// letters are the drives of this computer that have one.
	letters func() []string
	exists  func(path string) bool
	// mountRoot is where the system mounts drives, and where a folder that is on no
	// drive is what a drive left that was pulled; "" if there is none.
	mountRoot string
}

var thisComputer = drives{mounted: mounted, serial: serialOf, letters: letters, exists: exists, mountRoot: mountRoot()}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// mountRoot is [drives.mountRoot]: macOS makes a folder for each drive in /Volumes, which only its
// administrators may write to otherwise. Such a folder can outlive its drive,
// and then lies on the system's own disk. Elsewhere people mount drives where
// they like, and keep folders beside them.
func mountRoot() string {
	if runtime.GOOS == "darwin" {
		return "/Volumes"
	}
	return ""
}

// connected reports whether a place's own drive is there: that another drive has
// its letter now is not it.
func (d drives) connected(p Place) bool {
	if p.Drive == "" {
		return true
	}
	if !d.mounted(p.Drive) {
		return false
	}
	number, ok := d.serial(p.Drive)
	return p.Serial == 0 || !ok || number == p.Serial
}

// moved is where a place is now, if its drive has another letter; "" if it is
// not to be found.
func (d drives) moved(p Place) string {
	below, ok := strings.CutPrefix(p.Root, p.Drive)
	if p.Serial == 0 || !ok {
		return ""
	}
	for _, drive := range d.letters() {
		if number, ok := d.serial(drive); ok && number == p.Serial && d.exists(drive+below) {
			return drive + below
		}
	}
	return ""
}

// offline is the error of a place that is not there.
func (d drives) offline(p Place, err error) error {
	offline := fault.New(fault.DestOffline, "look for the place of the backups", err).
		With("Path", p.Root).With("LastSeen", words.Date(p.LastSeen))
	if d.connected(p) {
		return offline
	}
	offline.With("Drive", plainName(p.Volume, p.Drive))
	if now := d.moved(p); now != "" {
		offline.With("Now", plainName(now))
	}
	return offline
}

// Away looks whether root, a folder that is there, is no more than what its
// drive left when it was pulled: an empty folder on the system's own disk, where a
// backup would fill what it was not meant for. That is [fault.DestOffline], or
// [fault.DestMissing] if the place was never seen. A folder with backups of
// ours in it is somebody's decision, wherever it lies.
func (b Registry) Away(root string) error { return b.away(thisComputer, root) }

// Find reports whether a place is here now, and if it is not, where it is instead: ""
// if that is not known. A drive that hangs makes it hang.
func (b Registry) Find(p Place) (here bool, now string) { return b.find(thisComputer, p) }

func (b Registry) find(d drives, p Place) (here bool, now string) {
	if d.connected(p) && d.exists(p.Root) && b.away(d, p.Root) == nil {
		return true, ""
	}
	return false, d.moved(p)
}

func (b Registry) away(d drives, root string) error {
	known, ok, err := b.Recall(root)
	if err != nil {
		return nil // the registry is a help, and no condition
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	if !d.exists(root) || d.exists(filepath.Join(root, ".lifeboat")) {
		return nil
	}
	// A number that changed is no reason: a drive that was formatted again has another.
	if ok && known.Drive != "" && !d.mounted(known.Drive) {
		return d.offline(known, nil)
	}
	if drive := d.driveFolder(root); drive != "" && !d.mounted(drive) {
		missing := fault.New(fault.DestMissing, "look for the place of the backups", nil).With("Path", root)
		if ok {
			return d.offline(known, missing)
		}
		return missing
	}
	return nil
}

// driveFolder is the folder, in mountRoot, of the drive that path lies on; "" if it lies elsewhere.
func (d drives) driveFolder(path string) string {
	below, ok := strings.CutPrefix(path, d.mountRoot+"/")
	if d.mountRoot == "" || !ok {
		return ""
	}
	name, _, _ := strings.Cut(below, "/")
	return d.mountRoot + "/" + name
}
