package phonesim

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
	"lifeboat/device/phonesim/lockdownd"
	"lifeboat/device/phonesim/services"
	"lifeboat/device/phonesim/usbmuxd"
)

// Notifications that the phone posts by itself.
const domainChanged = "com.apple.mobile.backup.domain_changed"

// Phone is one simulated iPhone.
type Phone struct {
	cfg     Config
	ownDir  bool // Close removes the state folder
	now     func() time.Time
	log     *slog.Logger
	key     *rsa.PrivateKey
	dialog  *lockdownd.Dialog
	values  *lockdownd.Values
	front   *lockdownd.Daemon
	notices *services.Notifications
	media   *services.AFC
	agent   *backupd.Engine
	content *content.Edited
	script  *services.Log
	crashes *services.CrashReports
	asked   asked

	mu       sync.Mutex
	restarts int
	erasures int
	closed   bool
	running  sync.WaitGroup
	server   *Server // nil while unplugged
	replug   *time.Timer
}

// NewPhone makes a phone that is not plugged in yet. Its state is read from
// cfg.StateDir, which is made where it is missing.
func NewPhone(cfg Config) (*Phone, error) {
	p := &Phone{cfg: cfg, log: cfg.Log}
	trueTime := cfg.Now
	if trueTime == nil {
		trueTime = time.Now
	}
	p.now = func() time.Time { return trueTime().Add(cfg.ClockError) }
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.log = p.log.With("phone", cfg.UDID)
	if err := p.open(); err != nil {
		p.Close()
		return nil, fmt.Errorf("simulated phone %s: %w", cfg.UDID, err)
	}
	return p, nil
}

// open fills in what the configuration leaves out and wires the programs of
// the phone to each other.
func (p *Phone) open() error {
	c := &p.cfg
	if c.UDID == "" || c.ProductType == "" {
		return errors.New("no UDID or no model")
	}
	major, err := majorVersion(c.Version)
	if err != nil {
		return err
	}
	if c.Build == "" {
		c.Build = buildOf(c.Version, major)
		if c.Beta {
			c.Build = betaOf(c.Build)
		}
	}
	if c.Content == nil {
		c.Content = content.Generate(1, 60, 4<<20)
	}
	if c.AppData != "" {
		phone, known := appData[c.AppData]
		if !known {
			return fmt.Errorf("no apps keep %q", c.AppData)
		}
		c.Content = apps.On(c.Content, apps.ShapeOf(c.Version), phone)
	}
	memory, err := c.MemoryFiles(p.now())
	if err != nil {
		return err
	}
	if len(memory) > 0 {
		c.Content = content.With(c.Content, memory...)
	}
	p.content = content.Edit(c.Content, c.EditSeed)
	if c.Edits != (content.Edits{}) {
		if err := p.content.Apply(c.Edits); err != nil {
			return err
		}
	}
	if err := p.openState(); err != nil {
		return err
	}
	p.dialog = lockdownd.NewDialog(c.Trust, c.Locked, p.now)
	if c.AwaitsFirstUnlock {
		p.dialog.Start()
	}
	p.notices = services.NewNotifications()
	info := services.DeviceInfo{Model: c.ProductType, Total: c.Disk.Capacity - c.Disk.System, Free: c.Disk.Available}
	p.media, err = services.NewAFC(filepath.Join(c.StateDir, "media"), info, c.Faults.SyncLockBusy, p.now)
	if err != nil {
		return err
	}
	if err := services.FillCameraRoll(filepath.Join(c.StateDir, "media"), c.Photos.Count, c.Photos.Size, c.Movies.Count, c.Movies.Size); err != nil {
		return err
	}
	system := fmt.Sprintf("iPhone OS %s (%s)", c.Version, c.Build)
	if p.crashes, err = services.NewCrashReports(filepath.Join(c.StateDir, "crashes"), system, info, p.crashReports(), p.now); err != nil {
		return err
	}
	p.script = &services.Log{Lines: c.LogScript, Now: p.now, Act: p.act}
	if p.agent, err = p.newAgent(); err != nil {
		return err
	}
	if err := p.playPassword(); err != nil {
		return err
	}
	hosts, err := lockdownd.OpenHosts(filepath.Join(c.StateDir, "hosts.plist"))
	if err != nil {
		return err
	}
	p.values = newValues(p)
	p.front = &lockdownd.Daemon{
		Key: p.key, Values: p.values, Hosts: hosts, Dialog: p.dialog,
		Services: p.programs(), Faults: c.Faults.Lockdown, Log: p.log,
		PlainServices: olderThan(c.Version, 13, 0),
		Latency:       c.Latency, Slow: map[string]time.Duration{"com.apple.afc": c.MediaLatency}, Asked: p.asked.note,
	}
	p.play()
	return nil
}

