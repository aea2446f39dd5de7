package verify

import (
	"context"
	"errors"
	"sync"

	"lifeboat/backup/catalog"
	"lifeboat/backup/cbc"
	"lifeboat/backup/format"
)

// rowsBatch is how many rows travel together to whoever looks at them.
const rowsBatch = 128

// list reads the rows of Manifest.db: it proves each as far as that goes
// without its content, and sorts what tells of contents.
func (p *proof) list(ctx context.Context, db *format.ManifestDB) (_ *records, err error) {
	l := &listing{proof: p, records: newRecords(p.backup.subject.Temp, p.backup.recordsMax)}
	defer func() {
		if err != nil {
			l.records.close()
		}
	}()
	queue := make(chan []format.Row, p.workers)
	var workers sync.WaitGroup
	for range p.workers {
		workers.Go(func() {
			for rows := range queue {
				l.batch(rows)
			}
		})
	}
	err = feed(ctx, db, queue)
	close(queue)
	workers.Wait()
	return l.records, errors.Join(err, l.failed)
}

func feed(ctx context.Context, db *format.ManifestDB, queue chan<- []format.Row) error {
	batch := make([]format.Row, 0, rowsBatch)
	bytes := 0
	for row, err := range db.Rows(ctx) {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		batch = append(batch, row)
		bytes += len(row.Record) + len(row.Domain) + len(row.Path)
		if len(batch) == rowsBatch || bytes > 1<<20 {
			queue <- batch
			batch, bytes = make([]format.Row, 0, rowsBatch), 0
		}
	}
	queue <- batch
	return nil
}

// listing collects what the rows tell.
type listing struct {
	*proof
	mu      sync.Mutex
	records *records
	failed  error
}

// batch looks at some rows.
func (l *listing) batch(rows []format.Row) {
	found := make([]record, 0, len(rows))
	var folders, links int
	var bytes int64
	for i := range rows {
		row := &rows[i]
		one, err := recordOf(row)
		if err != nil {
			l.badRow(row, err)
			continue
		}
		switch row.Flags {
		case format.FlagFile:
			found = append(found, one)
			bytes += stored(&one, l.backup.Manifest.Encrypted)
		case format.FlagDirectory:
			folders++
		case format.FlagLink:
			links++
		}
	}
	l.listed(len(rows), folders, links, bytes)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range found {
		if l.failed == nil {
			l.failed = l.records.add(one)
		}
	}
}

var (
	errName = errors.New("the name of its content does not belong to its path")
	errFlag = errors.New("an entry of unknown kind")
)

// recordOf reads one row.
func recordOf(row *format.Row) (record, error) {
	id, ok := catalog.ParseID(row.FileID)
	if !ok || row.FileID != format.FileID(row.Domain, row.Path) {
		return record{}, errName
	}
	file, err := format.ParseFile(row.Record)
	if err != nil {
		return record{}, err
	}
	switch row.Flags {
	case format.FlagFile, format.FlagDirectory, format.FlagLink:
	default:
		return record{}, errFlag
	}
	one := record{id: id, size: file.Size}
	switch len(file.EncryptionKey) {
	case keyLen:
		copy(one.key[:], file.EncryptionKey)
		one.how = withKey
	default:
		if file.EncryptionKey != nil {
			one.how = badKey
		}
	}
	return one, nil
}

// stored is how many bytes a content has on the disk. Encrypted content has
// 1 to 16 bytes of padding (protocol notes 8.4). An empty file may have no
// content at all instead.
func stored(r *record, encrypted bool) int64 {
	if encrypted && r.how != noKey {
		return (r.size/cbc.BlockSize + 1) * cbc.BlockSize
	}
	return r.size
}
