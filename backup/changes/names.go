package changes

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
)

// names is what a version calls its files.
type names struct {
	view      *vault.View
	db        *format.ManifestDB // nil: locked, or not to be read
	encrypted bool
	wrong     bool // the password does not open it
	bag       []byte
	keys      *keybag.Keys
	apps      map[string]string // names of apps; nil until one is asked for
}

func (n *names) close() {
	if n.db != nil {
		n.db.Close()
	}
	n.view.Close()
}

// open opens the names of a version. other is one whose keys may be the same, since
// to derive them takes seconds; nil if there is none. A list that is damaged, or
// not there, counts as locked: what its names were nobody knows.
func (c *comparer) open(number int, other *names) (n *names, err error) {
	view, err := vault.OpenView(c.fs, c.root, c.udid, number)
	if err != nil {
		return nil, err
	}
	n = &names{view: view}
	err = n.unlock(c, other)
	switch {
	case fault.Of(err) == fault.PasswordWrong:
		n.wrong, err = true, nil
	case fault.Of(err) == fault.PasswordNeeded,
		errors.Is(err, fs.ErrNotExist), errors.Is(err, format.ErrContent), errors.Is(err, keybag.ErrMalformed), errors.Is(err, keybag.ErrNoClass):
		err = nil
	}
	if err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

func (n *names) unlock(c *comparer, other *names) error {
	manifest, err := format.ReadManifest(n.view.FS(), "/")
	if err != nil {
		return err
	}
	var key []byte
	if n.encrypted = manifest.Encrypted; n.encrypted {
		n.bag = manifest.KeyBag
		if other != nil && bytes.Equal(other.bag, n.bag) {
			n.keys, n.wrong = other.keys, other.wrong
			if n.keys == nil {
				return nil
			}
		} else {
			bag, err := keybag.Parse(manifest.KeyBag)
			if err != nil {
				return err
			}
			if n.keys, err = bag.Unlock(c.ctx, c.password); err != nil {
				return err
			}
		}
		if key, err = n.keys.UnwrapPrefixed(manifest.ManifestKey); err != nil {
			return errors.Join(format.ErrContent, err)
		}
		defer clear(key)
	}
	n.db, err = format.OpenManifestDB(c.ctx, n.view.FS(), "/", key)
	return err
}

// mostApps bounds how many names of apps are kept.
const mostApps = 10_000

// app is the name of an app, as its entry in Info.plist has it; "" if it has none. A
// part of an app, such as its group of shared files, goes by the app.
func (n *names) app(bundle string) string {
	if bundle == "" {
		return ""
	}
	if n.apps == nil {
		n.apps = map[string]string{}
		info, _ := format.ReadInfo(n.view.FS(), "/") // a help, and no condition
		apps, _ := info["Applications"].(map[string]any)
		for id, entry := range apps {
			one, _ := entry.(map[string]any)
			data, _ := one["iTunesMetadata"].([]byte)
			metadata, err := safeplist.Dict(data)
			if name, ok := metadata["itemName"].(string); ok && err == nil && len(n.apps) < mostApps {
				n.apps[id] = words.OneLine(name)
			}
		}
	}
	for id := bundle; id != ""; {
		if name := n.apps[id]; name != "" {
			return name
		}
		at := strings.LastIndexByte(id, '.')
		id = id[:max(at, 0)]
	}
	return ""
}
