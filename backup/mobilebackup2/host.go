package mobilebackup2

import (
	"errors"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/spf13/afero"

	"lifeboat/backup/devicelink"
	"lifeboat/backup/disk"
)

// Host carries out what the phone asks for, on one folder. All fields up to
// the callbacks must be set; the callbacks may be nil. They run on the
// goroutine of [Session.Serve] and must return at once.
type Host struct {
	// Fs ends at a folder and follows no link, as package rootfs has it.
	Fs afero.Fs
	// Root is the folder that the phone's paths are relative to. No other is
	// named.
	Root string
	// UDID is the phone's; its paths begin with it. In a restore it is the name
	// that the backup was given in the request.
	UDID string
	// ReadOnly is for a restore: Root is then the backup itself, of which the
	// phone reads, and whatever it asks for, Fs is not written to.
	ReadOnly bool
	// Space is called for the free bytes of the disk that Root is on; not with
	// ReadOnly.
	Space func() (uint64, error)
	Log   *slog.Logger

	// OnMessage is called with the name of each message.
	OnMessage func(name string)
	// OnPercent is called with how far the phone says to be, 0 to 100.
	OnPercent func(percent float64)
	// OnBytes is called with how many bytes of content were stored, and with
	// ReadOnly with how many of any file were sent.
	OnBytes func(n int)
	// OnFile is called with each file that is stored completely, with ReadOnly that
	// is sent, if it is content and not one of the phone's own lists.
	OnFile func()
	// OnSkipped is called with each file that the phone could not read.
	OnSkipped func(Skipped)

	trouble  error // the first error of this computer's disk
	skipped  []Skipped
	nSkipped int
	shortage *Shortage

	content bool    // some has come, whatever became of it
	at      float64 // the percentage that the last message held

	buffer []byte
}

// Skipped is a file that the phone could not read itself.
type Skipped struct {
	// Device is the file's name on the phone.
	Device string
	// Status and Text are the phone's reason.
	Status devicelink.Status
	Text   string
}

// maxSkipped bounds the list of skipped files; the rest are only counted.
const maxSkipped = 1000

// Shortage is what the phone says about room on this computer, in bytes.
type Shortage struct{ Need, Have int64 }

// Trouble returns the first error of this computer's disk, as a *fault.Error.
// After one the phone is answered with that error, and nothing more is written.
func (h *Host) Trouble() error { return h.trouble }

// Skipped returns the files that the phone could not read, and how many they
// are altogether.
func (h *Host) Skipped() ([]Skipped, int) { return h.skipped, h.nSkipped }

// Shortage returns what the phone said to need, nil if room was enough.
func (h *Host) Shortage() *Shortage { return h.shortage }

// reply is the answer to one message.
type reply struct {
	status devicelink.Status
	text   string
	object any
}

// handler carries out one message. Its error means that the connection is
// no longer needed; all else goes into the reply.
type handler func(h *Host, dl *devicelink.Conn, m devicelink.Message) (reply, error)

// handlers holds every operation of the phone, with the names of DeviceLink
// versions below 200 too. The arguments named at each are those that recorded
// phones sent: what it is about, an options dictionary, a percentage. A layout
// that nobody recorded has two percentages instead, which is understood too
// (device/PROTOCOL.md#operations-of-the-phone).
var handlers = map[string]handler{
	"DLMessageCreateDirectory":  local(createDirectory),
	"DLContentsOfDirectory":     local(contentsOfDirectory),
	"DLMessageUploadFiles":      uploadFiles,
	"DLMessageDownloadFiles":    downloadFiles,
	"DLMessageMoveItems":        local(moveItems),
	"DLMessageMoveFiles":        local(moveItems),
	"DLMessageRemoveItems":      local(removeItems),
	"DLMessageRemoveFiles":      local(removeItems),
	"DLMessageRemoveDirectory":  local(removeItems),
	"DLMessageCopyItem":         local(copyItem),
	"DLMessageGetFreeDiskSpace": local(freeDiskSpace),
	"DLMessagePurgeDiskSpace":   local(purgeDiskSpace),
	"DLMessageClearBackupData":  unknown,
	"DLMessageAcquireLock":      unknown,
	"DLMessageReleaseLock":      unknown,
}

// local makes a handler of a function that only works on the folder.
func local(do func(*Host, devicelink.Message) reply) handler {
	return func(h *Host, _ *devicelink.Conn, m devicelink.Message) (reply, error) { return do(h, m), nil }
}

// unknown lets the phone go on, or end in order.
func unknown(*Host, *devicelink.Conn, devicelink.Message) (reply, error) {
	return reply{status: devicelink.NotImplemented, text: devicelink.NotImplemented.Error()}, nil
}

func (h *Host) handle(dl *devicelink.Conn, m devicelink.Message) (reply, error) {
	do, ok := handlers[m.Name]
	if h != nil && h.ReadOnly {
		if instead, is := readOnlyHandlers[m.Name]; is {
			do = instead
		}
	}
	if !ok || h == nil {
		do = unknown
	}
	answer, err := do(h, dl, m)
	if h != nil && answer.status != devicelink.OK {
		h.Log.Debug("answered the phone", "message", m.Name, "status", int(answer.status), "text", answer.text)
	}
	return answer, err
}

// answer returns an error as a reply.
func answer(err error) reply {
	status := devicelink.StatusOf(err)
	if status == devicelink.OK {
		return reply{}
	}
	return reply{status: status, text: status.Error()}
}

// failed notes an error of this computer's disk, and returns it. Refusals of
// ours, a file that is absent or there already, and something of another kind
// that is in the way, are no trouble of the disk.
func (h *Host) failed(op, path string, err error) error {
	var refusal devicelink.Status
	if err == nil || errors.As(err, &refusal) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) || disk.Misplaced(err) {
		return err
	}
	if h.trouble == nil {
		h.trouble = disk.Fault(op, path, err)
		h.Log.Error("this computer's disk failed", "op", op, "err", err)
	}
	return err
}

// percent passes on the percentage that holds after a message. At or below
// zero it means that the phone does not know. It may fall: iOS 9 was seen to
// go back from 85 to 65 when it sent files again.
func (h *Host) percent(value float64, ok bool) {
	if ok && value > 0 && value <= 100 {
		h.at = value
		h.tellPercent(value)
	}
}

func (h *Host) tellPercent(value float64) {
	if h.OnPercent != nil {
		h.OnPercent(value)
	}
}

// isContent distinguishes the user's files from the phone's own lists, by where they go.
func isContent(path string) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	return len(name) == 40 && strings.Trim(name, "0123456789abcdef") == ""
}
