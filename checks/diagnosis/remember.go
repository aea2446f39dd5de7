package diagnosis

import (
	"context"
	"maps"

	"lifeboat/checks"
	"lifeboat/checks/history"
)

// earlierTries is how many of the phone's own tries are looked at again.
const earlierTries = 5

// recall adds to the input what is remembered of the phone. A memory that
// cannot be read costs nothing but itself.
func (s *Session) recall(ctx context.Context, in *checks.Input) {
	if s.History == nil {
		s.mu.Lock()
		in.Answers = s.state.Input.Answers
		s.mu.Unlock()
		return
	}
	answers, err := s.History.Answers(ctx, s.Phone.UDID)
	if err != nil {
		s.Log.Warn("answers not remembered", "error", err)
	}
	tried, err := s.History.Tried(ctx, s.Phone.UDID)
	if err != nil {
		s.Log.Warn("steps not remembered", "error", err)
	}
	last, found, err := s.History.Last(ctx, s.Phone.UDID)
	if err != nil {
		s.Log.Warn("last diagnosis not remembered", "error", err)
	}
	if in.Earlier, err = s.History.Attempts(ctx, s.Phone.UDID, earlierTries); err != nil {
		s.Log.Warn("attempts not remembered", "error", err)
	}
	in.Answers = answers
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Tried = map[string]history.Tried{}
	for _, t := range tried {
		s.state.Tried[t.FixID] = t
	}
	if s.lastRun == nil && found {
		s.lastRun = &last
	}
}

// record keeps a diagnosis that is complete.
func (s *Session) record(ctx context.Context) {
	if s.History == nil || ctx.Err() != nil {
		return
	}
	if err := s.History.SaveRun(ctx, s.Phone.UDID, runOf(s.State())); err != nil {
		s.Log.Warn("diagnosis not recorded", "error", err)
	}
}

// runOf is what is kept of a diagnosis: no value that was read but two dates and a version.
func runOf(s State) history.Run {
	run := history.Run{At: s.Input.Now, Blocker: s.Blocker, LastCloudBackup: lastCloud(s.Input.Phone)}
	run.Version, _ = s.Input.Phone.Version.Known()
	for _, r := range s.Results {
		run.Results = append(run.Results, history.Result{ID: r.ID, Status: r.Status, Answered: r.Answered})
	}
	return run
}

// Answer takes what the user says to a question and remembers it.
func (s *Session) Answer(ctx context.Context, id checks.QuestionID, a checks.Answer) error {
	a.At = s.Now()
	s.set(func() {
		answers := checks.Answers{} // a new one, since states that were handed over have the old
		maps.Copy(answers, s.state.Input.Answers)
		answers[id] = a
		s.state.Input.Answers = answers
	})
	if s.History == nil {
		return nil
	}
	return s.History.SaveAnswer(ctx, s.Phone.UDID, id, a)
}

// Tick takes the user's word that a step was done, or not done after all.
func (s *Session) Tick(ctx context.Context, fixID string, done bool) error {
	t := history.Tried{FixID: fixID, At: s.Now()}
	s.set(func() {
		tried := map[string]history.Tried{}
		maps.Copy(tried, s.state.Tried)
		if delete(tried, fixID); done {
			tried[fixID] = t
		}
		s.state.Tried = tried
	})
	if s.History == nil {
		return nil
	}
	if !done {
		return s.History.ForgetTried(ctx, s.Phone.UDID, fixID)
	}
	return s.History.SaveTried(ctx, s.Phone.UDID, t)
}

// Forget drops what was remembered of the phone from what is shown.
func (s *Session) Forget() {
	s.set(func() {
		s.lastRun, s.state.Changes, s.state.Tried, s.state.Input.Answers, s.state.Input.Earlier = nil, nil, nil, nil, nil
	})
}
