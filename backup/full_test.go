package backup

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestResumedAfterFullDisk: what has arrived when the disk is full to the last
// byte is kept, for room is held to write down what it is, and the next run, for
// which room was made, resumes it.
func TestResumedAfterFullDisk(t *testing.T) {
	r := fullRig(t)
	r.mustRun(r.job())
	room := int64(5 << 20)
	r.resumesAfterFull(func(j *Job) {
		j.Fs, j.Full = &filling{faultfs.New(afero.NewOsFs(), faultfs.Plan{Room: &room}), &room}, true
	}, func() {})
}

// filling is a disk that has more room when what is held in reserve goes.
type filling struct {
	afero.Fs
	room *int64
}

func (f *filling) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	return f.Fs.(afero.Lstater).LstatIfPossible(name)
}

func (f *filling) Remove(name string) error {
	info, err := f.Stat(name)
	if err == nil && strings.HasSuffix(name, "reserve") {
		*f.room += info.Size()
	}
	return f.Fs.Remove(name)
}

const fullFiles = 400

func fullRig(t *testing.T) *rig {
	return newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(5, fullFiles, 8<<20) })
}

// resumesAfterFull makes a backup for which there is not the room, after fill has
// changed its job, and another one after room was made.
func (r *rig) resumesAfterFull(fill func(*Job), room func()) {
	r.t.Helper()
	j := r.job()
	fill(j)
	_, err := j.Run(context.Background(), nil)
	if e := fault.As(err); fault.Of(err) != fault.DestFull || e.Args["Kept"] != true {
		r.t.Errorf("%v, %v", err, e.Args)
	}
	kept := r.held()
	if kept < 50 {
		r.t.Fatalf("%d files are kept", kept)
	}
	room()
	again := r.job()
	again.FreeSpace = j.FreeSpace
	result, sent := r.counted(again)
	if !result.Resumed || result.Doubtful > 0 || sent > fullFiles-kept+50 {
		r.t.Errorf("%d files were kept and %d sent again: %+v", kept, sent, result)
	}
	r.t.Logf("%d of %d files kept, %d sent by the next run", kept, fullFiles, sent)
	r.prove(result.Version.Number, secret)
}
