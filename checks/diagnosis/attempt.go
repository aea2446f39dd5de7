package diagnosis

import (
	"context"
	"slices"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

const (
	// epilogue is how long the log is heard after the outcome, which often
	// comes in more than one line.
	epilogue = 2 * time.Second
	// dateMoves is how long the phone may take to write down the date of a
	// backup that it called finished.
	dateMoves = 10 * time.Second
	// maxLines bounds what is kept of the log, in memory only.
	maxLines = 2000
)

// Attempt listens while the phone tries to back up to iCloud, and hands over
// each change in what is known of it. It returns nil soon after the phone has
// said how it ended, and else the error that ended it: [fault.Cancelled] when
// ctx did. each is called on the caller's goroutine, and may call methods of s.
func (s *Session) Attempt(ctx context.Context, each func(devicelog.Attempt)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	before := lastCloud(s.State().Input.Phone)
	log, err := s.Phone.Log(ctx)
	if err != nil {
		return err
	}
	defer log.Close()
	listener := devicelog.New()
	var lines []facts.LogLine
	var over <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return fault.New(fault.Cancelled, "listen to the phone's log", context.Cause(ctx))
		case <-over:
			return s.conclude(ctx, listener.Attempt(), before, each)
		case line, open := <-log.C:
			if !open {
				if listener.Attempt().Outcome != devicelog.Open {
					return s.conclude(ctx, listener.Attempt(), before, each)
				}
				return log.Err()
			}
			if !listener.Add(line) {
				continue
			}
			if len(lines) < maxLines { // others, such as chatter, are kept nowhere
				lines = append(lines, line)
			}
			a := listener.Attempt()
			each(a)
			if a.Outcome == devicelog.Open {
				s.updateConditions(a)
				continue
			}
			redacted := devicelog.Redact(lines)
			s.change(func(in *checks.Input) { in.Attempt, s.state.Lines = a, redacted })
			if over == nil {
				over = time.After(epilogue)
			}
		}
	}
}

// updateConditions adds what holds whether or not an attempt
// follows: the conditions that the phone reports, and lines that are enough to name a cause.
func (s *Session) updateConditions(a devicelog.Attempt) {
	conclusive := slices.DeleteFunc(slices.Clone(a.Signs), func(sign devicelog.Sign) bool { return !sign.Conclusive })
	known := s.State().Input.Attempt
	if known.Conditions != a.Conditions || len(conclusive) > 0 && !slices.Equal(known.Signs, conclusive) {
		s.change(func(in *checks.Input) {
			if in.Attempt.Conditions = a.Conditions; len(conclusive) > 0 {
				in.Attempt.Signs = conclusive
			}
		})
	}
}

// conclude reads what an attempt left behind: after a success the date has
// to move, which is the only true proof.
func (s *Session) conclude(ctx context.Context, a devicelog.Attempt, before time.Time, each func(devicelog.Attempt)) error {
	deadline := s.Now().Add(dateMoves)
	for {
		if err := s.reread(ctx); err != nil {
			return err
		}
		moved := lastCloud(s.State().Input.Phone).After(before)
		if a.Outcome != devicelog.Succeeded || moved || s.Now().After(deadline) {
			break
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.Cancelled, "read the date", context.Cause(ctx))
		case <-time.After(500 * time.Millisecond):
		}
	}
	each(a)
	if s.History != nil {
		if err := s.History.SaveAttempt(ctx, s.Phone.UDID, a); err != nil {
			s.Log.Warn("attempt not recorded", "error", err)
		}
	}
	return nil
}