// newKey makes the key of all new phones of this process: making one takes a
// tenth of a second of a processor, and nobody minds that two have the same.
var newKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// openState makes the state folder and reads, or makes, the phone's own key.
func (p *Phone) openState() (err error) {
	if p.cfg.StateDir == "" {
		if p.cfg.StateDir, err = os.MkdirTemp("", "phonesim-"); err != nil {
			return err
		}
		p.ownDir = true
	}
	if err := os.MkdirAll(p.cfg.StateDir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(p.cfg.StateDir, "device-key.pem")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if p.key, err = newKey(); err != nil {
			return err
		}
		block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(p.key)}
		return os.WriteFile(path, pem.EncodeToMemory(block), 0o600)
	}
	if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return fmt.Errorf("%s holds no key", path)
	}
	p.key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	return err
}

// crashReports are the crashes of the configuration, no two at the same second.
func (p *Phone) crashReports() []services.CrashReport {
	zone := time.FixedZone("", zoneOffset)
	var reports []services.CrashReport
	for i, crash := range p.cfg.Crashes {
		at := p.now().Add(-crash.Age - time.Duration(i)*time.Second)
		reports = append(reports, services.CrashReport{Process: crash.Process, At: at.In(zone)})
	}
	return reports
}

func (p *Phone) newAgent() (*backupd.Engine, error) {
	c := &p.cfg
	dir := filepath.Join(c.StateDir, "backup")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var apps []backupd.Application
	for _, app := range c.Apps {
		if !app.System {
			apps = append(apps, backupd.Application{BundleID: app.BundleID, Version: app.Version})
		}
	}
	return backupd.New(backupd.Config{
		StateDir: dir, Content: p.content, UDID: c.UDID,
		Identity: backupd.Identity{
			DeviceName: c.Name, ProductType: c.ProductType, ProductVersion: c.Version,
			BuildVersion: c.Build, SerialNumber: p.serial(),
		},
		Applications: apps, Rounds: c.Rounds, Passcode: c.Passcode,
		SetupUnfinished: c.SetupUnfinished, RequiresEncryption: c.RequiresEncryption,
		Faults: c.Faults.Backup,
		Notify: p.Notify, Detach: p.pullCable, SwitchCloudBackup: p.switchCloudBackup,
		BackedUp: p.backedUp, FindMy: p.findMyOn, Restart: p.restart,
		RestoreSpace: func() int64 { return cmp.Or(c.Disk.Restorable, c.Disk.Available) },
		CloudRestore: func() bool { return c.Memory.Restoring }, Locked: p.dialog.Locked,
		Erase: p.erased, Restored: p.restored, RestoreApplications: p.restoreApplications,
		Now: p.now, Log: p.log,
	})
}

// Close unplugs the phone, waits for its programs to end, and removes its
// state if that was in a folder of its own.
func (p *Phone) Close() error {
	p.mu.Lock()
	p.closed = true
	server := p.server
	if p.replug != nil {
		p.replug.Stop()
	}
	p.mu.Unlock()
	if server != nil {
		server.Detach(p)
	}
	if p.script != nil {
		p.script.Close()
	}
	p.running.Wait()
	var errs []error
	if p.media != nil {
		errs = append(errs, p.media.Close())
	}
	if p.crashes != nil {
		errs = append(errs, p.crashes.Close())
	}
	if p.ownDir {
		errs = append(errs, os.RemoveAll(p.cfg.StateDir))
	}
	return errors.Join(errs...)
}

// dial returns what serves a port of the phone, nil for nobody.
func (p *Phone) dial(port uint16) usbmuxd.Handler {
	handler := p.front.Dial(port)
	if p.cfg.Replay != nil && port == lockdownd.Port {
		p.cfg.Replay.Opened()
	}
	if handler == nil {
		return nil
	}
	return func(ctx context.Context, conn net.Conn) {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return
		}
		p.running.Add(1)
		p.mu.Unlock()
		defer p.running.Done()
		handler(ctx, conn)
	}
}

// pullCable is the phone leaving by itself; see Config.ReplugAfter.
func (p *Phone) pullCable() {
	p.mu.Lock()
	server := p.server
	p.mu.Unlock()
	if server == nil {
		return
	}
	server.Detach(p)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cfg.ReplugAfter > 0 && !p.closed {
		p.replug = time.AfterFunc(p.cfg.ReplugAfter, func() { server.Attach(p) })
	}
}

// restart is a computer's wish that the phone restarts: it leaves the cable as
// in pullCable, and comes back without asking for its passcode.
func (p *Phone) restart() {
	p.mu.Lock()
	p.restarts++
	p.mu.Unlock()
	p.dialog.Lock(false)
	p.agent.Restart()
	p.pullCable()
}

// backedUp is the end of a backup to a computer.
func (p *Phone) backedUp() {
	p.Set(domainBackup, "LastiTunesBackupDate", seconds2001(p.now()))
	p.Set(domainBackup, "LastiTunesBackupTZ", zoneName)
	p.Notify(domainChanged)
}

// findMyOn reports whether Find My is on now.
func (p *Phone) findMyOn() bool {
	on, _ := p.values.Get("com.apple.fmip", "IsAssociated")
	return on == true
}

// silent reports whether a test wants the service to say nothing.
func (p *Phone) silent(name string) bool { return slices.Contains(p.cfg.Faults.Silent, name) }
