package feeds

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"lifeboat/backup/disk"
)

const (
	// cacheKept is how long an old answer still stands in for a new one.
	cacheKept = 30 * 24 * time.Hour
	// versionsFresh and statusFresh are how long nobody is asked again.
	versionsFresh = 24 * time.Hour
	statusFresh   = 5 * time.Minute

	cacheFormat = 1
	maxCache    = 2 << 20
)

// CacheDir is where programs keep what the network said, in the user's folder of
// caches; "" keeps nothing, where there is no such folder.
func CacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "Lifeboat", "feeds")
}

// kept is one file of the cache: what a source said, and when.
type kept[T any] struct {
	Format int       `json:"format"`
	AsOf   time.Time `json:"as_of"`
	Value  T         `json:"value"`
}

// readKept takes a file apart. Who can write there is not known, so what
// comes is held to the same rules as what comes from the network.
func readKept[T any](data []byte, now time.Time, sound func(T) error) (T, time.Time, error) {
	var file kept[T]
	var none T
	if err := json.Unmarshal(data, &file); err != nil {
		return none, time.Time{}, fmt.Errorf("%w: %w", errNonsense, err)
	}
	if age := now.Sub(file.AsOf); file.Format != cacheFormat || age < 0 || age > cacheKept {
		return none, time.Time{}, fmt.Errorf("%w: format %d of %s", errNonsense, file.Format, file.AsOf.Format(time.DateOnly))
	}
	if err := sound(file.Value); err != nil {
		return none, time.Time{}, err
	}
	return file.Value, file.AsOf, nil
}

// recall reads what a source said last, if it was lately.
func recall[T any](c *Client, id SourceID, sound func(T) error) (value T, asOf time.Time, ok bool) {
	if c.Dir == "" || c.Fs == nil {
		return value, asOf, false
	}
	f, err := c.Fs.Open(c.cacheFile(id))
	if err != nil {
		return value, asOf, false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCache+1))
	if err == nil && len(data) > maxCache {
		err = errTooBig
	}
	if err == nil {
		value, asOf, err = readKept(data, c.Now(), sound)
	}
	if err != nil {
		c.Log.Debug("nothing kept of a feed", "feed", id, "reason", err)
	}
	return value, asOf, err == nil
}

// keep writes what a source said. That it cannot is no loss worth a word to
// the user: the next run asks again.
func keep[T any](c *Client, id SourceID, value T, asOf time.Time) {
	if c.Dir == "" || c.Fs == nil {
		return
	}
	name := c.cacheFile(id)
	data, err := json.Marshal(kept[T]{cacheFormat, asOf, value})
	if err == nil {
		err = c.Fs.MkdirAll(c.Dir, 0o700)
	}
	if err == nil {
		err = disk.Replace(c.Fs, name, disk.Fresh(name), data)
	}
	if err != nil {
		c.Log.Debug("a feed was not kept", "feed", id, "reason", err)
	}
}

func (c *Client) cacheFile(id SourceID) string { return filepath.Join(c.Dir, string(id)+".json") }
