package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/spf13/afero"
	"go.uber.org/goleak"

	"lifeboat/backup/keybag"
	"lifeboat/device"
	"lifeboat/device/devicetest"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/wait"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "correct horse"

// atOnce is how long a run may take to stop.
var atOnce = wait.Promised(time.Second)

// rig is a simulated phone on the real wire, paired with this computer, and
// a folder for its backups.
type rig struct {
	t      *testing.T
	server *phonesim.Server
	sim    *phonesim.Phone
	mux    *device.Mux
	phone  *device.Phone
	root   string
	state  string
	cfg    phonesim.Config
	// few has the phone make few folders. Wine takes hundreds of times as long
	// to look at one; the stories and the journey have a phone with all of them.
	few bool
}

func newRig(t *testing.T, change func(*phonesim.Config)) *rig {
	t.Helper()
	r := &rig{t: t, root: t.TempDir(), state: t.TempDir(), few: runtime.GOOS == "windows"}
	r.cfg = phonesim.DefaultConfig()
	r.cfg.Content = content.Generate(3, 40, 2<<20)
	r.cfg.StateDir = r.state
	if change != nil {
		change(&r.cfg)
	}
	var err error
	records := t.TempDir()
	devicetest.Trust(t, &r.cfg, records)
	if r.server, err = phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(records)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.server.Close() })
	if r.mux, err = device.NewMux(r.server.Address(), nil); err != nil {
		t.Fatal(err)
	}
	r.start(r.cfg)
	t.Cleanup(func() { r.sim.Close() })
	return r
}

// start plugs the phone in, in the state it was left in.
func (r *rig) start(cfg phonesim.Config) {
	r.t.Helper()
	if r.sim != nil {
		r.server.Detach(r.sim)
		r.sim.Close()
	}
	cfg.Faults.Backup.FewFolders = cfg.Faults.Backup.FewFolders || r.few
	var err error
	if r.sim, err = phonesim.NewPhone(cfg); err != nil {
		r.t.Fatal(err)
	}
	r.server.Attach(r.sim)
	r.find()
}

// find looks the phone up again, as after plugging it in.
func (r *rig) find() {
	r.t.Helper()
	var err error
	if r.phone, err = r.mux.Find(context.Background(), r.cfg.UDID); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) job() *Job {
	return &Job{Phone: r.phone, Fs: afero.NewOsFs(), Root: r.root, Password: keybag.NewPassword(secret)}
}

func (r *rig) mustRun(j *Job) Result {
	r.t.Helper()
	result, err := j.Run(context.Background(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// events collects what a run tells.
type events struct {
	mu  sync.Mutex
	all []Event
}

func (e *events) add(event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

func (e *events) phases() (all []Phase) {
	for _, event := range e.all {
		if len(all) == 0 || all[len(all)-1] != event.Phase {
			all = append(all, event.Phase)
		}
	}
	return all
}

// tree hashes every file below dir.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			all[name] = "folder"
			return nil
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		all[name] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
