package phonesim

import (
	"os"
	"path/filepath"
)

// erased is what is left of a phone on iOS 27 when a restore is about to bring
// the first file, whatever becomes of it: Setup Assistant, and nothing else. Of
// the simulated content nothing is gone, as it is only read.
func (p *Phone) erased() {
	p.mu.Lock()
	p.erasures++
	p.mu.Unlock()
	p.setUp(false)
}

// restored is a restore that succeeded: the phone asks to be set up.
func (p *Phone) restored() { p.setUp(false) }

// FinishSetup is the owner going through Setup Assistant.
func (p *Phone) FinishSetup() { p.setUp(true) }

func (p *Phone) setUp(done bool) {
	p.Set("com.apple.purplebuddy", "SetupDone", done)
	p.agent.SetSetup(!done)
}

// Erasures counts how often a restore erased the phone.
func (p *Phone) Erasures() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.erasures
}

// restoreApplications is the list of apps that a computer left for a restore.
func (p *Phone) restoreApplications() []byte {
	data, err := os.ReadFile(filepath.Join(p.cfg.StateDir, "media", "iTunesRestore", "RestoreApplications.plist"))
	if err != nil {
		return nil
	}
	return data
}
