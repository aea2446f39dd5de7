package torture

import (
	"iter"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"testing"
	"time"
)

// span is how long samples are drawn, each time others: LIFEBOAT_TORTURE=60m.
// Without it one is drawn. long reports whether all is to be tried instead of
// samples: LIFEBOAT_TORTURE is set, and no time.
var (
	span, noTime = time.ParseDuration(os.Getenv("LIFEBOAT_TORTURE"))
	long         = os.Getenv("LIFEBOAT_TORTURE") != "" && noTime != nil
)

// TestMain spares the collector most of its work: of what disks in memory throw
// away there is much, and little that stays.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

// beside runs a test beside others, unless they share a span of time.
func beside(t *testing.T) {
	if span == 0 {
		t.Parallel()
	}
}

// rounds counts the samples that a test draws: one, or those for which its
// share of the span, which is all of it at 1, has time.
func rounds(share float64) iter.Seq[int] {
	return func(yield func(int) bool) {
		end := time.Now().Add(time.Duration(share * float64(span)))
		for n := 0; n == 0 || time.Now().Before(end); n++ {
			if !yield(n) {
				return
			}
		}
	}
}

// pick is one of three numbers: for the long form, for the short one, and for
// the short one with the race detector, which takes ten times as long.
func pick(all, some, few int) int {
	switch {
	case long:
		return all
	case testing.Short():
		return few
	}
	return some
}

// seed is printed by each test that draws.
func seed(t testing.TB) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv("LIFEBOAT_SEED"), 10, 64)
	if err != nil {
		n = rand.Uint64N(1e9)
	}
	t.Logf("LIFEBOAT_SEED=%d", n)
	return n
}

// moments are the operations before which an accident happens: in the short
// form some, and more of those around the change-over.
func moments(random *rand.Rand, n, said int) (all []int) {
	if long {
		for k := range n + 1 {
			all = append(all, k)
		}
		return all
	}
	for range pick(0, 6, 1) {
		all = append(all, random.IntN(n+1))
	}
	for range pick(0, 10, 2) {
		all = append(all, min(n, n/2+random.IntN(n/2+1)))
	}
	return append(all, said, n)
}

// turns are most of the numbers from 1 to n, in the short form one now and then.
func turns(random *rand.Rand, n, most int) (all []int) {
	if !long {
		if n == 0 || random.IntN(pick(1, 5, 25)) > 0 {
			return nil
		}
		return []int{1 + random.IntN(n)}
	}
	step := max(1, n/most)
	for i := 1 + random.IntN(step); i <= n; i += step {
		all = append(all, i)
	}
	return all
}
