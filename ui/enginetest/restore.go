package enginetest

import (
	"context"
	"sync"

	"lifeboat/backup"
	"lifeboat/backup/restore"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// Restores are restores of phones that do not exist.
type Restores struct {
	// Plan is what the next check finds, CheckErr why it cannot.
	Plan     restore.Plan
	CheckErr error
	// Events and Ends are what the run does; nil Ends ends it well at once. A run that
	// is cancelled ends with Stopped.
	Events  chan backup.Event
	Ends    chan Ending
	Stopped restore.State
	// AskOwn has the run ask for the phone's own password, until it is this one.
	AskOwn string
	// Secret is the password that opens the backup; "" is any.
	Secret string

	mu     sync.Mutex
	orders []engine.RestoreOrder
	checks int
}

// Ending is how a run ends.
type Ending struct {
	Result restore.Result
	Err    error
}

// Planned is a plan in which nothing stands in the way, of a phone with a name.
func Planned(name, ios string) restore.Plan {
	p := restore.Plan{Phone: restore.Phone{Name: name, IOS: ios}, Backup: restore.Backup{DeviceName: "Anna's old iPhone", IOS: "17.5", Encrypted: true, Files: 12341, Bytes: 22e9, Apps: 41}}
	p.Facts.Name = facts.Of(name)
	p.Backup.Version.Number = 5
	first := restore.Replaces
	if p.Erases() {
		first = restore.Erases
	}
	p.Notices = []restore.Notice{{ID: first}, {ID: restore.OnlyPhone}}
	return p
}

// Orders are those of the runs so far, Checks how often was looked.
func (r *Restores) Orders() []engine.RestoreOrder {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]engine.RestoreOrder(nil), r.orders...)
}

// Checks is how often a phone was looked at.
func (r *Restores) Checks() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.checks
}

// CheckRestore implements the engine's.
func (r *Restores) CheckRestore(context.Context, engine.RestoreOrder) (restore.Plan, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checks++
	return r.Plan, r.CheckErr
}

// Restore implements the engine's.
func (r *Restores) Restore(ctx context.Context, o engine.RestoreOrder, report func(backup.Event)) (restore.Result, error) {
	r.mu.Lock()
	r.orders = append(r.orders, o)
	r.mu.Unlock()
	result := restore.Result{State: restore.Untouched, Plan: r.Plan}
	if r.Secret != "" && o.Password.Reveal() != r.Secret {
		code := fault.PasswordWrong
		if o.Password.Empty() {
			code = fault.PasswordNeeded
		}
		return result, fault.New(code, "restore", nil).With("Restore", string(restore.Untouched))
	}
	for own := o.FirstPassword.Reveal(); r.AskOwn != "" && own != r.AskOwn; {
		typed, err := o.AskAgain(ctx)
		if err != nil {
			return result, err
		}
		own = typed.Reveal()
	}
	if r.Ends == nil {
		result.State, result.Files, result.Bytes, result.Apps = restore.Restored, 12341, 22e9, 41
		return result, nil
	}
	for {
		select {
		case e := <-r.Events:
			report(e)
		case end := <-r.Ends:
			return end.Result, end.Err
		case <-ctx.Done():
			result.State = r.Stopped
			return result, fault.New(fault.Cancelled, "restore", ctx.Err()).With("Restore", string(r.Stopped))
		}
	}
}
