package photos

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lifeboat/backup/content/source"
)

const (
	// mostMembers bounds how often photos are in albums.
	mostMembers = 20_000_000
	// deepest bounds how far folders of albums are nested.
	deepest = 32
)

// The kinds of albums that people know of.
const (
	userAlbum   = 2
	sharedAlbum = 1505
	folderKind  = 4000
)

// details reads what is known of the assets beyond their entries: albums, people, and
// whether iCloud has them. The library is sorted already. What cannot be read is a
// note; an error is that of the context.
func (r *reader) details(db *source.Database) error {
	at := make(map[int64]int32, len(r.lib.Assets))
	for i := range r.lib.Assets {
		if a := &r.lib.Assets[i]; a.pk != 0 {
			at[a.pk] = int32(i) //nolint:gosec // mostAssets
		}
	}
	for _, one := range []struct {
		read func(*source.Database, map[int64]int32) error
		note string
	}{{r.albums, "content.photos.note.no-albums"}, {r.people, "content.photos.note.no-people"}, {r.cloud, ""}} {
		err := one.read(db, at)
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if err != nil && one.note != "" {
			r.note(one.note, false, nil)
		}
	}
	return nil
}

// row is an album, or a folder of them, as it is stored.
type row struct {
	pk, sort, parent int64
	trashed          bool
	title, ref       string
}

// albums reads the albums with their folders.
func (r *reader) albums(db *source.Database, at map[int64]int32) error {
	if !db.Has(albums, "Z_PK", "ZKIND") {
		return nil
	}
	folders := map[int64]row{}
	var found []row
	var e row
	of := func(column string) string { return db.Column("g", albums, column) }
	err := db.Scan(r.ctx, []any{&e.pk, &e.sort, &e.parent, &e.trashed, &e.title, &e.ref}, func() error {
		switch {
		case len(folders)+len(found) >= mostAssets/10:
			return errEnough
		case e.sort == folderKind:
			folders[e.pk] = e
		case !e.trashed && (e.sort == userAlbum || e.sort == sharedAlbum):
			found = append(found, e)
		}
		return nil
	}, fmt.Sprintf("SELECT %s, %s, %s FROM %s g ORDER BY %s, %s", db.Columns("g", albums, "Z_PK", "ZKIND", "ZPARENTFOLDER", "ZTRASHEDSTATE"), brief(of("ZTITLE")), brief(of("ZUUID")),
		albums, of("Z_FOK_PARENTFOLDER"), of("Z_PK")))
	if err != nil || len(found) == 0 {
		return err
	}
	index := make(map[int64]int, len(found))
	for i, e := range found {
		r.lib.Albums = append(r.lib.Albums, Album{Ref: e.ref, Title: e.title, Shared: e.sort == sharedAlbum, Folders: above(folders, e.parent)})
		index[e.pk] = i
	}
	err = r.members(db, at, index)
	slices.SortStableFunc(r.lib.Albums, func(a, b Album) int { return slices.Compare(a.Folders, b.Folders) })
	return err
}

// above are the folders of a folder with it, outermost first. Those that lie in one
// another without an end do so up to a depth.
func above(folders map[int64]row, at int64) (names []string) {
	for range deepest {
		f, found := folders[at]
		if !found {
			break
		}
		names = append(names, f.title)
		at = f.parent
	}
	slices.Reverse(names)
	return names
}

// members reads which assets are in which album.
func (r *reader) members(db *source.Database, at map[int64]int32, index map[int64]int) error {
	table, album, asset, order := r.membersTable(db)
	if table == "" {
		return errors.New("no table of which photos are in which album")
	}
	var of, photo int64
	seen := 0
	return db.Scan(r.ctx, []any{&of, &photo}, func() error {
		if seen++; seen > mostMembers {
			return errEnough
		}
		i, known := index[of]
		if n, there := at[photo]; known && there {
			r.lib.Albums[i].Assets = append(r.lib.Albums[i].Assets, n)
		}
		return nil
	}, fmt.Sprintf("SELECT %s FROM %s j ORDER BY 1, %s", db.Columns("j", table, album, asset), source.Quote(table), db.Column("j", table, order)))
}

