package device

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/services/afc"
)

// The folder of photos and films is two deep: /DCIM/100APPLE/IMG_0001.HEIC.
const (
	photosFolder = "/DCIM"
	maxDepth     = 3
	maxMedia     = 500_000 // files that are counted
)

// Kinds of files by extension; others, such as the notes on edits (.AAE),
// are small and are not looked at.
var (
	photoKinds = []string{".heic", ".heif", ".jpg", ".jpeg", ".png", ".dng", ".gif", ".tif", ".tiff", ".webp", ".avif", ".raw", ".jxl"}
	movieKinds = []string{".mov", ".mp4", ".m4v", ".3gp", ".avi"}
)

// Reasons why the cable was not measured.
const (
	reasonNoMovie   = facts.NoMovie
	reasonNoCable   = "no-cable"   // the phone is connected by Wi-Fi
	reasonNoReading = "not-looked" // the films could not be looked at
)

// movieToMeasure is the least size of a film that the cable is measured with,
// in bytes: half a second of USB 2.
const movieToMeasure = 16 << 20

// deepMedia counts photos and films, and then measures the cable with the
// largest of the films, through the same connection.
func (p *Phone) deepMedia(ctx context.Context, arrived func(func(*facts.Deep))) {
	ctx, cancel := context.WithTimeout(ctx, p.mux.deep.photos+p.mux.deep.film+p.atMost(opening))
	defer cancel()
	media, err := p.AFC(ctx)
	if err != nil {
		p.mux.log.Info("not read", "what", "photos", "error", err)
		photos, speed := unread[facts.Photos](err), unread[int64](err)
		arrived(func(all *facts.Deep) { all.Photos, all.CableSpeed = photos, speed })
		return
	}
	defer media.Close()
	w := walk{media: media, until: time.Now().Add(p.mux.deep.photos)}
	photos := facts.Datum[facts.Photos]{}
	if err := w.folder(ctx, photosFolder, 1); err != nil {
		p.mux.log.Info("not read", "what", "photos", "error", err)
		photos = unread[facts.Photos](err)
	} else {
		photos = facts.Of(w.photos)
	}
	arrived(func(all *facts.Deep) { all.Photos = photos })
	speed := p.cableSpeed(ctx, media, photos)
	arrived(func(all *facts.Deep) { all.CableSpeed = speed })
}

// walk counts photos and films.
type walk struct {
	media  *afc.Client
	until  time.Time
	files  int
	photos facts.Photos
}

// over reports whether enough has been counted, and notes that it is not all.
func (w *walk) over() bool {
	if w.files < maxMedia && time.Now().Before(w.until) {
		return false
	}
	w.photos.Incomplete = true
	return true
}

// folder counts what is in a folder. Only a phone that does not answer at all
// is an error; what cannot be looked at makes the count incomplete.
func (w *walk) folder(ctx context.Context, dir string, depth int) error {
	names, err := w.media.List(ctx, dir)
	if errors.Is(err, afc.ErrNotFound) {
		return nil // no photo was ever taken, or the folder has just gone
	}
	if err != nil {
		return w.tolerate(err, depth > 1)
	}
	for _, name := range names {
		if w.over() {
			return nil
		}
		file := path.Join(dir, name)
		kind := strings.ToLower(path.Ext(name))
		switch {
		case slices.Contains(photoKinds, kind), slices.Contains(movieKinds, kind):
			err = w.count(ctx, file, slices.Contains(movieKinds, kind))
		case kind == "" && depth < maxDepth:
			err = w.enter(ctx, file, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// enter goes into what may be a folder.
func (w *walk) enter(ctx context.Context, dir string, depth int) error {
	info, err := w.media.Stat(ctx, dir)
	if err != nil {
		return w.tolerate(err, true)
	}
	if !info.Folder {
		return nil
	}
	return w.folder(ctx, dir, depth+1)
}

func (w *walk) count(ctx context.Context, file string, movie bool) error {
	w.files++
	info, err := w.media.Stat(ctx, file)
	switch {
	case err != nil:
		return w.tolerate(err, true)
	case info.Folder:
	case movie:
		w.photos.Movies++
		w.photos.MovieBytes += info.Size
		if info.Size > w.photos.LargestMovieBytes {
			w.photos.LargestMovie, w.photos.LargestMovieBytes = file, info.Size
		}
	default:
		w.photos.Photos++
		w.photos.PhotoBytes += info.Size
	}
	return nil
}

// tolerate lets pass what the phone said about one file, if the rest can do
// without it.
func (w *walk) tolerate(err error, can bool) error {
	if !can || !errors.Is(err, afc.ErrNotFound) && fault.Of(err) != fault.ServiceRefused {
		return err
	}
	w.photos.Incomplete = w.photos.Incomplete || !errors.Is(err, afc.ErrNotFound)
	return nil
}

// cableSpeed reads from the largest film for a few seconds, in bytes a
// second, and throws away what it reads.
func (p *Phone) cableSpeed(ctx context.Context, media *afc.Client, photos facts.Datum[facts.Photos]) facts.Datum[int64] {
	film, known := photos.Known()
	switch {
	case !known:
		return facts.Datum[int64]{Reason: reasonNoReading}
	case p.Connection == "Network":
		return facts.Datum[int64]{Reason: reasonNoCable}
	case film.LargestMovieBytes < movieToMeasure:
		return facts.Datum[int64]{Reason: reasonNoMovie}
	}
	n, took, err := readFor(ctx, media, film.LargestMovie, p.mux.deep.film)
	if err != nil {
		p.mux.log.Info("not read", "what", "speed of the cable", "error", err)
		return unread[int64](err)
	}
	if n < movieToMeasure && took < p.mux.deep.film || took <= 0 {
		return facts.Datum[int64]{Reason: reasonNoMovie} // it ended early
	}
	return facts.Of(int64(float64(n) / took.Seconds()))
}

// readFor reads a file to its end, or for so long, and returns how many bytes
// came in which time.
func readFor(ctx context.Context, media *afc.Client, file string, long time.Duration) (n int64, took time.Duration, err error) {
	h, err := media.Open(ctx, file, afc.ReadOnly)
	if err != nil {
		return 0, 0, err
	}
	defer media.CloseFile(ctx, h)
	begin := time.Now()
	for took = 0; took < long; took = time.Since(begin) {
		data, err := media.Read(ctx, h, afc.MaxRead)
		if err != nil {
			return n, took, err
		}
		if len(data) == 0 {
			return n, time.Since(begin), nil
		}
		n += int64(len(data))
	}
	return n, took, nil
}
