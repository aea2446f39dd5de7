package backupd

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// restoreRow is an entry of a backup that is being restored.
type restoreRow struct {
	id, domain, path string
	kind             content.Kind
	size             int64 // as the row tells, which need not be so
	mode             uint32
	key              []byte // wrapped, with its class before it; nil for none
	digest           []byte // SHA-1 of the stored bytes; nil for none
	target           string
}

func (r *restoreRow) hasContent() bool { return r.kind == content.Regular }

// entry is what is kept of the row, without its content.
func (r *restoreRow) entry() RestoredFile {
	return RestoredFile{ID: r.id, Domain: r.domain, Path: r.path, Kind: r.kind, Mode: r.mode, Target: r.target}
}

// restoreRows are the rows of a Manifest.db that came from a host.
type restoreRows struct {
	db    *sql.DB
	files int64
	bytes int64 // of them, as the rows tell
}

// maxRow bounds the archived MBFile of a row in bytes; real ones have less than
// a KiB.
const maxRow = 1 << 20

// openRestoreRows opens a Manifest.db and counts what is in it.
func openRestoreRows(ctx context.Context, stored *storedList) (*restoreRows, error) {
	db, err := stored.open()
	if err != nil {
		return nil, fmt.Errorf("Manifest.db: %w", err)
	}
	r := &restoreRows{db: db}
	err = r.each(ctx, func(row *restoreRow) error {
		if row.hasContent() {
			r.files++
			r.bytes += max(row.size, 0)
		}
		return nil
	})
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return r, nil
}

func (r *restoreRows) close() error { return r.db.Close() }

// each calls visit with the rows of files, folders and links. Rows that tell
// of none are left out, as those are with flags 16 and nothing else.
func (r *restoreRows) each(ctx context.Context, visit func(*restoreRow) error) error {
	rows, err := r.db.QueryContext(ctx, `SELECT fileID, coalesce(domain, ''), coalesce(relativePath, ''), flags,
		CASE WHEN length(file) > ? THEN x'' ELSE file END FROM Files ORDER BY rowid`, maxRow)
	if err != nil {
		return listError(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var row restoreRow
		var flags int
		var blob []byte
		if err := rows.Scan(&row.id, &row.domain, &row.path, &flags, &blob); err != nil {
			return listError(ctx, err)
		}
		if blob == nil {
			continue
		}
		if id, err := hex.DecodeString(row.id); err != nil || len(id) != len(fileKey{}) {
			return corrupt("Manifest.db", fmt.Sprintf("the identifier %.60q", row.id))
		}
		if err := row.parse(flags, blob); err != nil {
			return corrupt("Manifest.db", fmt.Sprintf("%s: %v", row.id, err))
		}
		if row.kind == 0 {
			continue
		}
		if err := visit(&row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return listError(ctx, err)
	}
	return nil
}

// listError is what an error of the database means: it is damaged, unless ctx
// has ended.
func listError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return corrupt("Manifest.db", err.Error())
}

// archive is a property list that NSKeyedArchiver wrote.
type archive struct {
	Top     map[string]any `plist:"$top"`
	Objects []any          `plist:"$objects"`
}

// at follows a reference; nil where it leads nowhere.
func (a *archive) at(reference any) any {
	n, ok := reference.(plist.UID)
	if !ok || uint64(n) >= uint64(len(a.Objects)) {
		return nil
	}
	return a.Objects[n]
}

// bytes follows a reference to data, plain or as an object that holds some.
func (a *archive) bytes(reference any) []byte {
	switch object := a.at(reference).(type) {
	case []byte:
		return object
	case map[string]any:
		data, _ := object["NS.data"].([]byte)
		return data
	}
	return nil
}

// parse reads the archived MBFile of a row.
func (r *restoreRow) parse(flags int, blob []byte) error {
	var a archive
	if _, err := plist.Unmarshal(blob, &a); err != nil {
		return err
	}
	file, ok := a.at(a.Top["root"]).(map[string]any)
	if !ok {
		return fmt.Errorf("no MBFile")
	}
	r.size, _ = integer(file["Size"])
	mode, _ := integer(file["Mode"])
	r.mode = uint32(mode)
	r.kind = kindOf(flags, r.mode)
	r.key, r.digest = a.bytes(file["EncryptionKey"]), a.bytes(file["Digest"])
	r.target, _ = a.at(file["Target"]).(string)
	return nil
}

// kindOf is what an entry is; where flags do not tell, its Mode does.
func kindOf(flags int, mode uint32) content.Kind {
	switch kind := content.Kind(flags); kind {
	case content.Regular, content.Directory, content.Symlink:
		return kind
	}
	switch mode & 0o170000 {
	case 0o100000:
		return content.Regular
	case 0o040000:
		return content.Directory
	case 0o120000:
		return content.Symlink
	}
	return 0
}
