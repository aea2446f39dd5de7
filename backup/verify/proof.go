package verify

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	random "math/rand/v2"
	"path"
	"sync"
	"time"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

var (
	errMeanwhile = errors.New("its content changed while it was read")
	errPadding   = errors.New("its content does not decrypt to what it was")
	// errRemembered is wrapped by errors of Subject.Catalog and Arrived.
	errRemembered = errors.New("what is remembered cannot be read")
	errIrregular  = errors.New("it is no file")
)

// proof collects what the workers find. Its memory does not grow with the
// number of files.
type proof struct {
	backup  *Backup
	level   Level
	report  func(Progress)
	workers int

	// For the goroutine that joins alone:
	random  *random.Rand
	byRows  bool // the rows of Manifest.db are the list
	differs bool // the catalogue lists something else
	unknown bool // the digest of some content is not known

	computes sync.Mutex // one Computed at a time

	mu         sync.Mutex
	result     Report
	progress   Progress
	reportedAt time.Time
	findings   []finding
	extra      int // findings that were not kept
	oddities   oddities
}

func newProof(b *Backup, level Level, report func(Progress)) *proof {
	p := &proof{
		backup: b, level: level, report: report, workers: b.workers,
	}
	seed := b.seed
	if seed == [2]uint64{} {
		var bytes [16]byte
		rand.Read(bytes[:])
		seed = [2]uint64{binary.BigEndian.Uint64(bytes[:8]), binary.BigEndian.Uint64(bytes[8:])}
	}
	p.random = random.New(random.NewPCG(seed[0], seed[1]))
	p.result.Level, p.result.Encrypted, p.result.Locked = level, b.Manifest.Encrypted, b.locked()
	return p
}

// run proves everything. A nil error says that nothing kept it from that.
func (p *proof) run(ctx context.Context) error {
	if err := p.beside(); err != nil {
		return err
	}
	sameList, err := p.tops(ctx)
	if err != nil {
		return err
	}
	p.info()
	db, rows, err := p.rows(ctx, sameList)
	if db != nil {
		defer db.Close()
	}
	if err != nil {
		return err
	}
	if rows != nil {
		defer rows.Close()
	}
	if err := p.contents(ctx, db, rows); err != nil {
		return err
	}
	if err := p.still(); err != nil {
		return err
	}
	p.result.Depth = p.level.Depth
	p.result.Digests = !p.unknown
	p.result.Bound = p.byRows && p.backup.subject.Catalog != nil && !p.differs && p.result.ProblemCount == 0
	return p.name(ctx, db)
}

// beside notes what stands beside the folders of content and has no place there.
func (p *proof) beside() error {
	return disk.EachName(p.backup.subject.Fs, p.backup.subject.Dir, func(name string) error {
		if !format.IsTop(name) && !isPrefix(name) {
			p.note(name)
		}
		return nil
	})
}

// rows opens Manifest.db and reads its rows, if that is to be and can be. If
// there is a catalogue to go by, a damaged Manifest.db is one problem among
// others; whatever else is wrong is still found.
func (p *proof) rows(ctx context.Context, sameList bool) (db *format.ManifestDB, rows *records, err error) {
	if p.backup.locked() {
		return nil, nil, nil
	}
	db, err = p.backup.database(ctx)
	if err != nil {
		return nil, nil, p.withoutList(ctx, err)
	}
	s := p.backup.subject
	keys := p.backup.Manifest.Encrypted && (p.level.Depth != Quick || s.Arrived != nil)
	if s.Bound && s.Catalog != nil && sameList && !keys {
		return db, nil, nil
	}
	if rows, err = p.list(ctx, db); err != nil {
		return db, nil, p.withoutList(ctx, err)
	}
	p.byRows, p.result.Rows = true, true
	return db, rows, nil
}

// withoutList makes a Manifest.db that cannot be read a problem, if there is
// a catalogue to go by.
func (p *proof) withoutList(ctx context.Context, err error) error {
	if p.backup.subject.Catalog == nil || ctx.Err() != nil || errors.Is(err, extsort.ErrTemporary) {
		return err
	}
	kind := Unreadable
	switch {
	case errors.Is(err, format.ErrContent):
		kind = BadRecord
	case errors.Is(err, fs.ErrNotExist):
		kind = Missing
	}
	p.topProblem(format.ManifestDBName, kind, err.Error())
	return nil
}

