//go:build linux || darwin

package disk

import (
	"math"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// df is the outside evidence: POSIX fixes its fourth column as the room that
// is left to the user, in units of 1024 bytes.
func TestFreeAgreesWithDf(t *testing.T) {
	dir := t.TempDir()
	out, err := exec.Command("df", "-Pk", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	columns := strings.Fields(lines[len(lines)-1])
	want, err := strconv.ParseUint(columns[3], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Free(dir)
	if err != nil {
		t.Fatal(err)
	}
	const slack = 2 << 20 // KiB: other programs write between the two measurements
	if got /= 1024; max(got, want)-min(got, want) > slack {
		t.Errorf("Free = %d KiB, df says %d KiB", got, want)
	}
}

func TestProductDoesNotWrap(t *testing.T) {
	for _, tc := range []struct{ blocks, size, want uint64 }{
		{0, 4096, 0},
		{10, 4096, 40960},
		{math.MaxUint64, 4096, math.MaxUint64},
		{1 << 60, 1 << 12, math.MaxUint64},
	} {
		if got := product(tc.blocks, tc.size); got != tc.want {
			t.Errorf("product(%d, %d) = %d, want %d", tc.blocks, tc.size, got, tc.want)
		}
	}
}
