package restore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
	"go.uber.org/goleak"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/device"
	"lifeboat/device/devicetest"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "correct horse"

// rig is a simulated phone on the real wire, paired with this computer, and a
// folder of its backups.
type rig struct {
	t      *testing.T
	server *phonesim.Server
	sim    *phonesim.Phone
	mux    *device.Mux
	phone  *device.Phone
	root   string
	// records is where the computer keeps its pairings.
	records string
	cfg     phonesim.Config
}

// newRig has a phone of a version of iOS that does not erase itself, with Find My
// off.
func newRig(t *testing.T, change func(*phonesim.Config)) *rig {
	t.Helper()
	r := &rig{t: t, root: t.TempDir()}
	r.cfg = phonesim.DefaultConfig()
	r.cfg.Version = "18.4.1"
	r.cfg.FindMy = false
	r.cfg.Content = content.Generate(3, 25, 1<<20)
	r.cfg.StateDir = t.TempDir()
	r.cfg.Faults.Backup.FewFolders = true // the others would only take time
	if change != nil {
		change(&r.cfg)
	}
	r.records = t.TempDir()
	devicetest.Trust(t, &r.cfg, r.records)
	var err error
	if r.server, err = phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(r.records)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.server.Close() })
	if r.mux, err = device.NewMux(r.server.Address(), nil); err != nil {
		t.Fatal(err)
	}
	r.mux.ExtraFor = device.ReplyTimeout
	r.plug(r.cfg)
	t.Cleanup(func() { r.sim.Close() })
	return r
}

// plug plugs the phone in, as it was left or as another one.
func (r *rig) plug(cfg phonesim.Config) {
	r.t.Helper()
	if r.sim != nil {
		r.server.Detach(r.sim)
		r.sim.Close()
	}
	var err error
	if r.sim, err = phonesim.NewPhone(cfg); err != nil {
		r.t.Fatal(err)
	}
	r.server.Attach(r.sim)
	r.find()
}

// find looks the phone up, as after plugging it in.
func (r *rig) find() {
	r.t.Helper()
	var err error
	if r.phone, err = r.mux.Find(context.Background(), r.sim.UDID()); err != nil {
		r.t.Fatal(err)
	}
}

// back waits for a phone that was restored to leave its cable, having restarted
// more often than before, and plugs it in again.
func (r *rig) back(restarts int) {
	r.t.Helper()
	gone := func() bool {
		_, err := r.mux.Find(context.Background(), r.sim.UDID())
		return err != nil
	}
	for r.sim.Restarts() <= restarts || !gone() {
		if r.t.Context().Err() != nil {
			r.t.Fatal("it did not restart")
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.server.Attach(r.sim)
	r.find()
}

// backUp makes a backup, encrypted unless password is "".
func (r *rig) backUp(password string) backup.Result {
	r.t.Helper()
	job := r.backupJob(password)
	result, err := job.Run(context.Background(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

func (r *rig) backupJob(password string) *backup.Job {
	return &backup.Job{Phone: r.phone, Root: r.root, Password: keybag.NewPassword(password), Unencrypted: password == ""}
}

// job restores the newest version without a backup first.
func (r *rig) job() *Job {
	return &Job{Phone: r.phone, Name: r.cfg.Name, Root: r.root, UDID: r.cfg.UDID, Password: keybag.NewPassword(secret), Program: "test"}
}

// failed runs a job that must end with a code.
func (r *rig) failed(j *Job, want fault.Code) (Result, *fault.Error) {
	r.t.Helper()
	result, err := j.Run(context.Background(), nil)
	if fault.Of(err) != want {
		r.t.Fatalf("ended with %v, not %s", err, want)
	}
	known := fault.As(err)
	if known.Args["Restore"] != string(result.State) {
		r.t.Errorf("%s: the words say %v of a phone that is %s", want, known.Args["Restore"], result.State)
	}
	return result, known
}

// events collects what a job reports.
type events struct {
	mu  sync.Mutex
	all []backup.Event
}

func (e *events) add(event backup.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

func (e *events) phases() (all []backup.Phase) {
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

// isFolder compares what a folder was with what it is.
func isFolder(t *testing.T, what string, before map[string]string, dir string) {
	t.Helper()
	if d := cmp.Diff(before, tree(t, dir)); d != "" {
		t.Errorf("%s: the folder of the backups was changed:\n%s", what, d)
	}
}

// contentOf is what a phone holds, by domain and path.
func contentOf(t *testing.T, source content.Source) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := source.Walk(func(f content.File) error {
		what := fmt.Sprintf("%d %o %s", f.Kind, f.Mode, f.Target)
		if f.Kind == content.Regular {
			in, err := source.Open(f)
			if err != nil {
				return err
			}
			defer in.Close()
			sum := sha256.New()
			n, err := io.Copy(sum, in)
			if err != nil {
				return err
			}
			what += fmt.Sprintf(" %d %x", n, sum.Sum(nil))
		}
		all[f.Domain+"-"+f.Path] = what
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// restored is what the phone was restored with last; nil if it was not.
func restored(t *testing.T, sim *phonesim.Phone) map[string]string {
	t.Helper()
	got, was, err := sim.Agent().Restored()
	if err != nil {
		t.Fatal(err)
	}
	if !was {
		return nil
	}
	all := map[string]string{}
	for _, f := range got.Files {
		what := fmt.Sprintf("%d %o %s", f.Kind, f.Mode, f.Target)
		if f.Kind == content.Regular {
			what += fmt.Sprintf(" %d %s", f.Size, f.SHA256)
		}
		all[f.Domain+"-"+f.Path] = what
	}
	return all
}

// asked reports whether a phone was asked for a service since a number of
// questions.
func asked(sim *phonesim.Phone, since int, service string) bool {
	return slices.Contains(sim.Asked()[since:], "service "+service)
}

// appsListed is the list of apps that lies on the phone; nil if there is none.
func (r *rig) appsListed() []byte {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.sim.StateDir(), "media", "iTunesRestore", "RestoreApplications.plist"))
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	return data
}

// copyOfRoot copies the folder of the backups, so that it can be spoiled.
func (r *rig) copyOfRoot() string {
	r.t.Helper()
	to := r.t.TempDir()
	if err := os.CopyFS(to, os.DirFS(r.root)); err != nil {
		r.t.Fatal(err)
	}
	return to
}

// contentFile is the first content in a folder of at least some size.
func contentFile(t *testing.T, dir string, least int64) (found string) {
	t.Helper()
	err := afero.Walk(afero.NewOsFs(), dir, func(path string, info fs.FileInfo, err error) error {
		if err == nil && found == "" && len(filepath.Base(path)) == 40 && info.Size() >= least {
			found = path
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatal("no content", err)
	}
	return found
}
