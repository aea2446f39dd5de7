package corpus_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/services"
)

// listening is how long the live attempt waits for another line of a log that
// names no end.
const listening = 5 * time.Second

// hear plays the log of a story to the live attempt of a diagnosis.
func hear(ctx context.Context, t *testing.T, session *diagnosis.Session, sim *phonesim.Phone) {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	silence := time.AfterFunc(listening, stop)
	sim.Play()
	err := session.Attempt(ctx, func(a devicelog.Attempt) {
		if silence.Stop(); a.Outcome == devicelog.Open {
			silence.Reset(listening)
		}
	})
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
}

// diagnose plugs the phone of a story in, and examines it over the wire.
func (s story) diagnose(t *testing.T) checks.Input {
	t.Helper()
	cfg := phonesim.DefaultConfig()
	set(t, &cfg, append(slices.Clone(usualPhone), s.Phone...))
	cfg.LogScript = nil
	if s.Log != "" {
		lines, err := services.ParseLog(strings.NewReader(s.Log))
		if err != nil {
			t.Fatal(err)
		}
		cfg.LogScript = lines
	}
	phone, sim := plugIn(t, cfg, !s.Unpaired, s.Lock)
	session := diagnosis.New(diagnosis.Options{Phone: phone})
	state, err := session.Once(t.Context(), device.Summary{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Log != "" {
		hear(t.Context(), t, session, sim)
		state = session.State()
	}
	in := state.Input
	in.Now = time.Now()
	product, _ := in.Phone.ProductType.Known()
	in.Host, in.Local = s.Computer.host(t), s.Computer.backup(t, in.Now)
	in.Network = s.Network.gathered(t, product, in.Now)
	for _, e := range s.Earlier {
		in.Earlier = append(in.Earlier, e.attempt(t, in.Now))
	}
	in.Record = s.Record.read(t, in.Now)
	in.Answers = checks.Answers{}
	for id, a := range s.Answers {
		in.Answers[checks.QuestionID(id)] = checks.Answer{Choice: a.Choice, Text: a.Text, At: in.Now.Add(-span(t, a.Age))}
	}
	return in
}
