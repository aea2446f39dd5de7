package mobilebackup2

import (
	"math"

	"lifeboat/backup/devicelink"
)

// reserve is how much more than it lacks a phone asks the host to free
// (device/PROTOCOL.md#space), in bytes.
const reserve = 2 << 30

// purgeRefusal is the text to the phone that nothing can be freed.
const purgeRefusal = "DLPurgeDiskSpace failed to purge"

// freeDiskSpace answers with the free room of the disk that the backup goes to: [].
func freeDiskSpace(h *Host, _ devicelink.Message) reply {
	free, err := h.Space()
	if err != nil {
		h.Log.Warn("cannot measure free space", "err", err)
		return answer(devicelink.Failed)
	}
	return reply{object: int64(min(free, math.MaxInt64))}
}

// purgeDiskSpace says that nothing can be freed: [amount, urgency]. The
// phone then ends with its code 105; what it lacks is kept for the message
// to the user.
func purgeDiskSpace(h *Host, m devicelink.Message) reply {
	amount, ok := m.Int(0)
	free, err := h.Space()
	if ok && err == nil && amount > 0 {
		have := int64(min(free, math.MaxInt64/2))
		h.shortage = &Shortage{Need: have + max(min(amount, math.MaxInt64/2)-reserve, 0), Have: have}
	}
	return reply{status: devicelink.Failed, text: purgeRefusal, object: int64(0)}
}
