package rootfs

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"
)

// BenchmarkCreateRename makes files in 256 folders and moves them to 256
// others, here and with plain calls of package os.
func BenchmarkCreateRename(b *testing.B) {
	b.Run("rootfs", func(b *testing.B) {
		fsys, err := Open(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		defer fsys.Close()
		createRename(b, fsys, "a/b")
	})
	b.Run("os", func(b *testing.B) { createRename(b, afero.NewOsFs(), b.TempDir()) })
}

func createRename(b *testing.B, fsys afero.Fs, root string) {
	for _, top := range []string{"from", "to"} {
		for n := range 256 {
			if err := fsys.MkdirAll(filepath.Join(root, top, fmt.Sprintf("%02x", n)), 0o700); err != nil {
				b.Fatal(err)
			}
		}
	}
	n := 0
	for b.Loop() {
		name := fmt.Sprintf("%02x/%040x", n%256, n)
		n++
		from, to := filepath.Join(root, "from", name), filepath.Join(root, "to", name)
		file, err := fsys.OpenFile(from, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			b.Fatal(err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
		if err := fsys.Rename(from, to); err != nil {
			b.Fatal(err)
		}
	}
}
