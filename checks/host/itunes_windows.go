package host

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/windows/registry"

	"lifeboat/device/facts"
)

// iTunes is the version of iTunes as its setup wrote it down. The one of the
// Microsoft Store writes nothing, and is kept up to date by the Store.
func iTunes() facts.Datum[string] {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Apple Computer, Inc.\iTunes`, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if errors.Is(err, fs.ErrNotExist) {
		return facts.Gone[string]()
	}
	if err != nil {
		return datumOf("", err)
	}
	defer key.Close()
	version, _, err := key.GetStringValue("Version")
	return datumOf(version, err)
}
