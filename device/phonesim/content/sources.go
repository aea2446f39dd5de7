package content

import (
	"errors"
)

// Generate is a phone with this many regular files and about this many bytes
// in them, all drawn from the seed.
func Generate(seed int64, files int, bytes int64) Source { return nil }

// Folder is a phone whose content is a folder of this computer, laid out
// DIR/<Domain>/<relative path>.
func Folder(dir string) (Source, error) { return nil, errors.ErrUnsupported }
