package backup

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/backup/conversation"
	"lifeboat/backup/verify"
)

// TestProgressPace: a million files do not make a million events, the last
// state is always reported, and rate and time left come out right.
func TestProgressPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported events
		p := StartProgress(reported.add, conversation.Timeouts{}, scale)
		p.Phase(Receiving)
		// 20 seconds at 10 MB/s, half of the phone's way.
		for i := range 20_000 {
			p.Count(Receiving, 10_000, 1)
			p.Percent(float64(i) / 20_000 * 50)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(tick)
		synctest.Wait()
		p.End()
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
		p := StartProgress(reported.add, conversation.Timeouts{}, scale)
		p.Phase(Preparing)
		p.Percent(50) // of nothing that is measured
		p.Phase(Receiving)
		for _, v := range []float64{10, 40, 20, -5, 300, 60} {
			p.Percent(v)
			time.Sleep(2 * tick)
		}
		p.Phase(Finishing)
		p.Phase(Verifying)
		p.Verified(verify.Progress{Files: 5, FilesTotal: 10, Bytes: 500, BytesTotal: 1000})
		time.Sleep(2 * tick)
		p.Phase(Placing)
		p.Phase(Done)
		p.End()
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
		p := StartProgress(reported.add, conversation.Timeouts{}, scale)
		p.Phase(WaitingPhone)
		for _, d := range []time.Duration{time.Second, 29 * time.Second, 31500 * time.Millisecond, time.Minute, time.Second} {
			p.Quiet(d)
			time.Sleep(2 * tick)
		}
		p.Passcode(true)
		p.Quiet(time.Hour) // while the phone asks, it may be silent
		time.Sleep(2 * tick)
		p.Phase(Preparing) // comes after the question
		p.Passcode(false)
		p.End()
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

// TestNoRateInSilence: while nothing comes there is no speed and no time left, and the
// silence does not count as slowness once something comes again.
func TestNoRateInSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported events
		p := StartProgress(reported.add, conversation.Timeouts{}, scale)
		defer p.End()
		last := func() Event {
			time.Sleep(2 * tick)
			synctest.Wait()
			return reported.all[len(reported.all)-1]
		}
		p.Expect(0, 0)
		p.Phase(Receiving)
		sent := 0.0
		send := func() {
			for range 40 {
				time.Sleep(200 * time.Millisecond)
				p.Count(Receiving, 1_000_000, 0)
				sent++
				p.Percent(sent)
			}
		}
		send()
		before := last()
		if before.Rate < 4e6 || before.Left < 0 {
			t.Fatalf("nothing is measured: %+v", before)
		}
		for d := time.Duration(0); d < 3*time.Minute; d += time.Second {
			p.Quiet(d)
			time.Sleep(time.Second)
		}
		if e := last(); e.Rate != 0 || e.Left != -1 || e.Quiet == 0 {
			t.Errorf("in silence: %.0f bytes a second, %v left", e.Rate, e.Left)
		}
		p.Quiet(0)
		send()
		if e := last(); e.Rate < 4e6 || e.Left < 0 {
			t.Errorf("afterwards: %.0f bytes a second, %v left", e.Rate, e.Left)
		}
	})
}

// TestLiveness: silence is reported in stages, and ends with the next sign of life.
func TestLiveness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported events
		p := StartProgress(reported.add, conversation.Timeouts{}, scale)
		p.Phase(WaitingPhone)
		for _, d := range []time.Duration{time.Second, 30 * time.Second, 4*time.Minute + 59*time.Second, 5 * time.Minute, 17 * time.Minute, 0} {
			p.Quiet(d)
			time.Sleep(2 * tick)
		}
		p.Quiet(10 * time.Minute)
		p.Passcode(true) // waiting for a person is no stall
		p.Quiet(20 * time.Minute)
		time.Sleep(2 * tick)
		p.Passcode(false)
		p.Phase(Finishing)
		p.End()
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
	p := StartProgress(nil, conversation.Timeouts{}, scale)
	p.Phase(Receiving)
	p.Count(Receiving, 1, 1)
	p.Note("x")
	p.End()
}
