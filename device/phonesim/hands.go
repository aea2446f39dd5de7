package phonesim

import (
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/lockdownd"
	"lifeboat/device/phonesim/services"
)

// Answer is what the user does with the phone in hand.
type Answer int

const (
	// TapTrust answers the trust dialog, and those to come, with "Trust".
	TapTrust Answer = iota
	// TapDontTrust answers it with "Don't Trust".
	TapDontTrust
	// Unlock enters the passcode.
	Unlock
	// Lock presses the side button.
	Lock
)

// Trust does what a user would do with the phone in hand, at run time.
func (p *Phone) Trust(answer Answer) {
	switch answer {
	case TapTrust:
		p.dialog.Tap(lockdownd.Accept)
	case TapDontTrust:
		p.dialog.Tap(lockdownd.Refuse)
	case Unlock, Lock:
		p.dialog.Lock(answer == Lock)
	}
}

// AwaitFirstUnlock is the phone having restarted: locked, and nobody has
// entered the passcode yet. Trust(Unlock) ends it.
func (p *Phone) AwaitFirstUnlock() { p.dialog.Start() }

// Notify posts one of the phone's notifications to the computers that observe it.
func (p *Phone) Notify(name string) { p.notices.Post(name) }

// Posted returns the notifications that computers posted, oldest first.
func (p *Phone) Posted() []string { return p.notices.Posted() }

// Observed reports whether a computer listens for the notification now.
func (p *Phone) Observed(name string) bool { return p.notices.Observed(name) }

// Set changes a lockdown value while the phone runs; nil takes it away.
func (p *Phone) Set(domain, key string, value any) { p.values.Set(domain, key, value) }

// Edit changes what is on the phone, on top of all edits before. A backup that
// is under way goes on with what was there when it began.
func (p *Phone) Edit(n content.Edits) error { return p.content.Apply(n) }

// Content is what is on the phone now, whatever becomes of it.
func (p *Phone) Content() content.Source { return content.Freeze(p.content) }

// SetFault adds a fault of the backup as the flag --fault does, from the next
// request on; "none" takes all of them away. Faults of other rooms take effect
// only before the phone is made.
func (p *Phone) SetFault(text string) error {
	faults := Faults{}
	if text != "none" {
		faults.Backup = p.agent.Faults()
		if err := faults.Set(text); err != nil {
			return err
		}
	}
	p.agent.SetFaults(faults.Backup)
	return nil
}

// SetPasscode changes what the owner does when the backup asks for it.
func (p *Phone) SetPasscode(passcode backupd.Passcode) { p.agent.SetPasscode(passcode) }

// CancelBackup is the owner cancelling the backup that is under way.
func (p *Phone) CancelBackup() { p.agent.Cancel() }

// Restart has the phone restart, as a computer or the owner does.
func (p *Phone) Restart() { p.restart() }

// Play begins the next part of the log script, which has come to a stop, and
// returns at once. At the end of the script it does nothing.
func (p *Phone) Play() { p.script.Play() }

// act does what a direction in the log script says.
func (p *Phone) act(line services.LogLine) {
	if line.Notify != "" {
		p.Notify(line.Notify)
	}
	if line.Edit != nil {
		if err := p.Edit(*line.Edit); err != nil {
			p.log.Error("script", "edit", line.Edit, "error", err)
		}
	}
	if line.Fault != "" {
		if err := p.SetFault(line.Fault); err != nil {
			p.log.Error("script", "fault", line.Fault, "error", err)
		}
	}
	set := line.Set
	if set == nil {
		return
	}
	value := set.Value
	if set.Now {
		value = seconds2001(p.now())
	}
	p.Set(set.Domain, set.Key, value)
	if set.Domain == domainBackup {
		p.Notify(domainChanged)
	}
}

// Forget makes the phone forget every computer, as a reset of "Location &
// Privacy" does.
func (p *Phone) Forget() error { return p.front.Hosts.ForgetAll() }

// Agent is the phone's backup agent, which tells tests what hosts said to it.
func (p *Phone) Agent() *backupd.Engine { return p.agent }

// Restarts counts how often a computer had the phone restart.
func (p *Phone) Restarts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.restarts
}

// UDID is the phone's identifier.
func (p *Phone) UDID() string { return p.cfg.UDID }

// StateDir is where the phone keeps its state; its folder "media" is what
// AFC serves.
func (p *Phone) StateDir() string { return p.cfg.StateDir }
