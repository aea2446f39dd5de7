package content_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup"
	"lifeboat/backup/content"
	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
	"lifeboat/backup/keybag"
	"lifeboat/device"
	"lifeboat/device/devicetest"
	"lifeboat/device/phonesim"
	phone "lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

// held is what a phone holds when it is backed up.
type held struct {
	name  string
	phone apps.Phone // as far as the shape can hold it
	files []phone.Extra
}

func holds(t *testing.T, name string, p apps.Phone, shape apps.Shape) held {
	t.Helper()
	// The same on all phones, so that a newer version has nothing of it but the entry.
	same := apps.AppFile{Domain: apps.AppDomain("com.example.same"), Path: "Documents/Same in both.txt", Data: []byte("the same in both"), Changed: time.Date(2024, 2, 29, 23, 59, 58, 0, time.UTC)}
	p.Files = append(slices.Clip(p.Files), same)
	return held{name, p.In(shape), contenttest.Files(t, shape, p)}
}

// An export onto a disk with the rules of Windows loses nothing, of whichever backup it
// is taken: the newest of ours, an older one, or another program's, encrypted or not.
// What the phone had is in a file, byte for byte, to the second and to the letter, or is
// named among what was left out; and it is what any other disk gets.
func TestExportOntoWindows(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes backups of whole phones")
	}
	all := []held{holds(t, "nasty", apps.Nasty(), apps.IOS27), holds(t, "demo", apps.Demo(), apps.IOS15)}
	for name, password := range map[string]string{"encrypted": "a password 🔑", "plain": ""} {
		others := map[string]exported{}
		for _, h := range all {
			t.Run(h.name+" of another program, "+name, func(t *testing.T) {
				b := contenttest.Open(t, password, h.files...)
				others[h.name] = exportOnto(t, b, afero.NewMemMapFs())
				sameAs(t, exportOnto(t, b, windows{afero.NewMemMapFs()}), others[h.name], h.phone)
			})
		}
		slices.Reverse(all) // each of them is the older one once
		for i, b := range versions(t, password, all...) {
			t.Run(all[i].name+", "+[]string{"older", "newest"}[i]+" of ours, "+name, func(t *testing.T) {
				sameAs(t, exportOnto(t, b, windows{afero.NewMemMapFs()}), others[all[i].name], all[i].phone)
			})
		}
	}
}

// versions has Lifeboat back a phone up each time that it holds something else, and
// opens what it keeps.
func versions(t *testing.T, password string, all ...held) (opened []*source.Backup) {
	t.Helper()
	root, records := t.TempDir(), t.TempDir()
	cfg := phonesim.DefaultConfig()
	cfg.StateDir = t.TempDir()
	cfg.Faults.Backup.FewFolders = true // the others would only take time
	devicetest.Trust(t, &cfg, records)
	server, err := phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(records))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	mux, err := device.NewMux(server.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mux.ExtraFor = device.ReplyTimeout
	for _, h := range all {
		cfg.Content = phone.With(nothing{}, h.files...)
		sim, err := phonesim.NewPhone(cfg)
		if err != nil {
			t.Fatal(err)
		}
		server.Attach(sim)
		found, err := mux.Find(t.Context(), sim.UDID())
		if err != nil {
			t.Fatal(err)
		}
		job := &backup.Job{Phone: found, Root: root, Password: keybag.NewPassword(password), Unencrypted: password == ""}
		made, err := job.Run(t.Context(), nil)
		server.Detach(sim)
		sim.Close()
		if err != nil {
			t.Fatal(err)
		}
		opened = append(opened, nil)
		if made.Version.Number != len(opened) {
			t.Fatalf("version %d is number %d", len(opened), made.Version.Number)
		}
	}
	for i := range opened {
		b, err := source.Open(context.Background(), afero.NewReadOnlyFs(afero.NewOsFs()), root, cfg.UDID, i+1, keybag.NewPassword(password))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		opened[i] = b
	}
	return opened
}

// nothing is a phone without any file.
type nothing struct{}

func (nothing) Walk(func(phone.File) error) error { return nil }

func (nothing) Open(phone.File) (io.ReadCloser, error) { return nil, fs.ErrNotExist }

// exported is what an export wrote: its files by their paths in small letters, and what
// it says of them.
type exported struct {
	content.Exported
	disk  afero.Fs
	files map[string]written
}

