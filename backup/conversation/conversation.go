// Package conversation is what Lifeboat says to a phone's mobilebackup2 and all
// that keeps watch meanwhile: the phone may be unplugged, ask for its passcode,
// be cancelled by a tap, fall silent, or be busy with another program.
//
// A [Conversation] makes requests, switches iCloud Backup, changes the encryption
// and takes the lock that keeps other programs off the phone.
package conversation

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

// Conversation is a time in which the phone is needed. It ends early,
// with the reason, when the phone is unplugged, is cancelled there, or falls
// silent. One Conversation serves one piece of work at a time. Phone must be set;
// of the callbacks each may be nil, and none may call back.
type Conversation struct {
	Phone    *device.Phone
	Log      *slog.Logger // nil discards
	Timeouts Timeouts     // the zero value waits as it should
	// OnPasscode is called, one call at a time, when the phone's passcode
	// question comes and goes.
	OnPasscode func(shown bool)
	// OnQuiet is called every second with how long the phone has said nothing.
	OnQuiet func(time.Duration)
	// Sessions of this program; nil waits for none that was interrupted.
	Sessions *Sessions
	// OnSettling is called when the phone is left alone for a while, and OnBlocked
	// when another program keeps it busy, with a name of that program, or "". What
	// they return, which is not nil, is called when that is over.
	OnSettling func() (over func())
	OnBlocked  func(program string) (over func()) // called as said above
	// Busy is called for the names of the programs here that may be busy with the
	// phone; nil looks at what runs.
	Busy func() []string

	notices *device.Notifications // nil if the phone has none to give
	stop    context.CancelCauseFunc
	workers sync.WaitGroup

	heard    pulse
	asked    atomic.Bool // a request is under way, which may take long
	open     bool        // a request is made or under way, under telling
	passcode atomic.Bool
	moved    atomic.Bool  // some of the content has come
	percent  atomic.Int64 // how far the phone says that it is
	telling  sync.Mutex   // OnPasscode is called from one goroutine at a time
}

// During calls work while the phone is watched, with a context that ends when
// the conversation does. Its error is the true cause of the one that work
// returns.
func (c *Conversation) During(ctx context.Context, work func(context.Context) error) error {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Timeouts = c.Timeouts.OrDefault()
	var watched context.Context
	watched, c.stop = context.WithCancelCause(ctx)
	gone := c.Phone.Gone(watched)
	c.observe(watched)
	c.workers.Go(func() {
		select {
		case <-gone:
			c.stop(c.where(fault.New(fault.PhoneGone, "talk to the phone", nil)))
		case <-watched.Done():
		}
	})
	c.workers.Go(func() { c.watchSilence(watched) })
	defer func() {
		c.stop(nil)
		if c.notices != nil {
			c.notices.Close()
			c.notices = nil
		}
		c.workers.Wait()
	}()
	return reason(watched, work(watched))
}

// reason gives the true cause of an error within a conversation. When that is
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
func (c *Conversation) observe(ctx context.Context) {
	notices, err := c.Phone.Notifications(ctx, notify.PasscodeShown, notify.PasscodeDismissed, notify.SyncCancel, notify.BackupDomain)
	if err != nil {
		c.Log.Warn("no notifications from the phone", "err", err)
		return
	}
	c.notices = notices
	c.workers.Go(func() {
		for name := range notices.C {
			c.Log.Debug("the phone notifies", "name", name)
			c.heard.beat() // whoever notifies is alive
			switch name {
			case notify.PasscodeShown, notify.PasscodeDismissed:
				c.passcodeShown(name == notify.PasscodeShown)
			case notify.SyncCancel:
				c.stop(fault.New(fault.CancelledPhone, "talk to the phone", nil))
			}
		}
	})
}

// setOpen sets whether a request is made.
func (c *Conversation) setOpen(open bool) {
	c.telling.Lock()
	c.open = open
	c.telling.Unlock()
	if !open {
		c.passcodeShown(false)
	}
}

// passcodeShown reports a change: from the phone's notification, or when the
// answer has come, whichever is first.
func (c *Conversation) passcodeShown(shown bool) {
	c.telling.Lock()
	defer c.telling.Unlock()
	if shown && !c.open {
		return // it comes later than the answer, with which the question is gone
	}
	if c.passcode.Swap(shown) != shown && c.OnPasscode != nil {
		c.OnPasscode(shown)
	}
}

