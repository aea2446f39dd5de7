package host

import (
	"testing"

	"lifeboat/checks"
)

// /proc takes no file, not even from root.
func TestGatherUnwritable(t *testing.T) {
	h := Gather(t.Context(), "/proc")
	if writable, ok := h.Writable.Known(); !ok || writable {
		t.Errorf("writable = %+v", h.Writable)
	}
	if kind, _ := h.Kind.Known(); kind != checks.DestinationFolder {
		t.Errorf("kind = %+v", h.Kind)
	}
}