// contents joins the lists and reads what is to be read.
func (p *proof) contents(ctx context.Context, db *format.ManifestDB, rows *records) error {
	if err := p.count(rows); err != nil {
		return err
	}
	remembered, err := open(p.backup.subject.Catalog)
	if err != nil {
		return err
	}
	arrived, err := open(p.backup.subject.Arrived)
	if err != nil {
		return err
	}
	var sorted extsort.Stream[record]
	if rows != nil {
		sorted = rows.Sorted()
	}
	all := &union{extsort.Peek(sorted), remember(remembered), remember(arrived)}
	within, stop := context.WithCancel(ctx)
	defer stop()
	var others sync.WaitGroup
	var checked error
	if db != nil && p.level.Depth == Full {
		others.Go(func() {
			if checked = db.Check(within); checked != nil {
				if checked = p.withoutList(within, checked); checked != nil {
					stop()
				}
			}
		})
	}
	jobs := make(chan job, 4*p.workers)
	others.Go(func() { p.readAll(within, jobs) })
	err = p.join(within, all, jobs)
	close(jobs)
	if err != nil {
		stop()
	}
	others.Wait()
	p.tell(true)
	if checked != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return checked
	}
	return err
}

// count finds out how much there is to do.
func (p *proof) count(rows *records) error {
	full := p.level.Depth == Full
	if rows != nil {
		p.progress.FilesTotal = rows.Len()
		if !full {
			p.progress.BytesTotal = 0
		}
		return nil
	}
	s, err := open(p.backup.subject.Catalog)
	if s == nil || err != nil {
		return err
	}
	for e, err := range extsort.All(catalog.Live(s)) {
		if err != nil {
			return fmt.Errorf("%w: %w", errRemembered, err)
		}
		p.progress.FilesTotal++
		if full {
			p.progress.BytesTotal += e.Size
		}
	}
	return nil
}

// open opens a stream that may not be there.
func open(stream func() (catalog.Stream, error)) (catalog.Stream, error) {
	if stream == nil {
		return nil, nil
	}
	s, err := stream()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRemembered, err)
	}
	return s, nil
}

// still looks whether the backup can be reached at all, if anything was not
// found: a drive that was unplugged has not lost every file.
func (p *proof) still() error {
	if p.result.ProblemCount == 0 {
		return nil
	}
	full := path.Join(p.backup.subject.Dir, format.StatusName)
	_, err := p.backup.lstat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.DestOffline, op, err).With("Path", p.backup.subject.Dir)
	}
	return disk.Fault(op, full, err)
}

// picked reports whether a content is read that did not arrive in this run.
func (p *proof) picked() bool {
	switch p.level.Depth {
	case Full:
		return true
	case Sample:
		return p.random.Float64()*100 < p.level.Percent
	}
	return false
}

// computed hands a new digest out.
func (p *proof) computed(e catalog.Entry) {
	if p.backup.subject.Computed == nil {
		return
	}
	p.computes.Lock()
	defer p.computes.Unlock()
	p.backup.subject.Computed(e)
}

// listed counts rows of Manifest.db.
func (p *proof) listed(rows, folders, links int, bytes int64) {
	p.mu.Lock()
	p.result.Directories += folders
	p.result.Links += links
	p.progress.Listed += rows
	p.progress.BytesTotal += bytes
	p.mu.Unlock()
	p.tell(false)
}

// uncount takes an entry that has no content out of what is to be done.
func (p *proof) uncount() {
	p.mu.Lock()
	p.progress.FilesTotal--
	p.mu.Unlock()
}

// seen counts a content that was looked at and has size bytes.
func (p *proof) seen(size int64, read bool) {
	p.mu.Lock()
	p.result.Files++
	p.result.Bytes += size
	if read {
		p.result.Sampled++
		p.result.Read += size
	}
	p.progress.Files++
	p.mu.Unlock()
	p.tell(false)
}

// progressed counts bytes that were read.
func (p *proof) progressed(bytes int64) {
	p.mu.Lock()
	p.progress.Bytes += bytes
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
	if !now && time.Since(p.reportedAt) < 100*time.Millisecond {
		return
	}
	p.reportedAt = time.Now()
	progress := p.progress
	if progress.BytesTotal > 0 { // what the list says of sizes is not exact
		progress.BytesTotal = max(progress.BytesTotal, progress.Bytes)
	}
	p.report(progress)
}
