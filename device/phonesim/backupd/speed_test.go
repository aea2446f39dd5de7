package backupd

import (
	"testing"

	"lifeboat/device/phonesim/content"
)

// The speed at which a host that keeps nothing gets a backup, from the Backup
// request to the final answer. The closing check is answered out of nothing,
// so that it ends with an error, which counts as much.
func BenchmarkBackup(b *testing.B) {
	for _, phone := range []struct {
		name  string
		files int
		bytes int64
	}{
		{"100000-small-files", 100_000, 400 << 20},
		{"2GB-large-files", 40, 2 << 30},
		{"20000-files-1GB", 20_000, 1 << 30},
	} {
		for _, password := range []string{"", "password"} {
			name := phone.name + "/plain"
			if password != "" {
				name = phone.name + "/encrypted"
			}
			b.Run(name, func(b *testing.B) {
				engine := newTestEngine(b, testConfig(b, content.Generate(1, phone.files, phone.bytes)))
				if password != "" {
					setPassword(b, engine, "", password)
				}
				b.SetBytes(phone.bytes)
				for b.Loop() {
					host, _ := backUp(b, engine, "")
					if host.files < phone.files {
						b.Fatalf("%d files of %d came", host.files, phone.files)
					}
				}
				b.ReportMetric(float64(phone.files)*float64(b.N)/b.Elapsed().Seconds(), "files/s")
			})
		}
	}
}

// How long a host that stores everything waits for an incremental backup of
// 200 changes among many files, from the Backup request to the final answer.
func BenchmarkIncremental(b *testing.B) {
	phone := content.Edit(content.Generate(1, 200_000, 200<<20), 1)
	engine := newTestEngine(b, testConfig(b, phone))
	setPassword(b, engine, "", "password")
	root := b.TempDir()
	succeed(b, engine, root, Run{Why: "no backup"})
	for b.Loop() {
		if err := phone.Apply(content.Edits{Changed: 180, Added: 10, Removed: 10}); err != nil {
			b.Fatal(err)
		}
		succeed(b, engine, root, Run{Incremental: true})
	}
}
