package services

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// CrashReport is a program of the phone that crashed.
type CrashReport struct {
	// Process is its name, or "JetsamEvent" for a lack of memory and
	// "panic-full" for the phone itself.
	Process string
	At      time.Time // in the zone of the phone
}

// CrashReports are com.apple.crashreportmover, which gathers new reports in a
// folder, and com.apple.crashreportcopymobile, which is AFC on that folder.
type CrashReports struct {
	dir, system string
	folder      *AFC

	mu      sync.Mutex
	reports []CrashReport // not moved yet
}

// NewCrashReports empties dir as the folder of reports. system is the iOS
// that they tell of, such as "iPhone OS 18.4.1 (22E252)".
func NewCrashReports(dir, system string, info DeviceInfo, reports []CrashReport, now func() time.Time) (*CrashReports, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	for _, name := range []string{"DiagnosticLogs", "Retired"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &CrashReports{
		dir: dir, system: system, reports: reports,
		folder: &AFC{root: root, info: info, locks: newLockTable(0, now)},
	}, nil
}

// Close releases the folder.
func (c *CrashReports) Close() error { return c.folder.Close() }

// ServeFolder runs one connection of com.apple.crashreportcopymobile.
func (c *CrashReports) ServeFolder(ctx context.Context, conn net.Conn) error {
	return c.folder.Serve(ctx, conn)
}

// ServeMover runs one connection of com.apple.crashreportmover: it moves what
// is new, and says when it is done.
func (c *CrashReports) ServeMover(_ context.Context, conn net.Conn) error {
	if err := c.move(); err != nil {
		return err
	}
	_, err := conn.Write([]byte("ping\x00"))
	return err
}

func (c *CrashReports) move() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, report := range c.reports {
		path := filepath.Join(c.dir, report.name())
		text, err := report.text(c.system)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
		if err := os.Chtimes(path, report.At, report.At); err != nil {
			return err
		}
	}
	c.reports = nil
	return nil
}

// name is how iOS names the file of a report.
func (r CrashReport) name() string {
	ending := ".ips"
	if r.Process == "panic-full" {
		ending = ".000.ips"
	}
	return r.Process + r.At.Format("-2006-01-02-150405") + ending
}

// text is the file of a report: a line of JSON about it, and what it says.
func (r CrashReport) text(system string) ([]byte, error) {
	kind, name := "309", r.Process
	body := map[string]any{
		"procName": r.Process, "procPath": "/usr/libexec/" + r.Process,
		"exception": map[string]any{"type": "EXC_CRASH", "signal": "SIGABRT"},
	}
	switch {
	case strings.HasPrefix(r.Process, "JetsamEvent"):
		kind, name = "298", ""
		body = map[string]any{
			"largestProcess": "MobileSlideShow",
			"processes": []any{
				map[string]any{"name": "MobileSlideShow", "rpages": 91_023, "reason": "per-process-limit"},
				map[string]any{"name": "SpringBoard", "rpages": 12_340},
			},
		}
	case strings.HasPrefix(r.Process, "panic-full"):
		kind, name = "210", ""
		body = map[string]any{"panicString": "panic(cpu 0 caller 0x0): userspace watchdog timeout"}
	}
	head := map[string]any{
		"bug_type": kind, "os_version": system, "timestamp": r.At.Format("2006-01-02 15:04:05.00 -0700"),
	}
	if name != "" {
		head["app_name"], head["name"] = name, name
	}
	first, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("crash report of %s: %w", r.Process, err)
	}
	rest, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("crash report of %s: %w", r.Process, err)
	}
	return append(append(first, '\n'), append(rest, '\n')...), nil
}
