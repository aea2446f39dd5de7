package verify

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"lifeboat/backup/format"
)

// proof collects what the workers find. Its memory does not grow with the
// number of files.
type proof struct {
	backup *Backup
	report func(Progress)
	total  int

	mu     sync.Mutex
	result Report
	found  int // contents that are there, right or not
	told   time.Time
}

// rows checks every row of Manifest.db, as many at a time as there are processors.
func (p *proof) rows(ctx context.Context, db *format.ManifestDB) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	queue := make(chan format.Row, 64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			w := worker{proof: p, buf: make([]byte, 256<<10)}
			for row := range queue {
				w.row(ctx, row)
			}
		})
	}
	err := feed(ctx, db, queue)
	close(queue)
	workers.Wait()
	p.tell(true)
	return err
}

func feed(ctx context.Context, db *format.ManifestDB, queue chan<- format.Row) error {
	for row, err := range db.Rows(ctx) {
		if err != nil {
			return err
		}
		select {
		case queue <- row:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (p *proof) problem(row format.Row, kind Kind, detail string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.result.ProblemCount++
	if len(p.result.Problems) < listMax {
		p.result.Problems = append(p.result.Problems, Problem{
			Kind: kind, FileID: row.FileID, Domain: row.Domain, Path: row.Path, Detail: fmt.Sprintf(detail, args...),
		})
	}
}

func (p *proof) note(text string) {
	p.result.NoteCount++
	if len(p.result.Notes) < listMax {
		p.result.Notes = append(p.result.Notes, text)
	}
}

// count adds a file that was looked at.
func (p *proof) count(there bool, bytes int64) {
	p.mu.Lock()
	p.result.Files++
	p.result.Bytes += bytes
	if there {
		p.found++
	}
	p.mu.Unlock()
	p.tell(false)
}

// tell reports progress, ten times a second at most.
func (p *proof) tell(now bool) {
	if p.report == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !now && time.Since(p.told) < 100*time.Millisecond {
		return
	}
	p.told = time.Now()
	p.report(Progress{Files: p.result.Files, FilesTotal: p.total, Bytes: p.result.Bytes})
}
