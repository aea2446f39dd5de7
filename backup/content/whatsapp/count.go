package whatsapp

import (
	"context"
	"errors"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// count counts what things would visit, without reading it.
func count(ctx context.Context, b *source.Backup) (s kind.Summary, err error) {
	found, lacking := false, 0
	var firstErr error
	for _, domain := range domains {
		one, err := openDatabase(ctx, b, domain)
		if err == nil {
			var n int
			n, err = one.count(ctx, &s)
			lacking, found = lacking+n, found || err == nil
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
	s.Notes = append(s.Notes, kind.Counted(absent, lacking)...)
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

// count adds up the messages of an app, and gives how many of their files are not here.
func (s *store) count(ctx context.Context, sum *kind.Summary) (lacking int, err error) {
	d := s.db
	var n int64
	var from, to float64
	if err := d.Scan(ctx, []any{&n, &from, &to}, nil,
		`SELECT count(*), min(nullif(`+s.date()+`, 0)), max(nullif(`+s.date()+`, 0)) FROM ZWAMESSAGE m`); err != nil {
		return 0, err
	}
	sum.Here += int(n)
	sum.Span(kind.Cocoa(from))
	sum.Span(kind.Cocoa(to))
	if !d.Has("ZWAMEDIAITEM", "Z_PK", "ZMEDIALOCALPATH") || !d.Has("ZWAMESSAGE", "ZMEDIAITEM") {
		return 0, nil
	}
	var file, thumb string
	var says bool
	var kindOf int64
	err = d.Scan(ctx, []any{&file, &thumb, &kindOf, &says}, func() error {
		if kindOf == typeSystem {
			return nil
		}
		a := s.attachment(file, thumb)
		sum.Bytes += a.Bytes()
		if a.Presence == kind.Here {
			return nil
		}
		if lacking++; says {
			return nil
		}
		sum.Here--
		if a.Presence == kind.Small {
			sum.Small++
		} else {
			sum.Entry++
		}
		return nil
	}, `SELECT `+d.Columns("i", "ZWAMEDIAITEM", "ZMEDIALOCALPATH", "ZXMPPTHUMBPATH")+`, `+d.Column("m", "ZWAMESSAGE", "ZMESSAGETYPE")+`,
		ifnull(`+d.Column("m", "ZWAMESSAGE", "ZTEXT")+`, '') <> '' OR ifnull(`+d.Column("i", "ZWAMEDIAITEM", "ZTITLE")+`, '') <> ''
		FROM ZWAMESSAGE m JOIN ZWAMEDIAITEM i ON i.Z_PK = m.ZMEDIAITEM WHERE i.ZMEDIALOCALPATH <> ''`)
	return lacking, err
}
