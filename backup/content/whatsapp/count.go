package whatsapp

import (
	"context"
	"database/sql"
	"errors"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// count counts what things would visit, without reading it.
func count(ctx context.Context, b *source.Backup) (s kind.Summary, err error) {
	found, absent := false, 0
	var firstErr error
	for _, domain := range domains {
		one, err := openDatabase(ctx, b, domain)
		if err == nil {
			var n int
			n, err = one.count(ctx, &s)
			absent, found = absent+n, found || err == nil
			one.db.Close()
		}
		switch {
		case ctx.Err() != nil:
			return s, ctx.Err()
		case err == nil:
			continue
		case firstErr == nil || errors.Is(firstErr, source.ErrNotListed):
			firstErr = err
		}
		if !errors.Is(err, source.ErrNotListed) {
			s.Notes = append(s.Notes, kind.Note{Text: words.T("content.whatsapp.incomplete", nil), Partial: true})
		}
	}
	if !found {
		s.Notes, err = switchedOff(ctx, b, firstErr)
		return s, err
	}
	s.Notes = append(s.Notes, absentNote(absent)...)
	return s, nil
}

// switchedOff says, if no chats were found, that the app is there without them.
func switchedOff(ctx context.Context, b *source.Backup, why error) ([]kind.Note, error) {
	if !errors.Is(why, source.ErrNotListed) {
		return nil, why
	}
	for _, domain := range domains {
		for f, err := range b.Walk(ctx, domain) {
			if err == nil && f.Domain == domain {
				return []kind.Note{{Text: words.T("content.whatsapp.switched-off", nil)}}, why
			}
		}
	}
	return nil, why
}

func absentNote(n int) []kind.Note {
	if n == 0 {
		return nil
	}
	return []kind.Note{{Text: words.T("content.whatsapp.absent", words.Args{"N": words.Count(n)})}}
}

func (s *store) count(ctx context.Context, sum *kind.Summary) (absent int, err error) {
	d := s.db
	var n source.Int
	var from, to source.Real
	if err := d.Each(ctx, func(rows *sql.Rows) error { return rows.Scan(&n, &from, &to) },
		`SELECT count(*), min(nullif(`+s.date()+`, 0)), max(nullif(`+s.date()+`, 0)) FROM ZWAMESSAGE m`); err != nil {
		return 0, err
	}
	sum.Here += int(n)
	for _, seconds := range []source.Real{from, to} {
		at := kind.Cocoa(float64(seconds))
		if at.IsZero() {
			continue
		}
		if sum.From.IsZero() || at.Before(sum.From) {
			sum.From = at
		}
		if at.After(sum.To) {
			sum.To = at
		}
	}
	if !d.Has("ZWAMEDIAITEM", "Z_PK", "ZMEDIALOCALPATH") || !d.Has("ZWAMESSAGE", "ZMEDIAITEM") {
		return 0, nil
	}
	i := func(name string) string { return d.Column("i", "ZWAMEDIAITEM", name) }
	text := d.Column("m", "ZWAMESSAGE", "ZTEXT")
	return absent, d.Each(ctx, func(rows *sql.Rows) error {
		var file, thumb source.Text
		var says, kindOf source.Int
		if err := rows.Scan(&file, &thumb, &says, &kindOf); err != nil || kindOf == typeSystem {
			return err
		}
		a := s.attachment(string(file), string(thumb))
		sum.Bytes += a.Bytes()
		if a.Presence == kind.Here {
			return nil
		}
		if absent++; says != 0 {
			return nil
		}
		sum.Here--
		if a.Presence == kind.Small {
			sum.Small++
		} else {
			sum.Entry++
		}
		return nil
	}, `SELECT i.ZMEDIALOCALPATH, `+i("ZXMPPTHUMBPATH")+`, ifnull(`+text+`, '') <> '' OR ifnull(`+i("ZTITLE")+`, '') <> '', `+d.Column("m", "ZWAMESSAGE", "ZMESSAGETYPE")+`
		FROM ZWAMESSAGE m JOIN ZWAMEDIAITEM i ON i.Z_PK = m.ZMEDIAITEM WHERE i.ZMEDIALOCALPATH <> ''`)
}
