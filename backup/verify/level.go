package verify

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Depth says how much of a backup is read.
type Depth string

// The depths, from fast to thorough.
const (
	// Quick reads lists only: every file that should be there is, with the
	// right size.
	Quick Depth = "quick"
	// Sample also reads a share of the contents, another one each time.
	Sample Depth = "sample"
	// Full also reads every content, and all of Manifest.db.
	Full Depth = "full"
)

// Level is how thoroughly a backup is proven. The zero Level is that of
// depth Full.
type Level struct {
	Depth Depth
	// Percent is the share of the files that a sample reads: more than 0, at
	// most 100. It is 0 at other depths.
	Percent float64
}

// everything is the level of those who do not say another.
var everything = Level{Depth: Full}

var errLevel = errors.New("a level is quick, sample=N% or full")

// ParseLevel reads "quick", "sample=5%" or "full".
func ParseLevel(s string) (Level, error) {
	switch Depth(s) {
	case Quick, Full:
		return Level{Depth: Depth(s)}, nil
	}
	number, ok := strings.CutPrefix(s, string(Sample)+"=")
	number, percent := strings.CutSuffix(number, "%")
	share, err := strconv.ParseFloat(number, 64)
	l := Level{Depth: Sample, Percent: share}
	if !ok || !percent || err != nil || !l.valid() {
		return Level{}, fmt.Errorf("%w, not %q", errLevel, s)
	}
	return l, nil
}

// String gives the form that [ParseLevel] reads.
func (l Level) String() string {
	if l.Depth == Sample {
		return fmt.Sprintf("%s=%s%%", Sample, strconv.FormatFloat(l.Percent, 'f', -1, 64))
	}
	return string(l.Depth)
}

func (l Level) valid() bool {
	switch l.Depth {
	case Quick, Full:
		return true
	case Sample:
		return l.Percent > 0 && l.Percent <= 100 && !math.IsNaN(l.Percent)
	}
	return false
}
