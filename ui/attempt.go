package ui

import (
	"context"
	"strconv"
	"time"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device"
)

// attempt is one try of the phone's to back up to iCloud, watched from the
// click on its button until the user leaves the page.
type attempt struct {
	phone  *phone
	fix    string // the step of a repair that this is, "" for none
	cancel context.CancelFunc
	began  time.Time
	now    time.Time // of the clock on the page
	got    devicelog.Attempt
	over   bool
	err    error // why nothing more is heard
}

const (
	// clockEvery is how often the clock on the page moves.
	clockEvery = time.Second
	// silence is how long a phone may report nothing before the questions
	// are offered instead.
	silence = 90 * time.Second
)

// watchAttempt opens the page and begins to listen.
func (w *Window) watchAttempt(p *phone, fixID string) {
	if w.flow != nil || w.attempt != nil || p.state == nil {
		return
	}
	w.listen(&attempt{phone: p, fix: fixID})
}

// listen has the engine listen for an attempt.
func (w *Window) listen(a *attempt) {
	ctx, cancel := context.WithCancel(w.ctx)
	a.cancel, a.began, a.now = cancel, w.Now(), w.Now()
	w.attempt = a
	dev := a.phone.dev
	var news latest[devicelog.Attempt]
	go w.runClock(ctx, a)
	go func() {
		err := w.Engine.Attempt(ctx, dev, func(got devicelog.Attempt) {
			if news.put(got) {
				w.postFor(ctx, func() { a.got, _ = news.take() })
			}
		})
		w.postFor(ctx, func() {
			cancel()
			if got, more := news.take(); more {
				a.got = got
			}
			a.over, a.err, a.now = true, err, w.Now()
			if a.got.Outcome != devicelog.Open {
				w.tick(a.phone, a.fix, true)
			}
		})
	}()
	w.refresh()
}

// runClock moves the clock on the page until the attempt has ended.
func (w *Window) runClock(ctx context.Context, a *attempt) {
	ticker := time.NewTicker(clockEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		w.postFor(ctx, func() { a.now = w.Now() })
	}
}

// silent reports whether the phone reports nothing about its backups.
func (a *attempt) silent() bool { return !a.got.Heard && a.now.Sub(a.began) >= silence }

// leaveAttempt goes back to where the attempt was begun. What it taught may
// move the rows of the checklist now.
func (w *Window) leaveAttempt() {
	a := w.attempt
	if a == nil {
		return
	}
	a.cancel()
	w.attempt = nil
	a.phone.arrange()
	w.refresh()
}

// leaveForQuestions gives up watching and opens what only the user can see.
func (w *Window) leaveForQuestions() {
	p := w.attempt.phone
	p.guided = nil
	for _, r := range p.state.Results {
		if len(r.Questions) > 0 && r.Group() != checks.Fine {
			p.opened[r.ID] = true
		}
	}
	w.leaveAttempt()
}

// attemptAgain watches once more, if the phone is still there.
func (w *Window) attemptAgain() {
	old := w.attempt
	p := w.find(old.phone.dev.UDID)
	if p == nil || p.stage != device.Ready || p.state == nil {
		return
	}
	old.cancel()
	w.key = "" // a page of its own
	w.listen(&attempt{phone: p, fix: old.fix})
}

// clock writes how long something takes, as "1:05".
func (w *Window) clock(d time.Duration) string {
	seconds := int(max(d, 0).Round(time.Second) / time.Second)
	return w.say("ui.attempt.clock", words.Args{"Minutes": strconv.Itoa(seconds / 60), "Seconds": pad(seconds % 60)})
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
