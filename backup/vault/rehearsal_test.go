package vault

import (
	"testing"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// What a rehearsal found stays beside its version, until another program writes to
// the phone's folder.
func TestRecordRehearsal(t *testing.T) {
	fsys := afero.NewMemMapFs()
	must(t, fsys.MkdirAll("/root", 0o700))
	one := files{}.with(1, files{"a": "a1"})
	v := open(t, fsys, "/root")
	must(t, backUp(v, Plan{}, 1, nil, one))
	passed, failed := Rehearsal{Date: epoch, By: "Test 1"}, Rehearsal{Date: epoch, By: "Test 1", Problems: 3}
	for _, r := range []Rehearsal{failed, passed} {
		must(t, v.RecordRehearsal(1, r))
		if got := v.Versions()[0].Rehearsed; got != r || got.Passed() != (r.Problems == 0) {
			t.Errorf("it is marked %+v", got)
		}
	}
	if err := v.RecordRehearsal(2, passed); fault.Of(err) != fault.VersionUnknown {
		t.Errorf("of a version that is not there: %v", err)
	}
	must(t, v.Close())
	marked := func() Rehearsal {
		all, err := List(fsys, "/root", udid)
		must(t, err)
		return all[0].Rehearsed
	}
	if got := marked(); got != passed {
		t.Errorf("it is marked %+v", got)
	}
	must(t, write(fsys, "/root/"+udid+"/Status.plist", "of another program"))
	if got := marked(); got != (Rehearsal{}) {
		t.Errorf("it is still marked %+v after another program wrote there", got)
	}
}