// joins is the form of the names of tables that join albums and photos.
var joins = regexp.MustCompile(`^z_([0-9]{1,4})assets$`)

// membersTable finds the table that joins albums and photos. Its name and those of
// its columns have the numbers of the two entities, which change from one iOS to the
// next and stand in Z_PRIMARYKEY.
func (r *reader) membersTable(db *source.Database) (table, album, asset, order string) {
	numbers := map[string]string{}
	if db.Has("Z_PRIMARYKEY", "Z_ENT", "Z_NAME") {
		var number, name string
		// What cannot be read here is found by the form of the names.
		_ = db.Scan(r.ctx, []any{&number, &name}, func() error {
			if len(numbers) > 10_000 {
				return errEnough
			}
			numbers[name] = number
			return nil
		}, "SELECT CAST(Z_ENT AS INTEGER), Z_NAME FROM Z_PRIMARYKEY")
	}
	fits := func(albums, photos string) bool {
		if albums == "" || photos == "" {
			return false
		}
		table, album, asset, order = "Z_"+albums+"ASSETS", "Z_"+albums+"ALBUMS", "Z_"+photos+"ASSETS", "Z_FOK_"+photos+"ASSETS"
		return db.Has(table, album, asset)
	}
	photos := []string{numbers["Asset"], numbers["GenericAsset"]}
	for _, name := range []string{"Album", "GenericAlbum"} {
		for _, photo := range photos {
			if fits(numbers[name], photo) {
				return table, album, asset, order
			}
		}
	}
	for _, name := range db.Tables() {
		m := joins.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		for _, photo := range append(photos, "3", "34") {
			if fits(m[1], photo) {
				return table, album, asset, order
			}
		}
	}
	return "", "", "", ""
}

// people reads whose faces are in which asset.
func (r *reader) people(db *source.Database, at map[int64]int32) error {
	const faces, persons = "ZDETECTEDFACE", "ZPERSON"
	photo := db.FirstColumn("f", faces, "ZASSETFORFACE", "ZASSET") // from iOS 17; until 16
	person := db.FirstColumn("f", faces, "ZPERSONFORFACE", "ZPERSON")
	if photo == "NULL" || person == "NULL" || !db.Has(persons, "Z_PK", "ZFULLNAME") {
		return nil
	}
	var of int64
	var name string
	fullName := db.Column("p", persons, "ZFULLNAME")
	return db.Scan(r.ctx, []any{&of, &name}, func() error {
		if i, found := at[of]; found && name != "" {
			a := &r.lib.Assets[i]
			if len(a.People) < 100 && !slices.Contains(a.People, name) {
				a.People = append(a.People, kept(name))
			}
		}
		return nil
	}, fmt.Sprintf("SELECT %s, %s FROM %s f JOIN %s p ON %s = %s WHERE %s <> ''", photo, brief(fullName), faces, persons, db.Column("p", persons, "Z_PK"), person, fullName))
}

// cloud reads of which assets iCloud Photos has the original.
func (r *reader) cloud(db *source.Database, at map[int64]int32) error {
	if !db.Has(resources, "ZASSET", "ZREMOTEAVAILABILITY", "ZRESOURCETYPE", "ZDATASTORESUBTYPE") {
		return nil
	}
	const originals = " WHERE ZREMOTEAVAILABILITY = 1 AND ZDATASTORESUBTYPE = 1 AND ZRESOURCETYPE IN (0, 1)"
	var of int64
	return db.Scan(r.ctx, []any{&of}, func() error {
		if i, found := at[of]; found {
			r.lib.Assets[i].InCloud = true
		}
		return nil
	}, "SELECT ZASSET FROM "+resources+originals)
}

// titles are the names of the albums that each asset is in.
func (l *Library) titles() map[int32][]string {
	all := map[int32][]string{}
	for _, album := range l.Albums {
		name := strings.Join(append(slices.Clone(album.Folders), album.Title), " › ")
		for _, i := range album.Assets {
			all[i] = append(all[i], name)
		}
	}
	return all
}