type written struct {
	sum [32]byte
	at  time.Time // zero: when it was written
}

// stamp is when a line of a calendar was written: the day of the backup.
var stamp = regexp.MustCompile(`DTSTAMP:\w+`)

func exportOnto(t *testing.T, b *source.Backup, disk afero.Fs) exported {
	t.Helper()
	began := time.Now().Add(-time.Minute)
	o := kind.Options{Hidden: true, Deleted: true, SmallPictures: true, Zone: time.UTC}
	done, err := content.Export(t.Context(), b, content.Kinds, export.New(disk, nil), o, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := exported{done, disk, map[string]written{}}
	if err := afero.Walk(disk, "/", func(name string, info fs.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := afero.ReadFile(disk, name)
		switch path.Ext(name) {
		case ".ics":
			data = stamp.ReplaceAll(data, nil)
		case ".csv":
			if app := "net.whatsapp.WhatsApp"; b.AppName(app) != "" { // calls have it where it was not noted what apps are called
				data = bytes.ReplaceAll(data, []byte(","+b.AppName(app)+"\r\n"), []byte(","+app+"\r\n"))
			}
		}
		key := strings.ToLower(filepath.ToSlash(name))
		if _, twice := all.files[key]; twice || strings.HasSuffix(key, ".part") {
			t.Errorf("%s is there in two letterings, or was left behind", name)
		}
		one := written{sum: sha256.Sum256(data)}
		if info.ModTime().Before(began) {
			one.at = info.ModTime()
		}
		all.files[key] = one
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// The list of what was left out is written after they were counted.
	if len(all.files) != done.Files+1 {
		t.Errorf("%d files are there, and %d were written", len(all.files), done.Files)
	}
	return all
}

// sameAs sees that an export has what the phone had, and what another one has.
func sameAs(t *testing.T, got, want exported, p apps.Phone) {
	t.Helper()
	const report = "/about these files.txt" // it names phone and day
	for _, name := range slices.Sorted(maps.Keys(want.files)) {
		g, there := got.files[name]
		if w := want.files[name]; name != report && (!there || g.sum != w.sum || !g.at.Equal(w.at)) {
			t.Errorf("%s: there %v, the same content %v, of %v and not %v", name, there, g.sum == w.sum, g.at, w.at)
		}
	}
	if len(got.files) != len(want.files) || got.LeftCount != want.LeftCount || !reflect.DeepEqual(got.Left, want.Left) {
		t.Errorf("%d files and %d left out, not %d and %d:\n%v\n%v", len(got.files), got.LeftCount, len(want.files), want.LeftCount, got.Left, want.Left)
	}
	for i, k := range want.Kinds {
		if g := got.Kinds[i]; g.State != k.State || g.Total() != k.Total() || !g.From.Equal(k.From) || !g.To.Equal(k.To) {
			t.Errorf("%s: %+v, not %+v", k.Kind, g, k)
		}
	}
	got.filesOf(t, p)
	got.photosOf(t, p)
	got.messagesOf(t, p)
	got.whatsAppOf(t, p)
}

// filesOf sees that everything of a phone that is a file is there, or is named.
func (e exported) filesOf(t *testing.T, p apps.Phone) {
	t.Helper()
	sums, left := map[[32]byte]bool{}, map[string]bool{}
	for _, f := range e.files {
		sums[f.sum] = true
	}
	for _, l := range e.Left {
		left[path.Base(l.What)] = true
	}
	wanted := 0
	want := func(what string, data []byte) {
		if data == nil {
			return
		}
		if wanted++; !sums[sha256.Sum256(data)] && !left[what] {
			t.Errorf("%q is neither there nor named", what)
		}
	}
	for _, c := range p.Chats {
		for _, m := range c.Messages {
			for _, a := range m.Attachments {
				if !a.Absent && !a.Sticker {
					want(a.Name, a.Data)
				}
			}
		}
	}
	for _, f := range p.Files {
		if !strings.HasPrefix(f.Path, "Documents/") && !strings.HasPrefix(f.Path, apps.OnMyPhoneFolder+"/") {
			continue // what apps keep for themselves
		}
		want(path.Base(f.Path), f.Data)
	}
	if wanted < 10 {
		t.Errorf("the phone has only %d files", wanted)
	}
}

// photosOf sees that there is what is stored of each photo, of its day, and nothing else.
func (e exported) photosOf(t *testing.T, p apps.Phone) {
	t.Helper()
	times := map[[32]byte][]time.Time{}
	for _, one := range p.Photos {
		parts := [][]byte{one.Data, one.Movie, one.Rendered, one.Recipe}
		switch one.State {
		case apps.ThumbOnly:
			parts = [][]byte{one.Thumb}
		case apps.EntryOnly:
			continue
		}
		for _, data := range parts {
			if data != nil {
				sum := sha256.Sum256(data)
				times[sum] = append(times[sum], one.Taken)
			}
		}
	}
	there := map[[32]byte]int{}
	for name, f := range e.files {
		if !strings.HasPrefix(name, "/photos/") || path.Ext(name) == ".html" {
			continue
		}
		there[f.sum]++
		if !slices.ContainsFunc(times[f.sum], f.at.Equal) {
			t.Errorf("%s is of %v, and not of one of %v", name, f.at, times[f.sum])
		}
	}
	for sum, all := range times {
		if there[sum] != len(all) {
			t.Errorf("%d photos of %v are there", there[sum], all)
		}
	}
	if len(times) < 10 {
		t.Errorf("the phone has only %d photos", len(times))
	}
}

// said is a message in a file for programs.
type said struct {
	ID, Date, Text string
	Attachments    []struct{ Path, State string }

	dir string
}

// messagesIn are the messages below a folder, by their IDs.
func (e exported) messagesIn(t *testing.T, folder string) map[string]said {
	t.Helper()
	all := map[string]said{}
	for name := range e.files {
		if !strings.HasPrefix(name, folder) || path.Ext(name) != ".json" {
			continue
		}
		var one struct{ Messages []said }
		data, err := afero.ReadFile(e.disk, name)
		if err == nil {
			err = json.Unmarshal(data, &one)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, m := range one.Messages {
			m.dir = path.Dir(name)
			all[m.ID] = m
		}
	}
	return all
}

// attached sees that a message has this file.
func (e exported) attached(t *testing.T, m said, n int, want []byte) {
	t.Helper()
	if n >= len(m.Attachments) {
		t.Errorf("%s has %d attachments", m.ID, len(m.Attachments))
		return
	}
	data, err := afero.ReadFile(e.disk, path.Join(m.dir, m.Attachments[n].Path))
	if err != nil || string(data) != string(want) {
		t.Errorf("%s: %+v has %d bytes, not %d; %v", m.ID, m.Attachments[n], len(data), len(want), err)
	}
}

func (e exported) messagesOf(t *testing.T, p apps.Phone) {
	t.Helper()
	all := e.messagesIn(t, "/messages/")
	for _, c := range p.Chats {
		for _, m := range c.Messages {
			got, there := all[m.GUID]
			if want := strings.NewReplacer("\uFFFC", "", "\uFFFD", "").Replace(m.Text); !there || got.Text != want || got.Date != m.Date.UTC().Format(time.RFC3339) {
				t.Errorf("%s is %.200v, not %.100q of %v", m.GUID, got, want, m.Date)
			}
			for i, a := range m.Attachments {
				if !a.Absent {
					e.attached(t, got, i, a.Data)
				}
			}
		}
	}
	if len(all) < 20 {
		t.Errorf("there are only %d messages", len(all))
	}
}

func (e exported) whatsAppOf(t *testing.T, p apps.Phone) {
	t.Helper()
	all := e.messagesIn(t, "/whatsapp/")
	for _, c := range p.WhatsApp.Chats {
		for _, m := range c.Messages {
			want := m.Text
			if m.Media != nil {
				want += m.Media.Caption
			}
			got, there := all[c.JID+"/"+m.ID]
			if !there || got.Text != want || got.Date != m.Date.UTC().Format(time.RFC3339) {
				t.Errorf("%s is %.200v, not %.100q of %v", m.ID, got, want, m.Date)
			}
			if m.Media != nil && m.Media.Path != "" && !m.Media.Absent {
				e.attached(t, got, 0, m.Media.Data)
			}
		}
	}
	if len(all) < 5 {
		t.Errorf("there are only %d messages", len(all))
	}
}
