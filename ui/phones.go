package ui

import (
	"context"
	"slices"
	"strconv"
	"time"

	"lifeboat/ui/widgets"

	"lifeboat/assets/words"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// phone is one connected phone as the window knows it.
type phone struct {
	dev     *device.Phone
	summary device.Summary
	// stage is how far it has come; at Ready the checklist is shown or coming.
	stage device.Stage
	// obstacle is what the user has to do while pairing or blocked.
	obstacle error
	trusted  time.Time // when it began to trust this computer

	examination

	cancel context.CancelFunc // ends what is done for it in the background
	gone   bool               // unplugged, but perhaps only for a moment
}

// maybeBack is how long a phone that was just trusted may be away.
const maybeBack = 3 * time.Second

// watch hands every change of the phones to the UI goroutine.
func (w *Window) watch(ctx context.Context) {
	w.Engine.Watch(ctx, func(c device.Change) {
		w.Post(func() { w.changed(c) })
	})
}

// changed shows a new list of phones.
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
	if !p.gone && w.mux == nil && w.Now().Sub(p.trusted) < engine.TrustTakes {
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
	if p.stage != device.Ready {
		p.stage, p.obstacle = device.Attached, nil
	}
	x, each := w.examinationOf(p), w.statesOf(ctx, p)
	go func() {
		err := w.Engine.Follow(ctx, x, func(c device.Connection) {
			w.postFor(ctx, func() { w.connected(p, c, x.Destination, cancel) })
		}, each)
		w.postFor(ctx, func() {
			if !p.runs {
				p.block(err)
				return
			}
			p.endDiagnosis()
			p.err = err
		})
	}()
}

// connected shows how far a phone has come. A diagnosis of it for a destination
// begins when it is ready, which end ends.
func (w *Window) connected(p *phone, c device.Connection, destination string, end context.CancelFunc) {
	if c.Summary.Name != "" || c.Err == nil {
		p.summary = c.Summary
	}
	switch c.Stage {
	case device.Pairing:
		p.stage, p.obstacle = device.Pairing, c.Err
	case device.Trusted:
		p.trusted = w.Now()
	case device.Blocked:
		p.block(c.Err)
	case device.Ready:
		p.stage, p.obstacle = device.Ready, nil
		if p.begin(end, w.Now()); destination != w.Settings.Destination() {
			w.diagnose(p) // another was chosen meanwhile
		}
	}
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

// block records what stands between the phone and its use. A checklist that
// is already shown stays: its first item is about a locked phone.
func (p *phone) block(err error) {
	if p.state == nil {
		p.stage, p.obstacle = device.Blocked, err
	}
}

// tryAgain starts over with a phone that could not be connected.
func (w *Window) tryAgain(p *phone) {
	w.follow(p)
	w.refresh()
}

// waitingKey distinguishes one obstacle from another.
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
	name := widgets.Shorten(w.phoneName(p), 32)
	for n, base := 2, name; slices.Contains(taken, name); n++ {
		name = w.say("ui.phone.nth", words.Args{"Name": base, "N": strconv.Itoa(n)})
	}
	return name
}
