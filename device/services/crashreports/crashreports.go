// Package crashreports lists what crashed on the phone, by the names of the
// reports only: their text is not read (checks/SIGNALS.md#crash-reports).
package crashreports

import (
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/services/afc"
	"lifeboat/device/wire"
)

// Services under whose names lockdownd starts them. The mover puts new
// reports where the folder, which speaks AFC, shows them.
const (
	MoverService  = "com.apple.crashreportmover"
	FolderService = "com.apple.crashreportcopymobile"
)

// moveTimeout is how long the phone may take to move its reports; one with
// many takes a while.
const moveTimeout = time.Minute

// AwaitMove waits until the mover says, with "ping", that it is done.
func AwaitMove(ctx context.Context, conn net.Conn) error {
	const op = "collect the crash reports"
	defer wire.Guard(ctx, conn, moveTimeout)()
	var word [4]byte
	if _, err := io.ReadFull(conn, word[:]); err != nil {
		return wire.Explain(ctx, op, err)
	}
	if string(word[:]) != "ping" {
		return fault.New(fault.PhoneNonsense, op, errors.New("no ping"))
	}
	return nil
}

// maxReports bounds how many names of a folder are looked at; a phone keeps
// some hundreds.
const maxReports = 20_000

// folders are where reports lie: new ones, and those that iOS is done with.
var folders = []string{"/", "/Retired"}

// List lists the reports. Names tell the phone's own time, of which zone says
// how it is to be read.
func List(ctx context.Context, phone *afc.Client, zone *time.Location) ([]facts.Crash, error) {
	var list []facts.Crash
	for _, folder := range folders {
		names, err := phone.List(ctx, folder)
		if err != nil && !errors.Is(err, afc.ErrNotFound) {
			return nil, err
		}
		for _, name := range names[:min(len(names), maxReports)] {
			if r, ok := parseName(name, zone); ok {
				list = append(list, r)
			}
		}
	}
	return list, nil
}

// reportName is PROCESS-YYYY-MM-DD-HHMMSS, a counter where there were several
// within a second, and the kind of file: .ips, or .ips.synced once a computer
// has fetched it.
var reportName = regexp.MustCompile(`^(.{1,128})-(\d{4}-\d{2}-\d{2}-\d{6})(?:[.-]\d{1,9})?\.ips(?:\.[a-z]{1,16})?$`)

// maxFileName bounds what may be the name of a report, in bytes.
const maxFileName = 255

// parseName reads the name of a report; false means that it is none.
func parseName(name string, zone *time.Location) (facts.Crash, bool) {
	if len(name) > maxFileName {
		return facts.Crash{}, false
	}
	m := reportName.FindStringSubmatch(name)
	if m == nil {
		return facts.Crash{}, false
	}
	at, err := time.ParseInLocation("2006-01-02-150405", m[2], zone)
	return facts.Crash{Process: m[1], At: at.UTC()}, err == nil
}
