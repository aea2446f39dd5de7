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
