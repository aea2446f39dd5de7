package backupd

import "fmt"

// DeviceLink status codes of hosts.
const (
	dlNotFound    = -6
	dlExists      = -7
	dlMultiStatus = -13
)

// Final error codes of the agent (MBErrorDomain).
const (
	mbInternal     = 1
	mbCloudRestore = 25
	mbDeviceIO     = 100
	mbFileOnDevice = 102
	mbSnapshot     = 3
	mbReadHost     = 103
	mbWriteHost    = 104
	mbHostFull     = 105
	mbNoRoom       = 106
	mbCancelled    = 202
	mbVersion      = 203
	mbEmpty        = 204
	mbCorrupt      = 205
	mbPassword     = 207
	mbLocked       = 208
	mbFindMy       = 211
	mbNotSetUp     = 212
)

// refusal is a request that ends with an error code of the agent.
type refusal struct {
	code int
	text string
}

// Error implements error.
func (r *refusal) Error() string { return fmt.Sprintf("error %d: %s", r.code, r.text) }

// writing is what the agent makes of an answer to an operation that writes.
func writing(a answer, about string) error {
	code := mbWriteHost
	if a.code == dlNotFound || a.code == dlExists {
		code = mbCorrupt
	}
	return &refusal{code: code, text: fmt.Sprintf("host could not write %s: status %d %s", about, a.code, a.text)}
}

// reading is what the agent makes of a failed operation that reads.
func reading(code int, about string) error {
	mb := mbReadHost
	if code == dlNotFound {
		mb = mbCorrupt
	}
	return &refusal{code: mb, text: fmt.Sprintf("host could not read %s: status %d", about, code)}
}
