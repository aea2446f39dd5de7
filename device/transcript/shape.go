package transcript

import "strings"

// vocabularyOfShapes are the names that [Recorder.Shape] writes.
var vocabularyOfShapes = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(`
		rows files no-content folders links other-flags no-domain no-path no-record bad-record no-size size-differs size-shorter size-longer
		empty empty-with-key no-key odd-key digest extended target odd-id odd-keys db-bytes db-page db-wal db-padded encrypted
		class-0 class-1 class-2 class-3 class-4 class-other mode-odd owner-odd`) {
		names[name] = true
	}
	return names
}()
