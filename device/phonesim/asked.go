package phonesim

import (
	"slices"
	"sync"
)

// maxAsked bounds the questions that a phone remembers; the oldest go first.
const maxAsked = 10_000

// asked is what computers asked a phone. Safe for use by several goroutines.
type asked struct {
	mu   sync.Mutex
	list []string
}

func (a *asked) note(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) >= 2*maxAsked {
		a.list = slices.Clone(a.list[len(a.list)-maxAsked:])
	}
	a.list = append(a.list, what)
}

// Asked returns what computers asked, oldest first, at most the last 10,000
// questions, so that tests can see that nothing is asked twice:
//
//	"com.apple.mobile.backup/WillEncrypt"  a value of lockdownd; "/ProductVersion"
//	                                       is one of the root domain
//	"com.apple.mobile.backup/"             a whole domain
//	"session"                              a session with lockdownd opened
//	"service com.apple.afc"                a service started
//	"IORegistry AppleSmartBattery"         an entry of the hardware's registry
//	"diagnostics Restart"                  anything else of diagnostics_relay
//	"MCInstall GetProfileList"             a question about profiles
//	"EnableCloudBackup on"                 the wish to switch the iCloud backup
func (p *Phone) Asked() []string {
	p.asked.mu.Lock()
	defer p.asked.mu.Unlock()
	return slices.Clone(p.asked.list[max(0, len(p.asked.list)-maxAsked):])
}
