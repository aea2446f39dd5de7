package vault

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

const (
	// beat is how often a holder says that it is still at work.
	beat = 20 * time.Second
	// lease is how long a holder that is not seen by the system counts as
	// alive after it was last heard.
	lease = 2 * time.Minute
	// lockTries bounds the races with runs that end just now.
	lockTries = 100
)

// lock keeps two runs, of one program or two, on one computer or two, off
// the same backup. Its file names the holder.
//
// Where the system has locks, the system drops it when the program dies.
// Some network shares have none, or none that another computer would see;
// there the holder refreshes its file, and one that is not refreshed any more
// is nobody's.
type lock struct {
	system lockSystem
	path   string
	file   *os.File
	holder holder
	// nameless: the disk was too full to write down the holder.
	nameless bool
	stop     chan struct{}
	beats    sync.WaitGroup
}

// lockSystem is what a lock needs of its computer.
type lockSystem struct {
	flock func(*os.File) (got bool, err error) // errors.ErrUnsupported where there is none
	alive func(pid int) bool
	host  string
	beat  time.Duration
}

// acquireLock takes the lock whose file is path, on a real disk; the folders
// above are made. Somebody else's is [fault.DestBusy], with the argument
// Holder where the file names one. The caller must release it.
func acquireLock(path string) (*lock, error) {
	host, _ := os.Hostname()
	return lockSystem{disk.TryLock, processLives, host, beat}.acquire(path)
}

func (s lockSystem) acquire(path string) (*lock, error) {
	const op = "lock the backup's place"
	var held error
	for range lockTries {
		l, err := s.attempt(path)
		if held = nil; leaving(err) {
			held = err
		}
		if held != nil || errors.Is(err, errAgain) || errors.Is(err, fs.ErrNotExist) {
			time.Sleep(time.Millisecond) // the run before is just clearing up
			continue
		}
		if err != nil {
			return nil, disk.Fault(op, path, err)
		}
		l.beats.Go(l.refresh)
		return l, nil
	}
	if held != nil {
		return nil, disk.Fault(op, path, held)
	}
	return nil, fault.New(fault.DestBusy, op, nil)
}

// errAgain: the file changed hands in the middle of an attempt.
var errAgain = errors.New("the lock changed hands")

func (s lockSystem) attempt(path string) (l *lock, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, created, err := openLock(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	got, err := s.flock(file)
	none := errors.Is(err, errors.ErrUnsupported)
	if err != nil && !none {
		return nil, err
	}
	before := readHolder(file)
	if !got && !none {
		return nil, busy(before, s.host)
	}
	if !created {
		// The system says that nobody of this computer holds it, if it can.
		dead := !s.fresh(file) || before.Host == s.host && (got || !s.alive(before.PID)) || got && before.Token == ""
		if !dead {
			return nil, busy(before, s.host)
		}
		if none {
			file.Close() // some disks move no file that is open
			return nil, removeStaleLock(path, before.Token)
		}
	}
	l = &lock{system: s, path: path, file: file, stop: make(chan struct{}), holder: newHolder(s.host)}
	switch err := l.holder.write(file); {
	case err == nil:
	case got && disk.Full(err): // who holds it cannot be said, but that it is held can be
		l.nameless = true
		file.Truncate(0)
	default:
		return nil, err
	}
	if !l.ours() {
		return nil, errAgain // the run before removed it between our open and our lock
	}
	return l, nil
}

// openLock opens the lock's file, and reports whether it made it.
func openLock(path string) (file *os.File, created bool, err error) {
	file, err = disk.OpenShared(path, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if !errors.Is(err, fs.ErrExist) {
		return file, err == nil, err
	}
	file, err = disk.OpenShared(path, os.O_RDWR)
	return file, false, err
}

// fresh reports whether the file was written lately by the clock that dates the
// files there, which on a network share is not this computer's.
func (s lockSystem) fresh(file *os.File) bool {
	info, err := file.Stat()
	if err != nil {
		return true
	}
	now := time.Now()
	if probe, err := os.CreateTemp(filepath.Dir(file.Name()), ".clock-*"); err == nil {
		if at, err := probe.Stat(); err == nil {
			now = at.ModTime()
		}
		probe.Close()
		os.Remove(probe.Name())
	}
	return now.Sub(info.ModTime()) < lease
}

// removeStaleLock takes the file of a dead holder away, unless it is another's by now.
func removeStaleLock(path, token string) error {
	grave := path + ".dead-" + rand.Text()
	if err := os.Rename(path, grave); err != nil {
		return err
	}
	if file, err := disk.OpenShared(grave, os.O_RDONLY); err == nil {
		found := readHolder(file).Token
		file.Close()
		if found != token {
			os.Rename(grave, path)
			return errAgain
		}
	}
	os.Remove(grave)
	return errAgain
}

// busy is the error of a lock that somebody else holds.
func busy(h holder, host string) error {
	e := fault.New(fault.DestBusy, "lock the backup's place", nil)
	if text, ok := h.words(host, time.Now()); ok {
		e.With("Holder", text)
	}
	return e
}

// ours reports whether the file at the lock's path is the one that this lock wrote.
func (l *lock) ours() bool {
	file, err := disk.OpenShared(l.path, os.O_RDONLY)
	if err != nil {
		return false
	}
	defer file.Close()
	if l.nameless {
		mine, err := l.file.Stat()
		there, thereErr := file.Stat()
		return err == nil && thereErr == nil && os.SameFile(mine, there)
	}
	return readHolder(file).Token == l.holder.Token
}

// check reports whether the lock is still held: a computer that slept for long
// may have lost it to another one. Losing it is [fault.DestBusy]. To be asked
// before a step that cannot be taken back.
func (l *lock) check() error {
	if l == nil || l.ours() {
		return nil
	}
	file, err := disk.OpenShared(l.path, os.O_RDONLY)
	if err != nil {
		return disk.Fault("look at the lock", l.path, err)
	}
	defer file.Close()
	return busy(readHolder(file), l.system.host)
}

// refresh says from time to time that the holder is alive.
func (l *lock) refresh() {
	ticker := time.NewTicker(l.system.beat)
	defer ticker.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-ticker.C:
			l.holder.write(l.file) // a drive that is gone is found by the run itself
		}
	}
}

// release removes the lock's file and gives the lock free, in this order: who
// opened the file before finds then that it is nobody's. A lock that was lost
// to another is left to it.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	close(l.stop)
	l.beats.Wait()
	if l.ours() {
		os.Remove(l.path)
	}
	return l.file.Close()
}
