package backup

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgressPace: a million files do not make a million events, the last
// state is always reported, and rate and time left come out right.
func TestProgressPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported events
		p := startProgress(reported.add)
		p.phase(Receiving)
		// 20 seconds at 10 MB/s, half of the phone's way.
		for i := range 20_000 {
			p.heard(10_000, 1)
			p.percent(float64(i) / 20_000 * 50)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(tick)
		synctest.Wait()
		p.end()
		if n := len(reported.all); n < 190 || n > 210 {
			t.Errorf("%d events in 20 seconds", n)
		}
		last := reported.all[len(reported.all)-1]
		if last.Bytes != 200_000_000 || last.Files != 20_000 {
			t.Errorf("%+v", last)
		}
		if math.Abs(last.Rate-10e6) > 1e6 {
			t.Errorf("rate %.0f", last.Rate)
		}
		// 42.5 % of the whole in 20 s: some 27 s for the rest.
		if last.Left < 25*time.Second || last.Left > 29*time.Second || math.Abs(last.Percent-42.5) > 0.1 {
			t.Errorf("%v left at %.1f %%", last.Left, last.Percent)
		}
	})
}

func TestProgressIsMonotonic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported events
		p := startProgress(reported.add)
		p.phase(Preparing)
		p.percent(50) // of nothing that is measured
		p.phase(Receiving)
		for _, v := range []float64{10, 40, 20, -5, 300, 60} {
			p.percent(v)
			time.Sleep(2 * tick)
		}
		p.phase(Finishing)
		p.phase(Verifying)
		p.verified(5, 10, 500, 1000)
		time.Sleep(2 * tick)
		p.phase(Placing)
		p.phase(Done)
		p.end()
		var got []float64
		for _, e := range reported.all {
			if len(got) == 0 || got[len(got)-1] != e.Percent {
				got = append(got, e.Percent)
			}
		}
		if d := cmp.Diff([]float64{-1, 0, 8.5, 34, 85, 86, 92.5, 99, 100}, got); d != "" {
			t.Error(d)
		}
	})
}

func TestProgressQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported events
		p := startProgress(reported.add)
		p.phase(WaitingPhone)
		for _, d := range []time.Duration{time.Second, 29 * time.Second, 31500 * time.Millisecond, time.Minute, time.Second} {
			p.quiet(d)
			time.Sleep(2 * tick)
		}
		p.passcode(true)
		p.quiet(time.Hour) // while the phone asks, it may be silent
		time.Sleep(2 * tick)
		p.phase(Preparing) // comes after the question
		p.passcode(false)
		p.end()
		type state struct {
			Phase Phase
			Quiet time.Duration
		}
		var got []state
		for _, e := range reported.all {
			got = append(got, state{e.Phase, e.Quiet})
		}
		want := []state{
			{WaitingPhone, 0}, {WaitingPhone, 0}, {WaitingPhone, 31 * time.Second}, {WaitingPhone, time.Minute}, {WaitingPhone, 0},
			{WaitingPasscode, 0}, {Preparing, 0},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// TestLiveness: silence is reported in stages, and ends with the next sign of life.
func TestLiveness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported events
		p := startProgress(reported.add)
		p.phase(WaitingPhone)
		for _, d := range []time.Duration{time.Second, 30 * time.Second, 4*time.Minute + 59*time.Second, 5 * time.Minute, 17 * time.Minute, 0} {
			p.quiet(d)
			time.Sleep(2 * tick)
		}
		p.quiet(10 * time.Minute)
		p.passcode(true) // waiting for a person is no stall
		p.quiet(20 * time.Minute)
		time.Sleep(2 * tick)
		p.passcode(false)
		p.phase(Finishing)
		p.end()
		var got []Liveness
		for _, e := range reported.all {
			if len(got) == 0 || got[len(got)-1] != e.Liveness {
				got = append(got, e.Liveness)
			}
		}
		if d := cmp.Diff([]Liveness{"", PhoneActive, PhoneQuiet, PhoneStalled, PhoneActive, ""}, got); d != "" {
			t.Error(d)
		}
	})
}

func TestProgressWithoutListener(t *testing.T) {
	p := startProgress(nil)
	p.phase(Receiving)
	p.heard(1, 1)
	p.note("x")
	p.end()
}
