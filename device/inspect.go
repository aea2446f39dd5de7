package device

import (
	"context"
	"slices"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/lockdown"
	"lifeboat/device/safeplist"
)

// Summary is what a phone reports even to a computer that it does not trust.
// Texts are empty where it does not. It also carries what else was read on
// the way, so that [Phone.Facts] need not ask again.
type Summary struct {
	Name        string // "Anna's iPhone"
	ProductType string // "iPhone15,2"
	Version     string // "18.4.1"
	Readiness   facts.Readiness
	// Err is why the phone is not ready, nil if it is.
	Err error

	root *rootReading // nil: nothing was read
}

// rootReading is the root domain of lockdownd as it was at one moment.
type rootReading struct {
	domain
	at time.Time // this computer's clock halfway between question and answer
}

// fresh is how long what was read by [Phone.Inspect] counts as what the
// phone says now.
const fresh = 10 * time.Second

// fresh reports whether s describes the phone as it is now.
func (s Summary) fresh() bool { return s.root != nil && time.Since(s.root.at) < fresh }

// Inspect looks at a phone without making it show a dialog. It fails only
// with [fault.PhoneGone], [fault.Cancelled] or a code of usbmuxd; a phone
// that does not answer is a Summary with [facts.Silent].
func (p *Phone) Inspect(ctx context.Context) (Summary, error) {
	lockdownd := p.session()
	defer lockdownd.close()
	return lockdownd.inspect(ctx)
}

// inspect is [Phone.Inspect] in a session.
func (s *session) inspect(ctx context.Context) (Summary, error) {
	root := s.readRoot(ctx)
	sum, err := Summary{root: &root}, root.err
	if err == nil {
		sum.Name, _ = asName(root.values["DeviceName"])
		sum.ProductType, _ = asText(root.values["ProductType"])
		sum.Version, _ = asText(root.values["ProductVersion"])
		err = obstacle(root.values)
	} else if locksOut(err) {
		// A phone that does not let this computer in still has a name.
		if e := s.phone.readNames(ctx, &sum); e != nil {
			err = e
		}
	}
	if err == nil {
		sum.Readiness = facts.Ready
		return sum, nil
	}
	readiness, there := readinesses[fault.Of(err)]
	if !there {
		return sum, err
	}
	sum.Readiness, sum.Err = readiness, err
	return sum, nil
}

// locksOut reports whether err is that of a phone that answers, but not what
// only those may know whom it trusts.
func locksOut(err error) bool {
	code := fault.Of(err)
	_, there := readinesses[code]
	return there && code != fault.PhoneSilent
}

// readinesses are the faults of a phone that is there but not ready. All
// others leave nothing to tell of a phone.
var readinesses = map[fault.Code]facts.Readiness{
	fault.PairingStale:     facts.Untrusted,
	fault.TrustPending:     facts.Untrusted,
	fault.TrustRefused:     facts.Untrusted,
	fault.PairingForbidden: facts.Untrusted,
	fault.PhoneLocked:      facts.Locked,
	fault.FirstUnlock:      facts.Locked,
	fault.SetupUnfinished:  facts.SetupUnfinished,
	fault.PhoneSilent:      facts.Silent,
	fault.PhoneNonsense:    facts.Silent,
	fault.LockdownRefused:  facts.Silent,
	fault.ServiceRefused:   facts.Silent,
}

// readRoot reads the root domain.
func (s *session) readRoot(ctx context.Context) rootReading {
	if err := s.open(ctx); err != nil {
		return rootReading{domain{err: err}, time.Now()}
	}
	asked := time.Now()
	values, err := s.values(ctx, domainRoot)
	return rootReading{domain{values, err}, asked.Add(time.Since(asked) / 2)}
}

// obstacle is what is in the way of using a trusted phone, nil if nothing is.
func obstacle(root map[string]any) error {
	if locked, _ := safeplist.Bool(root["PasswordProtected"]); locked {
		return fault.New(fault.PhoneLocked, "read the lock state", nil)
	}
	if state, ok := root["ActivationState"].(string); ok && !setUp(state) {
		return fault.New(fault.SetupUnfinished, "read the activation state", nil).With("State", state)
	}
	return nil
}

// setUp reports whether an ActivationState is that of a phone in use.
func setUp(state string) bool {
	return slices.Contains([]string{"Activated", "FactoryActivated", "WildcardActivated"}, state)
}

// readNames reads what needs no session; only silence is an error.
func (p *Phone) readNames(ctx context.Context, s *Summary) error {
	conn, err := p.lockdownConn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for key, into := range map[string]*string{
		"DeviceName": &s.Name, "ProductType": &s.ProductType, "ProductVersion": &s.Version,
	} {
		if err := readName(ctx, conn, key, into); err != nil {
			return err
		}
	}
	return nil
}

func readName(ctx context.Context, conn *lockdown.Conn, key string, into *string) error {
	v, err := conn.Value(ctx, domainRoot, key)
	if answered(err) {
		return nil // it does not tell
	}
	*into, _ = asName(v)
	return err
}
