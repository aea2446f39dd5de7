package services

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// Status numbers of AFC.
const (
	afcOK          = 0
	afcUnknown     = 1
	afcBadArgument = 7
	afcNotFound    = 8
	afcIsDir       = 9
	afcDenied      = 10
	afcUnsupported = 15
	afcExists      = 16
	afcNoSpace     = 18
	afcWouldBlock  = 19
	afcNotEmpty    = 33
)

// AFC is com.apple.afc: the media folder of the phone, and the locks by
// which computers keep out of each other's way.
type AFC struct {
	root  *os.Root
	info  DeviceInfo
	locks *lockTable
}

// DeviceInfo is what AFC says about the phone. Sizes are bytes.
type DeviceInfo struct {
	Model       string
	Total, Free int64
}

// NewAFC serves the folder dir, which it makes and furnishes as on a new
// phone. busyFor is how long another computer holds every lock from the
// first try on.
func NewAFC(dir string, info DeviceInfo, busyFor time.Duration, now func() time.Time) (*AFC, error) {
	for _, name := range []string{"Books", "DCIM/100APPLE", "Downloads", "PhotoData", "iTunes_Control/iTunes"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	for name, content := range newPhoneFiles {
		if _, err := root.Stat(name); err == nil {
			continue
		}
		if err := root.WriteFile(name, []byte(content), 0o600); err != nil {
			root.Close()
			return nil, err
		}
	}
	return &AFC{root: root, info: info, locks: newLockTable(busyFor, now)}, nil
}

// newPhoneFiles are some of those that a computer copies into Info.plist.
var newPhoneFiles = map[string]string{
	"Books/iBooksData2.plist":                 plistHead + "<dict><key>Books</key><array/></dict></plist>\n",
	"iTunes_Control/iTunes/iTunesPrefs":       "frpd\x01\x0e\x01\x00\x00\x00\x00\x00\x00\x00",
	"iTunes_Control/iTunes/iTunesPrefs.plist": plistHead + "<dict><key>iPodPrefs</key><data>ZnJwZA==</data></dict></plist>\n",
}

const plistHead = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">`

// Close releases the folder.
func (a *AFC) Close() error { return a.root.Close() }

// afcSession is one connection with its open files.
type afcSession struct {
	*AFC
	handles map[uint64]*afcHandle
	last    uint64
}

// afcAnswer is a reply before it has its packet number. The zero value says
// that all went well.
type afcAnswer struct {
	op           uint64
	fields, data []byte
}

// afcOperations is what this phone can do.
var afcOperations = map[uint64]func(*afcSession, afcPacket, io.Reader) (afcAnswer, error){
	afcReadDir:    (*afcSession).readDir,
	afcRemove:     (*afcSession).remove,
	afcRemoveAll:  (*afcSession).removeAll,
	afcMakeDir:    (*afcSession).makeDir,
	afcRename:     (*afcSession).rename,
	afcStat:       (*afcSession).stat,
	afcDeviceInfo: (*afcSession).deviceInfo,
	afcOpen:       (*afcSession).open,
	afcRead:       (*afcSession).read,
	afcWrite:      (*afcSession).write,
	afcSeek:       (*afcSession).seek,
	afcTell:       (*afcSession).tell,
	afcTruncate:   (*afcSession).truncate,
	afcLock:       (*afcSession).lock,
	afcClose:      (*afcSession).close,
}

// Serve runs one connection.
func (a *AFC) Serve(_ context.Context, conn net.Conn) error {
	s := &afcSession{AFC: a, handles: map[uint64]*afcHandle{}}
	defer s.closeAll()
	for {
		p, err := readAFC(conn)
		if err != nil {
			return err
		}
		payload := &io.LimitedReader{R: conn, N: p.payload}
		operation, ok := afcOperations[p.op]
		if !ok {
			operation = unsupported
		}
		answer, err := operation(s, p, payload)
		if _, broken := io.Copy(io.Discard, payload); broken != nil {
			return broken
		}
		if payload.N > 0 {
			return io.ErrUnexpectedEOF
		}
		if err != nil || answer.op == 0 {
			answer = afcAnswer{op: afcStatus, fields: word(statusOf(err))}
		}
		if err := writeAFC(conn, p.number, answer.op, answer.fields, answer.data); err != nil {
			return err
		}
	}
}

func unsupported(*afcSession, afcPacket, io.Reader) (afcAnswer, error) {
	return afcAnswer{}, statusError(afcUnsupported)
}

// statusError is a failure that has its own AFC number.
type statusError uint64

func (e statusError) Error() string { return fmt.Sprintf("AFC status %d", uint64(e)) }

// status is the number of a file system error.
type status struct {
	err    error
	number uint64
}

// statuses are those of all systems, after those of this one; the first that
// fits counts.
var statuses = []status{
	{syscall.ENOTEMPTY, afcNotEmpty}, // before ErrExist, which it also is
	{syscall.ENOTDIR, afcNotFound},
	{syscall.ENAMETOOLONG, afcBadArgument},
	{syscall.EISDIR, afcIsDir},
	{syscall.ENOSPC, afcNoSpace},
	{fs.ErrNotExist, afcNotFound},
	{fs.ErrExist, afcExists},
	{fs.ErrPermission, afcDenied},
}

func statusOf(err error) uint64 {
	if err == nil {
		return afcOK
	}
	var own statusError
	if errors.As(err, &own) {
		return uint64(own)
	}
	for _, s := range slices.Concat(ownStatuses, statuses) {
		if errors.Is(err, s.err) {
			return s.number
		}
	}
	return afcUnknown
}
