package mobilebackup2

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"
)

// batch is an upload of four pieces, whatever was announced.
func batch(path string) []byte {
	piece := unit(0x0c, strings.Repeat("x", 256<<10))
	return slices.Concat(unit("/.ba/mobile/f"), unit(path), piece, piece, piece, piece, unit(0), unit())
}

// TestProgressOfPhones: messages have the layout of recorded phones (an
// options dictionary and one percentage, which holds after the message) or the
// older one with two percentages. Both move the figure along, also within each
// batch from the second on, and the number in the options goes nowhere.
func TestProgressOfPhones(t *testing.T) {
	const u = udid + "/"
	const piece = 256 << 10
	none := map[string]any{}
	const address = int64(0x7e5a_4955_8067_0499)
	callbacks := map[string]any{"DLDeviceIOCallbacks": address}
	upload := func(args ...any) []byte {
		return slices.Concat(message(t, append([]any{"DLMessageUploadFiles"}, args...)...), batch(u+"Snapshot/00/"+fileID))
	}
	for name, tc := range map[string]struct {
		in   [][]byte
		want []float64
	}{
		"batches": {
			[][]byte{upload(callbacks, 40.0, 4*piece), upload(callbacks, 80.0, 4*piece)},
			[]float64{10, 20, 30, 40, 40, 50, 60, 70, 80, 80},
		},
		"the older layout": {
			[][]byte{upload(0.0, 40.0, 4*piece), upload(40.0, 80.0, 4*piece)},
			[]float64{10, 20, 30, 40, 40, 50, 60, 70, 80, 80},
		},
		"every message": {
			[][]byte{
				message(t, "DLMessageCreateDirectory", u+"d", none, 1.0),
				message(t, "DLMessageCopyItem", u+"d", u+"e", none, 2.0),
				message(t, "DLMessageCopyItem", u+"d", u+"f", 3.0),
				message(t, "DLMessageMoveItems", map[string]any{u + "d": u + "g"}, none, 4.0),
				message(t, "DLMessageRemoveItems", []any{u + "g"}, none, 5.0),
				message(t, "DLContentsOfDirectory", udid, none, 6.0),
				message(t, "DLMessageDownloadFiles", []any{u + "none"}, none, 7, 0),
				upload(callbacks, 8.0, 0),
			},
			[]float64{1, 2, 3, 4, 5, 6, 7, 8},
		},
		"more than announced": {
			[][]byte{upload(callbacks, 40.0, 2*piece)},
			[]float64{20, 40, 40},
		},
		"a figure that falls": {
			[][]byte{upload(callbacks, 80.0, 0), upload(callbacks, 60.0, 4*piece), upload(none, 80.0, 2*piece)},
			[]float64{80, 60, 70, 80, 80},
		},
		"no figure": {
			[][]byte{
				upload(callbacks, "much", 4*piece), upload(callbacks), upload(), upload(callbacks, -1.0, 5), upload(callbacks, 1e300, 5),
				message(t, "DLMessageCopyItem", u+"Snapshot", u+"e"), message(t, "DLMessageRemoveItems", []any{u + "e"}, none, none),
			}, nil,
		},
	} {
		var log bytes.Buffer
		var got []float64
		h := newHost(afero.NewMemMapFs(), root)
		h.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		h.OnPercent = func(p float64) { got = append(got, p) }
		play(t, h, tc.in...)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
		if strings.Contains(log.String(), fmt.Sprint(address)) {
			t.Errorf("%s: the log holds the phone's address: %s", name, log.String())
		}
	}
}

// TestFileSentTwice: the second content of a file stands, and counts as one.
func TestFileSentTwice(t *testing.T) {
	const path = udid + "/Snapshot/3d/" + fileID
	fsys := afero.NewMemMapFs()
	h := newHost(fsys, root)
	count := 0
	h.OnFile = func() { count++ }
	for _, content := range []string{"the first, longer", "the second"} {
		play(t, h, message(t, "DLMessageUploadFiles", map[string]any{}, 50.0, 10), unit("/.ba/f"), unit(path), unit(0x0c, content), unit(0), unit())
	}
	if got := files(t, fsys, root)[path]; got != "the second" || count != 1 {
		t.Errorf("%q, %d files", got, count)
	}
}
