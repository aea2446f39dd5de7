package verify

import (
	"context"
	"crypto/aes"
	"errors"
	"fmt"
	"sync"

	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
)

// rowsBatch is how many rows travel together to whoever looks at them.
const rowsBatch = 128

// list reads the rows of Manifest.db and sorts those about contents. Odd
// rows are noted; none of them says anything against the backup.
func (p *proof) list(ctx context.Context, db *format.ManifestDB) (_ *records, err error) {
	l := &listing{proof: p, records: newRecords(p.backup.subject.Temp, p.backup.recordsMax)}
	defer func() {
		if err != nil {
			l.records.Close()
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
		one, odd, detail := recordOf(row)
		if odd != "" {
			l.oddRow(row, odd, detail)
		}
		switch row.Flags {
		case format.FlagDirectory:
			folders++
			continue
		case format.FlagLink:
			links++
			continue
		}
		// Of a kind that nobody knows there may be a content, too.
		if one.id != (catalog.ID{}) {
			found = append(found, one)
			bytes += stored(&one, l.backup.Manifest.Encrypted)
		}
	}
	l.listed(len(rows), folders, links, bytes)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range found {
		if l.failed == nil {
			l.failed = l.records.Add(one)
		}
	}
}

// recordOf reads one row, as far as it can be read; odd says in what way it is
// unusual. A row without a usable ID gives a record with a zero one.
func recordOf(row *format.Row) (one record, odd Oddity, detail string) {
	id, ok := catalog.ParseID(row.FileID)
	if !ok {
		return record{}, OddName, "it has no ID of a content"
	}
	one.id = id
	if row.Flags == format.FlagFile {
		one.what = isFile
	}
	file, err := format.ParseFile(row.Record)
	if err == nil {
		one.size = file.Size
		if file.HasSize {
			one.what |= hasSize
		}
		switch len(file.EncryptionKey) {
		case keyLen:
			copy(one.key[:], file.EncryptionKey)
			one.how = withKey
		case 0:
		default:
			one.how = badKey
		}
	}
	switch {
	case row.Flags != format.FlagFile && row.Flags != format.FlagDirectory && row.Flags != format.FlagLink:
		return one, OddKind, fmt.Sprintf("its kind is %d", row.Flags)
	case err != nil:
		return one, OddRecord, err.Error()
	case row.FileID != format.FileID(row.Domain, row.Path):
		return one, OddName, "its ID does not belong to its domain and path"
	case !file.HasSize:
		return one, OddNoSize, "the list gives no length"
	}
	return one, "", ""
}

// stored is how many bytes a content should have on the disk by the phone's
// list. Encrypted content has 1 to 16 bytes of padding. Of an empty file
// nothing is stored, though it has a key (device/PROTOCOL.md#content).
func stored(r *record, encrypted bool) int64 {
	if encrypted && r.how == withKey && r.size > 0 {
		return (r.size/aes.BlockSize + 1) * aes.BlockSize
	}
	return r.size
}
