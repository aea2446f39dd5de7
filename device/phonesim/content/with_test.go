package content_test

import (
	"io"
	"testing"
	"time"

	"lifeboat/device/phonesim/content"
)

// What is added is listed once, after its folders, and replaces what was there.
func TestWith(t *testing.T) {
	const replaced = "Library/Preferences/com.apple.springboard.plist"
	plain := content.Generate(1, 15, 1<<16)
	s := content.With(plain,
		content.Extra{Domain: "HomeDomain", Path: "Library/Preferences/new.plist", Data: []byte("new"), ModTime: time.Unix(1_700_000_000, 5)},
		content.Extra{Domain: "OtherDomain", Path: "a/b.txt", Data: []byte("other")},
		content.Extra{Domain: "HomeDomain", Path: replaced, Data: []byte("mine")})
	count := func(s content.Source) (files int, all map[string]content.File) {
		all = map[string]content.File{}
		folders := map[string]bool{}
		err := s.Walk(func(f content.File) error {
			key := f.Domain + "/" + f.Path
			if _, twice := all[key]; twice {
				t.Errorf("%s is listed twice", key)
			}
			all[key] = f
			switch f.Kind {
			case content.Directory:
				folders[key] = true
			case content.Regular:
				files++
			}
			if above := key[:len(key)-len(lastOf(key))-1]; f.Path != "" && f.Path != lastOf(f.Path) && !folders[above] {
				t.Errorf("%s is listed before its folder", key)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return files, all
	}
	before, _ := count(plain)
	after, all := count(s)
	if after != before+2 {
		t.Errorf("%d files, want %d", after, before+2)
	}
	for key, want := range map[string]string{"HomeDomain/Library/Preferences/new.plist": "new", "OtherDomain/a/b.txt": "other", "HomeDomain/" + replaced: "mine"} {
		f := all[key]
		file, err := s.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(file)
		if file.Close(); err != nil || string(data) != want || f.Size != int64(len(want)) {
			t.Errorf("%s: %q, %d bytes, %v", key, data, f.Size, err)
		}
	}
	if _, err := s.Open(all["HomeDomain/Library/SMS/sms.db"]); err != nil {
		t.Error(err)
	}
}

func lastOf(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}
