package backup

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/device/services/notify"
	"lifeboat/device/wire"
)

// disconnectTimeout is how long a goodbye may take when a run is stopped.
const disconnectTimeout = 500 * time.Millisecond

// conversation is a stretch of time in which the phone is needed. It ends early,
// with the reason as the context's cause, when the phone is unplugged, is
// cancelled there, or falls silent.
type conversation struct {
	phone    *device.Phone
	log      *slog.Logger
	patience Timeouts
	// onPasscode is called, one call at a time, when the phone's passcode question comes and goes,
	// onQuiet every second how long the phone has said nothing.
	onPasscode func(shown bool)
	onQuiet    func(time.Duration)

	sessions *Sessions // nil: an interrupted session is not waited for
	// onSettling is called when the phone is left alone for a while; what it
	// returns, when that is over.
	onSettling func() (over func())

	notices *device.Notifications // nil if the phone has none to give
	stop    context.CancelCauseFunc
	workers sync.WaitGroup

	heard    pulse
	asked    atomic.Bool // a request is under way, which may take long
	passcode atomic.Bool
	moved    atomic.Bool  // some of the content has come
	percent  atomic.Int64 // how far the phone says that it is
	telling  sync.Mutex   // onPasscode is called from one goroutine at a time
}

// begin starts to watch. The returned context is what to work under; end
// must be called when the phone is no longer needed.
func (t *conversation) begin(ctx context.Context) (watched context.Context, end func()) {
	watched, t.stop = context.WithCancelCause(ctx)
	gone := t.phone.Gone(watched)
	t.observe(watched)
	t.workers.Go(func() {
		select {
		case <-gone:
			t.stop(t.where(fault.New(fault.PhoneGone, "talk to the phone", nil)))
		case <-watched.Done():
		}
	})
	t.workers.Go(func() { t.watchSilence(watched) })
	return watched, func() {
		t.stop(nil)
		if t.notices != nil {
			t.notices.Close()
		}
		t.workers.Wait()
	}
}

// reason gives the true cause of an error within a talk. When a talk is
// ended, whatever was under way fails in its own way: a dial is cancelled, a
// connection is cut.
func reason(watched context.Context, err error) error {
	cause := context.Cause(watched)
	if err == nil || cause == nil {
		return err
	}
	switch fault.Of(err) {
	case fault.Cancelled, fault.PhoneGone, fault.PhoneSilent, fault.PhoneNonsense, fault.Internal:
	default:
		return err // such as a full disk, which came first
	}
	var known *fault.Error
	if errors.As(cause, &known) {
		return cause
	}
	return fault.New(fault.Cancelled, "talk to the phone", errors.Join(cause, err))
}

// observe listens to the phone's notifications, which tell of the passcode
// question and of a tap on Cancel. A backup works without.
func (t *conversation) observe(ctx context.Context) {
	notices, err := t.phone.Notifications(ctx, notify.PasscodeShown, notify.PasscodeDismissed, notify.SyncCancel, notify.BackupDomain)
	if err != nil {
		t.log.Warn("no notifications from the phone", "err", err)
		return
	}
	t.notices = notices
	t.workers.Go(func() {
		for name := range notices.C {
			t.log.Debug("the phone notifies", "name", name)
			t.heard.beat() // whoever notifies is alive
			switch name {
			case notify.PasscodeShown, notify.PasscodeDismissed:
				t.passcodeShown(name == notify.PasscodeShown)
			case notify.SyncCancel:
				t.stop(fault.New(fault.CancelledPhone, "talk to the phone", nil))
			}
		}
	})
}

// passcodeShown tells of a change: from the phone's notification, or when the
// answer has come, whichever is first.
func (t *conversation) passcodeShown(shown bool) {
	t.telling.Lock()
	defer t.telling.Unlock()
	if t.passcode.Swap(shown) != shown && t.onPasscode != nil {
		t.onPasscode(shown)
	}
}

// watchSilence ends the talk when the phone has said nothing for too long.
func (t *conversation) watchSilence(ctx context.Context) {
	shortest := min(t.patience.Answer, t.patience.Silence, t.patience.Passcode)
	ticker := time.NewTicker(min(time.Second, max(shortest/8, time.Millisecond)))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			quiet, listening := t.heard.quiet(now)
			if !listening {
				continue
			}
			if t.onQuiet != nil {
				t.onQuiet(quiet)
			}
			if limit := t.limit(); quiet > limit {
				t.stop(t.where(fault.New(fault.PhoneSilent, "wait for the phone", nil).With("Span", words.Span(limit))))
			}
		}
	}
}

func (t *conversation) limit() time.Duration {
	switch {
	case !t.asked.Load():
		return t.patience.Answer
	case t.passcode.Load():
		return t.patience.Passcode
	}
	return t.patience.Silence
}

