package mobilebackup2

import (
	"lifeboat/backup/devicelink"
	"lifeboat/backup/keybag"
)

// Restore asks the phone udid to take a backup, as Apple's programs do it. Serve must
// follow, with a Host that is ReadOnly and has source for its UDID: the phone asks for
// the backup's files below that name. password opens the backup; empty for one that is
// not encrypted. It goes to the phone as it is: see [keybag.Password.EachSpelling].
func (s *Session) Restore(udid, source string, password keybag.Password) error {
	// All switches are sent, each by name, since what an absent one means differs
	// (device/PROTOCOL.md#request-of-a-restore).
	switches := map[string]any{
		// These two decide whose settings the phone has afterwards. A restore without
		// the one and with the other leaves a phone that greets its owner and has nothing.
		"RestoreSystemFiles":      true,
		"RestorePreserveSettings": false,
		// The phone restarts once all is there, which puts it in place.
		"RestoreShouldReboot": true,
		// The host need not copy the backup first.
		"RestoreDontCopyBackup": true,
		// What the backup lacks is taken away, and the apps are downloaded that it lists.
		"RemoveItemsNotRestored": true,
	}
	if !password.Empty() {
		switches["Password"] = password.Reveal()
	}
	return s.dl.Process(map[string]any{
		"MessageName": "Restore", "TargetIdentifier": udid, "SourceIdentifier": source, "Options": switches,
	})
}

// readOnlyHandlers are the operations that would change a folder, where that
// is a backup which is only read.
//
// No phone is known to ask for any of these in a restore that leaves the copy
// out. Bookkeeping goes nowhere and is answered as idevicebackup2 answers it, so
// that a phone which has been erased already does not end its restore over it.
// What the phone would read again from its new place is refused: a success that
// is none would end in "Manifest references files not in backup".
var readOnlyHandlers = map[string]handler{
	"DLMessageCreateDirectory": local(readOnlyNothing),
	"DLMessageUploadFiles":     readOnlyUpload,
	"DLMessageMoveItems":       local(readOnlyRefusal),
	"DLMessageMoveFiles":       local(readOnlyRefusal),
	"DLMessageRemoveItems":     local(readOnlyNothing),
	"DLMessageRemoveFiles":     local(readOnlyNothing),
	"DLMessageRemoveDirectory": local(readOnlyNothing),
	"DLMessageCopyItem":        local(readOnlyRefusal),
	// Phones copy the backup, where they were not forbidden to, if there is room.
	"DLMessageGetFreeDiskSpace": local(func(*Host, devicelink.Message) reply { return reply{object: int64(0)} }),
	"DLMessagePurgeDiskSpace": local(func(*Host, devicelink.Message) reply {
		return reply{status: devicelink.Failed, text: purgeRefusal, object: int64(0)}
	}),
}

func readOnlyNothing(h *Host, m devicelink.Message) reply {
	h.Log.Warn("the phone wants the backup changed: not done", "message", m.Name)
	h.percent(m.Percent(1))
	return reply{}
}

func readOnlyRefusal(h *Host, m devicelink.Message) reply {
	h.Log.Warn("the phone wants the backup changed: refused", "message", m.Name)
	return answer(devicelink.Failed)
}

// readOnlyUpload reads files to their end and keeps none.
func readOnlyUpload(h *Host, dl *devicelink.Conn, m devicelink.Message) (reply, error) {
	h.Log.Warn("the phone wants the backup changed: not done", "message", m.Name)
	err := eachUpload(dl, drain)
	h.percent(m.Percent(0))
	return reply{}, err
}
