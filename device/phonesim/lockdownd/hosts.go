package lockdownd

import (
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"sync"

	"howett.net/plist"
)

// Host is a computer that the phone trusts: what Pair left behind. The
// certificates are PEM.
type Host struct {
	HostID, SystemBUID                                  string
	DeviceCertificate, HostCertificate, RootCertificate []byte
	EscrowBag                                           []byte
}

// maxHosts bounds the hosts kept; the oldest is forgotten first.
const maxHosts = 64

// Hosts keeps the trusted computers in a file.
type Hosts struct {
	path string
	mu   sync.Mutex
	list []Host
}

// OpenHosts reads the trusted computers from path, which need not exist.
func OpenHosts(path string) (*Hosts, error) {
	h := &Hosts{path: path}
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, err
	}
	if _, err := plist.Unmarshal(data, &h.list); err != nil {
		return nil, fmt.Errorf("read trusted computers from %s: %w", path, err)
	}
	return h, nil
}

// Find returns the computer with this HostID.
func (h *Hosts) Find(id string) (Host, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, host := range h.list {
		if host.HostID == id {
			return host, true
		}
	}
	return Host{}, false
}

// Trust keeps a computer, in place of what it was known by before, and
// returns it with the escrow bag made for it.
func (h *Hosts) Trust(host Host) (Host, error) {
	host.EscrowBag = make([]byte, 32)
	rand.Read(host.EscrowBag) // never fails: crypto/rand
	h.mu.Lock()
	defer h.mu.Unlock()
	list := append(without(h.list, host.HostID), host)
	if len(list) > maxHosts {
		list = list[len(list)-maxHosts:]
	}
	return host, h.keep(list)
}

// Forget drops a computer; an unknown one is no error.
func (h *Hosts) Forget(id string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.keep(without(h.list, id))
}

// keep writes list to the file and then makes it the current one.
func (h *Hosts) keep(list []Host) error {
	data, err := plist.MarshalIndent(list, plist.XMLFormat, "\t")
	if err != nil {
		return err
	}
	tmp := h.path + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	if err := os.Rename(tmp, h.path); err != nil {
		return err
	}
	h.list = list
	return nil
}

func without(list []Host, id string) []Host {
	var out []Host
	for _, host := range list {
		if host.HostID != id {
			out = append(out, host)
		}
	}
	return out
}

// owns reports whether der is the host's or the root certificate of h.
// Apple's programs show the host certificate as client certificate,
// libimobiledevice's OpenSSL build the root certificate.
func (h Host) owns(der []byte) bool {
	for _, text := range [][]byte{h.HostCertificate, h.RootCertificate} {
		if block, _ := pem.Decode(text); block != nil && string(block.Bytes) == string(der) {
			return true
		}
	}
	return false
}

// ForgetAll drops every computer.
func (h *Hosts) ForgetAll() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.keep(nil)
}
