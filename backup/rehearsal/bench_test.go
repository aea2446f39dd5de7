package rehearsal

import (
	"testing"

	"lifeboat/backup/backuptest"
	"lifeboat/device/phonesim/content"
)

// BenchmarkRehearsal is a backup of many small files, which cost most.
func BenchmarkRehearsal(b *testing.B) {
	root := b.TempDir()
	backuptest.Make(b, root, content.Generate(5, 3000, 24<<20), secret)
	for b.Loop() {
		if result, err := job(root, backuptest.UDID, 0, secret).Run(b.Context(), nil); err != nil || !result.Passed() {
			b.Fatal(result, err)
		}
	}
}
