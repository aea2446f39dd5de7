package ui

import (
	"context"
	"slices"
	"strconv"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// stage is how far the window has come with a phone.
type stage int

const (
	meeting stage = iota // it was just plugged in
	pairing              // it is being asked to trust this computer
	blocked              // it cannot be used until the user does something
	ready                // it is trusted, and the checklist is shown or coming
)

// phone is one connected phone as the window knows it.
type phone struct {
	dev     *device.Phone
	summary device.Summary
	stage   stage
	// obstacle is what the user has to do while pairing or blocked.
	obstacle error
	trusted  time.Time // when it began to trust this computer

	examination

	cancel context.CancelFunc // ends what is done for it in the background
	gone   bool               // unplugged, but perhaps only for a moment
}

// How often a phone that stands in its own way is looked at again, and how
// long one may be away right after it was trusted (it resets its USB port).
const (
	lookAgain = 2 * time.Second
	justNow   = 10 * time.Second
	maybeBack = 3 * time.Second
)

// watch hands every change of the phones to the UI goroutine.
func (w *Window) watch(ctx context.Context) {
	w.Engine.Watch(ctx, func(c device.Change) {
		w.Post(func() { w.changed(c) })
	})
}

// changed takes in a new list of phones.
func (w *Window) changed(c device.Change) {
	if w.ctx.Err() != nil {
		return
	}
	w.looked, w.mux = true, c.Err
	for _, p := range slices.Clone(w.phones) {
		if !slices.ContainsFunc(c.Phones, func(d *device.Phone) bool { return d.UDID == p.dev.UDID }) {
			w.lost(p)
		}
	}
	for _, d := range c.Phones {
		p := w.find(d.UDID)
		switch {
		case p == nil:
			p = &phone{dev: d, examination: newExamination()}
			w.phones = append(w.phones, p)
			w.follow(p)
		case p.dev.DeviceID != d.DeviceID || p.gone:
			p.dev, p.gone = d, false
			w.follow(p)
		}
	}
	w.refresh()
}

// lost takes note that a phone was unplugged.
func (w *Window) lost(p *phone) {
	p.cancel()
	p.endDiagnosis()
	if !p.gone && w.mux == nil && w.Now().Sub(p.trusted) < justNow {
		p.gone = true
		ctx := w.ctx
		time.AfterFunc(maybeBack, func() {
			w.Post(func() {
				if p.gone && ctx.Err() == nil {
					w.remove(p)
					w.refresh()
				}
			})
		})
		return
	}
	w.remove(p)
}

func (w *Window) remove(p *phone) {
	w.phones = slices.DeleteFunc(w.phones, func(q *phone) bool { return q == p })
	if w.flow != nil && w.flow.phone == p && !w.flow.outlivesPhone() {
		w.flow = nil
	}
}

func (w *Window) find(udid string) *phone {
	i := slices.IndexFunc(w.phones, func(p *phone) bool { return p.dev.UDID == udid })
	if i < 0 {
		return nil
	}
	return w.phones[i]
}

// current is the phone that is shown: the chosen one if it is there, else
// the one that has been there longest.
func (w *Window) current() *phone {
	if p := w.find(w.Settings.Phone()); p != nil {
		return p
	}
	if len(w.phones) == 0 {
		return nil
	}
	return w.phones[0]
}

// follow leads a phone, in the background, from being plugged in to its checklist.
func (w *Window) follow(p *phone) {
	if p.cancel != nil {
		p.cancel()
	}
	p.endDiagnosis()
	ctx, cancel := context.WithCancel(w.ctx)
	p.cancel = cancel
	if p.stage != ready {
		p.stage, p.obstacle = meeting, nil
	}
	dev := p.dev
	go func() {
		for {
			summary, err := w.Engine.Inspect(ctx, dev)
			if ctx.Err() != nil {
				return
			}
			switch {
			case err != nil:
				w.postFor(ctx, func() { p.block(err) })
			case summary.Readiness == facts.Ready:
				w.postFor(ctx, func() { w.met(p, summary) })
				return
			case summary.Readiness == facts.Untrusted:
				if !w.pair(ctx, p, dev, summary) {
					return
				}
				continue // at once: the user has just tapped Trust
			default:
				w.postFor(ctx, func() { p.summary = summary; p.block(obstacle(summary)) })
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(lookAgain):
			}
		}
	}()
}

// pair asks the phone for its trust and reports whether it was given.
func (w *Window) pair(ctx context.Context, p *phone, dev *device.Phone, summary device.Summary) bool {
	w.postFor(ctx, func() { p.summary, p.stage, p.obstacle = summary, pairing, nil })
	err := w.Engine.Pair(ctx, dev, func(code fault.Code) {
		w.postFor(ctx, func() { p.stage, p.obstacle = pairing, fault.New(code, "pair", nil) })
	})
	if ctx.Err() != nil {
		return false
	}
	w.postFor(ctx, func() {
		if err != nil {
			p.block(err)
			return
		}
		p.trusted = w.Now()
	})
	return err == nil
}

// postFor posts f and a refresh, unless ctx has ended by then.
func (w *Window) postFor(ctx context.Context, f func()) {
	w.Post(func() {
		if ctx.Err() != nil {
			return
		}
		f()
		w.refresh()
	})
}

// met takes in a phone that is ready, and has it checked.
func (w *Window) met(p *phone, summary device.Summary) {
	p.summary, p.stage, p.obstacle = summary, ready, nil
	w.diagnose(p)
}

// block records what stands between the phone and its use. A checklist that
// is already shown stays: its first item tells of a locked phone.
func (p *phone) block(err error) {
	if p.state == nil {
		p.stage, p.obstacle = blocked, err
	}
}

// tryAgain begins anew with a phone that did not work out.
func (w *Window) tryAgain(p *phone) {
	w.follow(p)
	w.refresh()
}

// waitingKey tells one obstacle from another.
func (p *phone) waitingKey() string {
	return strconv.Itoa(int(p.stage)) + "/" + string(fault.Of(p.obstacle))
}

// phoneName is how a phone is called; one that does not tell its name is "iPhone".
func (w *Window) phoneName(p *phone) string {
	if p.summary.Name == "" {
		return w.say("ui.phone.nameless", nil)
	}
	return p.summary.Name
}

// chooserName makes the names in the chooser differ and keeps them short.
func (w *Window) chooserName(p *phone, taken []string) string {
	name := shorten(w.phoneName(p), 32)
	for n, base := 2, name; slices.Contains(taken, name); n++ {
		name = w.say("ui.phone.nth", words.Args{"Name": base, "N": strconv.Itoa(n)})
	}
	return name
}

// shorten cuts text to at most n characters.
func shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

// obstacle is why a phone is not ready.
func obstacle(s device.Summary) error {
	if s.Err != nil {
		return s.Err
	}
	code := map[facts.Readiness]fault.Code{
		facts.Locked: fault.PhoneLocked, facts.SetupUnfinished: fault.SetupUnfinished, facts.Silent: fault.PhoneSilent,
	}[s.Readiness]
	return fault.New(code, "inspect", nil)
}