// runRequest opens mobilebackup2, makes one request and serves the phone until
// its final answer. When ctx ends it says goodbye and returns at once.
func (t *conversation) runRequest(ctx context.Context, host *mobilebackup2.Host, request func(*mobilebackup2.Session) error) (mobilebackup2.Response, error) {
	const op = "talk to mobilebackup2"
	if err := t.settle(ctx); err != nil {
		return mobilebackup2.Response{}, wire.Explain(ctx, op, err)
	}
	t.watchContent(host)
	conn, hangUp, err := dial(ctx, func(ctx context.Context) (net.Conn, error) {
		return t.phone.StartService(ctx, mobilebackup2.Service)
	})
	if err != nil {
		return mobilebackup2.Response{}, wire.Explain(ctx, op, err)
	}
	defer hangUp()
	t.heard.start()
	defer t.heard.stop()
	defer t.passcodeShown(false) // with the answer the question is gone
	parted := false
	defer func() {
		if !parted {
			t.sessions.broken(t.phone.UDID)
		}
	}()
	session, err := mobilebackup2.Open(line{conn, t})
	if err != nil {
		return mobilebackup2.Response{}, wire.Explain(ctx, op, err)
	}
	answer, err := func() (mobilebackup2.Response, error) {
		if err := request(session); err != nil {
			return mobilebackup2.Response{}, err
		}
		t.asked.Store(true)
		defer t.asked.Store(false)
		return session.Serve(host)
	}()
	if err == nil || ctx.Err() != nil {
		conn.SetWriteDeadline(time.Now().Add(disconnectTimeout))
		byeErr := session.Disconnect("Lifeboat is done")
		if byeErr != nil {
			t.log.Debug("no goodbye", "err", byeErr)
		}
		parted = byeErr == nil && fault.Of(context.Cause(ctx)) != fault.PhoneGone && fault.Of(context.Cause(ctx)) != fault.PhoneSilent
	}
	err = wire.Explain(ctx, op, err)
	var known *fault.Error
	if errors.As(err, &known) && known.Code == fault.PhoneGone {
		t.where(known)
	}
	return answer, err
}

// settle leaves a phone alone that still finishes an interrupted session.
func (t *conversation) settle(ctx context.Context) error {
	over := func() {}
	defer func() { over() }()
	return t.sessions.waitCooldown(ctx, t.phone.UDID, t.patience.Settle, func() {
		if t.onSettling != nil {
			over = t.onSettling()
		}
	})
}

// watchContent notes how far the content is, so that a broken link can be
// explained by where it broke.
func (t *conversation) watchContent(host *mobilebackup2.Host) {
	if host == nil {
		return // a request without content
	}
	onBytes, onPercent := host.OnBytes, host.OnPercent
	host.OnBytes = func(n int) {
		t.moved.Store(true)
		if onBytes != nil {
			onBytes(n)
		}
	}
	host.OnPercent = func(percent float64) {
		t.percent.Store(int64(percent))
		if onPercent != nil {
			onPercent(percent)
		}
	}
}

// where adds to a broken link whether that was in the middle of the content
// or near its end, which have other causes than one at the start.
func (t *conversation) where(e *fault.Error) *fault.Error {
	const nearEnd = 90 // percent
	switch {
	case t.percent.Load() >= nearEnd:
		e.With("NearEnd", true)
	case t.moved.Load():
		e.With("Midway", true)
	}
	return e
}

// dial starts a service on a connection that outlives ctx by a moment, so
// that a goodbye can still be said: when ctx ends, reading ends at once and
// the connection soon after.
func dial(ctx context.Context, start func(context.Context) (net.Conn, error)) (conn net.Conn, hangUp func(), err error) {
	lasting, cut := context.WithCancel(context.WithoutCancel(ctx))
	dialing := context.AfterFunc(ctx, cut)
	conn, err = start(lasting)
	if !dialing() && err == nil {
		conn.Close()
		err = context.Cause(ctx) // it ended while the service started
	}
	if err != nil {
		cut()
		return nil, nil, err
	}
	ending := context.AfterFunc(ctx, func() {
		conn.SetReadDeadline(time.Unix(1, 0))
		time.AfterFunc(disconnectTimeout, cut)
	})
	return conn, func() {
		ending()
		conn.Close()
		cut()
	}, nil
}

// line notes when the phone moves bytes.
type line struct {
	net.Conn
	talk *conversation
}

func (l line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if n > 0 {
		l.talk.heard.beat()
	}
	return n, err
}

func (l line) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	if n > 0 {
		l.talk.heard.beat()
	}
	return n, err
}