// watchSilence ends the conversation when the phone has said nothing for too long.
func (c *Conversation) watchSilence(ctx context.Context) {
	shortest := min(c.Timeouts.Answer, c.Timeouts.Silence, c.Timeouts.Passcode)
	ticker := time.NewTicker(min(time.Second, max(shortest/8, time.Millisecond)))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			quiet, listening := c.heard.quiet(now)
			if !listening {
				continue
			}
			if c.OnQuiet != nil {
				c.OnQuiet(quiet)
			}
			if limit := c.limit(); quiet > limit {
				c.stop(c.where(fault.New(fault.PhoneSilent, "wait for the phone", nil).With("Span", words.Span(limit))))
			}
		}
	}
}

func (c *Conversation) limit() time.Duration {
	switch {
	case !c.asked.Load():
		return c.Timeouts.Answer
	case c.passcode.Load():
		return c.Timeouts.Passcode
	}
	return c.Timeouts.Silence
}

// Request opens mobilebackup2, makes one request and serves the phone until
// its final answer; host is nil for a request without content. It is called
// within [Conversation.During] and with its context. When that ends it says
// goodbye and returns at once.
func (c *Conversation) Request(ctx context.Context, host *mobilebackup2.Host, request func(*mobilebackup2.Session) error) (mobilebackup2.Response, error) {
	const op = "talk to mobilebackup2"
	if err := c.settle(ctx); err != nil {
		return mobilebackup2.Response{}, wire.Explain(ctx, op, err)
	}
	c.watchContent(host)
	conn, hangUp, err := dial(ctx, func(ctx context.Context) (net.Conn, error) {
		return c.Phone.StartService(ctx, mobilebackup2.Service)
	})
	if err != nil {
		return mobilebackup2.Response{}, wire.Explain(ctx, op, err)
	}
	defer hangUp()
	c.heard.start()
	defer c.heard.stop()
	c.setOpen(true)
	defer c.setOpen(false) // with the answer the passcode question is gone
	parted := false
	defer func() {
		if !parted {
			c.Sessions.broken(c.Phone.UDID)
		}
	}()
	session, err := mobilebackup2.Open(line{conn, c})
	if err != nil {
		return mobilebackup2.Response{}, wire.Explain(ctx, op, err)
	}
	answer, err := func() (mobilebackup2.Response, error) {
		if err := request(session); err != nil {
			return mobilebackup2.Response{}, err
		}
		c.asked.Store(true)
		defer c.asked.Store(false)
		return session.Serve(host)
	}()
	if err == nil || ctx.Err() != nil {
		conn.SetWriteDeadline(time.Now().Add(disconnectTimeout))
		byeErr := session.Disconnect("Lifeboat is done")
		if byeErr != nil {
			c.Log.Debug("no goodbye", "err", byeErr)
		}
		parted = byeErr == nil && fault.Of(context.Cause(ctx)) != fault.PhoneGone && fault.Of(context.Cause(ctx)) != fault.PhoneSilent
	}
	err = wire.Explain(ctx, op, err)
	var known *fault.Error
	if errors.As(err, &known) && known.Code == fault.PhoneGone {
		c.where(known)
	}
	return answer, err
}

// settle leaves a phone alone that still finishes an interrupted session.
func (c *Conversation) settle(ctx context.Context) error {
	over := func() {}
	defer func() { over() }()
	return c.Sessions.waitCooldown(ctx, c.Phone.UDID, c.Timeouts.Settle, func() {
		if c.OnSettling != nil {
			over = c.OnSettling()
		}
	})
}

// watchContent notes how far the content is, so that a broken link can be
// explained by where it broke.
func (c *Conversation) watchContent(host *mobilebackup2.Host) {
	if host == nil {
		return // a request without content
	}
	onBytes, onPercent := host.OnBytes, host.OnPercent
	host.OnBytes = func(n int) {
		c.moved.Store(true)
		if onBytes != nil {
			onBytes(n)
		}
	}
	host.OnPercent = func(percent float64) {
		c.percent.Store(int64(percent))
		if onPercent != nil {
			onPercent(percent)
		}
	}
}

// where adds to a broken link whether that was in the middle of the content
// or near its end, which have other causes than one at the start.
func (c *Conversation) where(e *fault.Error) *fault.Error {
	const nearEnd = 90 // percent
	switch {
	case c.percent.Load() >= nearEnd:
		e.With("NearEnd", true)
	case c.moved.Load():
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
	during *Conversation
}

func (l line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if n > 0 {
		l.during.heard.beat()
	}
	return n, err
}

func (l line) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	if n > 0 {
		l.during.heard.beat()
	}
	return n, err
}
