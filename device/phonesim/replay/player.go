package replay

import (
	"context"
	"sync"
	"time"
)

// Player is a phone's memory of what to say: one transcript after the other.
// It is safe for several goroutines.
type Player struct {
	// Pace is how fast silences are played: 1 is as recorded, 0 without any.
	Pace float64
	// Lead is how much earlier a notification is said than what came after it
	// on another connection. Nothing tells when a client has read it, so one
	// on a busy computer needs more. NewPlayer sets 100 ms.
	Lead time.Duration

	mu          sync.Mutex
	transcripts []*Transcript
	current     int
	asked       map[question]int // how often, in the current transcript
	opened      int              // connections to lockdownd
	started     map[string]int   // services
	turn        *sync.Cond
	notices     []int     // Orders of the notifications that are still to be said
	noticed     time.Time // when the last one was said
	said        int       // Order of the last line of mobilebackup2 or a notification that was played
}

// question is what an answer of lockdownd depends on.
type question struct{ request, domain, key, service string }

// NewPlayer plays transcripts in their order: the next begins with the first
// connection after all of the one before has been played.
func NewPlayer(transcripts ...*Transcript) *Player {
	p := &Player{transcripts: transcripts, Lead: 100 * time.Millisecond}
	p.turn = sync.NewCond(&p.mu)
	p.begin(0)
	return p
}

func (p *Player) begin(n int) {
	p.current, p.opened, p.said = n, 0, 0
	p.asked, p.started = map[question]int{}, map[string]int{}
}

// First is the first transcript.
func (p *Player) First() *Transcript { return p.transcripts[0] }

// Opened is called with each connection to lockdownd.
func (p *Player) Opened() {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.transcripts[p.current]
	if p.current+1 < len(p.transcripts) && p.opened >= t.count("lockdown") && p.started[backupService] >= t.count(backupService) {
		p.begin(p.current + 1)
	}
	p.opened++
}

const backupService = "com.apple.mobilebackup2"

func (t *Transcript) count(service string) int {
	n := 0
	for _, s := range t.Streams {
		if s.Service == service {
			n++
		}
	}
	return n
}

// Answer is what lockdownd said to the same request, each time that it was
// made; the last answer is given again and again.
func (p *Player) Answer(request map[string]any) (answer map[string]any, in *Inventor, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := questionOf(request)
	t := p.transcripts[p.current]
	var last map[string]any
	n := 0
	for _, s := range t.Streams {
		if s.Service != "lockdown" {
			continue
		}
		for i, m := range s.Messages {
			asked, _ := m.Value.(map[string]any)
			if m.Phone || asked == nil || questionOf(asked) != q || i+1 >= len(s.Messages) || !s.Messages[i+1].Phone {
				continue
			}
			if said, ok := s.Messages[i+1].Value.(map[string]any); ok {
				last = said
				if n == p.asked[q] {
					p.asked[q]++
					return last, NewInventor(t), true
				}
				n++
			}
		}
	}
	return last, NewInventor(t), last != nil
}

func questionOf(request map[string]any) question {
	text := func(key string) string {
		s, _ := request[key].(string)
		return s
	}
	return question{text("Request"), text("Domain"), text("Key"), text("Service")}
}

// Plain reports whether a service was without TLS when it is started next.
func (p *Player) Plain(service string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.transcripts[p.current].Streams {
		if s.Service == service {
			return s.Plain
		}
	}
	return false
}

// Start is the next recorded connection to a service, the last one again and
// again, and nil if there was none.
func (p *Player) Start(service string) (*Transcript, *Stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.transcripts[p.current]
	var last *Stream
	n := 0
	for _, s := range t.Streams {
		if s.Service != service {
			continue
		}
		last = s
		if n == p.started[service] {
			break
		}
		n++
	}
	p.started[service]++
	return t, last
}

// Say is called before a message is played, and waits until its time has come:
// notifications and backups are played in the order of the transcript.
func (p *Player) Say(ctx context.Context, order int, silence time.Duration) error {
	if wait := time.Duration(float64(silence) * p.Pace); wait > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = max(p.said, order-1)
	p.turn.Broadcast()
	// Notifications go another way; those that came before come before.
	late := time.AfterFunc(noticeTime, p.turn.Broadcast)
	defer late.Stop()
	for end := time.Now().Add(noticeTime); len(p.notices) > 0 && p.notices[0] < order && time.Now().Before(end) && ctx.Err() == nil; {
		p.turn.Wait()
	}
	if rest := p.Lead - time.Since(p.noticed); rest > 0 && !p.noticed.IsZero() { // and arrive before
		p.mu.Unlock()
		time.Sleep(rest)
		p.mu.Lock()
	}
	p.said = max(p.said, order)
	p.turn.Broadcast()
	return ctx.Err()
}

// noticeTime is how long a backup waits for notifications that came before.
const noticeTime = 10 * time.Second

// Notices says which notifications a connection is going to say.
func (p *Player) Notices(orders []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notices = orders
}

// Noticed is called with each that was said.
func (p *Player) Noticed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.notices) > 0 {
		p.notices = p.notices[1:]
	}
	p.noticed = time.Now()
	p.turn.Broadcast()
}

// After waits until the conversation has come to a place of the transcript.
func (p *Player) After(ctx context.Context, order int) error {
	defer context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.turn.Broadcast()
	})()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.said < order && ctx.Err() == nil {
		p.turn.Wait()
	}
	return ctx.Err()
}

// Encrypted reports whether the phone had a backup password when the
// recording began.
func (t *Transcript) Encrypted() bool {
	for _, s := range t.Streams {
		for _, m := range s.Messages {
			answer, _ := m.Value.(map[string]any)
			if answer["Domain"] != "com.apple.mobile.backup" || !m.Phone {
				continue
			}
			if answer["Key"] == "WillEncrypt" {
				return answer["Value"] == true
			}
			if values, ok := answer["Value"].(map[string]any); ok {
				return values["WillEncrypt"] == true
			}
		}
	}
	return false
}
