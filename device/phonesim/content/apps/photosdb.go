package apps

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"lifeboat/device/phonesim/content"
)

const (
	cameraDomain = "CameraRollDomain"
	photosPath   = "Media/PhotoData/Photos.sqlite"
)

// photosTables has {asset} for the table of photos, {album} for the number of
// the entity Album and {photo} for that of the photos.
const photosTables = coreData + `
{asset}
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZAVALANCHEPICKTYPE INTEGER
  ZAVALANCHEKIND INTEGER | 15-
  ZCLOUDISDELETABLE INTEGER
  ZCLOUDLOCALSTATE INTEGER
  ZCOMPLETE INTEGER
  ZDEPTHTYPE INTEGER
  ZFAVORITE INTEGER
  ZHEIGHT INTEGER
  ZHIDDEN INTEGER
  ZKIND INTEGER
  ZKINDSUBTYPE INTEGER
  ZORIENTATION INTEGER
  ZPLAYBACKSTYLE INTEGER
  ZSAVEDASSETTYPE INTEGER
  ZTRASHEDSTATE INTEGER
  ZTRASHEDREASON INTEGER | 15-
  ZVISIBILITYSTATE INTEGER
  ZWIDTH INTEGER
  ZADDITIONALATTRIBUTES INTEGER
  ZEXTENDEDATTRIBUTES INTEGER | 15-
  ZMASTER INTEGER
  ZADDEDDATE TIMESTAMP
  ZDATECREATED TIMESTAMP
  ZDURATION FLOAT
  ZLATITUDE FLOAT
  ZLONGITUDE FLOAT
  ZMODIFICATIONDATE TIMESTAMP
  ZSORTTOKEN FLOAT
  ZTRASHEDDATE TIMESTAMP
  ZHASADJUSTMENTS INTEGER | -15
  ZADJUSTMENTSSTATE INTEGER | 16-
  ZADJUSTMENTTIMESTAMP TIMESTAMP | 15-
  ZISRECENTLYSAVED INTEGER | 17-
  ZAVALANCHEUUID VARCHAR
  ZCLOUDASSETGUID VARCHAR
  ZDIRECTORY VARCHAR
  ZFILENAME VARCHAR
  ZMEDIAGROUPUUID VARCHAR
  ZUNIFORMTYPEIDENTIFIER VARCHAR
  ZUUID VARCHAR
ZADDITIONALASSETATTRIBUTES
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZASSET INTEGER
  ZORIGINALFILESIZE INTEGER
  ZORIGINALHEIGHT INTEGER
  ZORIGINALWIDTH INTEGER
  ZTIMEZONEOFFSET INTEGER
  ZTIMEZONENAME VARCHAR
  ZINFERREDTIMEZONEOFFSET INTEGER
  ZCREATORBUNDLEID VARCHAR | -13
  ZIMPORTEDBYBUNDLEIDENTIFIER VARCHAR | 14-
  ZIMPORTEDBYDISPLAYNAME VARCHAR | 15-
  ZEXIFTIMESTAMPSTRING VARCHAR
  ZORIGINALFILENAME VARCHAR
  ZTITLE VARCHAR
ZEXTENDEDATTRIBUTES | 15-
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZASSET INTEGER
  ZISO INTEGER
  ZLATITUDE FLOAT
  ZLONGITUDE FLOAT
  ZDATECREATED TIMESTAMP | 17-
  ZCAMERAMAKE VARCHAR
  ZCAMERAMODEL VARCHAR
  ZLENSMODEL VARCHAR
ZINTERNALRESOURCE
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZASSET INTEGER
  ZRESOURCETYPE INTEGER
  ZDATASTORESUBTYPE INTEGER
  ZVERSION INTEGER
  ZLOCALAVAILABILITY INTEGER
  ZREMOTEAVAILABILITY INTEGER
  ZDATALENGTH INTEGER
ZGENERICALBUM
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZKIND INTEGER
  ZTRASHEDSTATE INTEGER
  ZCACHEDCOUNT INTEGER
  ZPARENTFOLDER INTEGER
  Z_FOK_PARENTFOLDER INTEGER
  ZCREATIONDATE TIMESTAMP | 14-
  ZTITLE VARCHAR
  ZUUID VARCHAR
  ZCLOUDGUID VARCHAR
Z_{album}ASSETS
  Z_{album}ALBUMS INTEGER
  Z_{photo}ASSETS INTEGER
  Z_FOK_{photo}ASSETS INTEGER
  PRIMARY KEY (Z_{album}ALBUMS, Z_{photo}ASSETS)
# Another join of photos, so that the first that ends in ASSETS is not the one.
Z_{photo}MEMORIESBEINGCURATEDASSETS
  Z_{photo}CURATEDASSETS INTEGER
  Z_52MEMORIESBEINGCURATEDASSETS INTEGER
  PRIMARY KEY (Z_{photo}CURATEDASSETS, Z_52MEMORIESBEINGCURATEDASSETS)
ZDETECTEDFACE
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZASSET INTEGER | -16
  ZPERSON INTEGER | -16
  ZASSETFORFACE INTEGER | 17-
  ZPERSONFORFACE INTEGER | 17-
ZPERSON
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZFACECOUNT INTEGER
  ZDISPLAYNAME VARCHAR
  ZFULLNAME VARCHAR
  ZPERSONUUID VARCHAR
index ZASSET_DATE {asset}(ZDATECREATED)
`

// photoNumbers are the numbers of entities in the shapes: of photos and of albums.
func photoNumbers(shape Shape, albums int) (photo, album int) {
	photo, album = 3, map[Shape]int{IOS13: 26, IOS15: 27, IOS17: 28, IOS18: 30, IOS26: 33, IOS27: 34}[shape]
	if shape == IOS13 {
		photo = 34
	}
	if albums != 0 {
		album = albums
	}
	return photo, album
}

// BuildPhotos makes the photo library: its database, the originals, the small
// pictures, and what was made by editing.
func BuildPhotos(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	w := &photosWriter{assets: "ZASSET", faces: map[string]int{}}
	if shape == IOS13 {
		w.assets = "ZGENERICASSET"
	}
	w.photo, w.album = photoNumbers(shape, phone.Harm.AlbumEntity)
	tables := strings.NewReplacer("{asset}", w.assets, "{album}", fmt.Sprint(w.album), "{photo}", fmt.Sprint(w.photo)).Replace(photosTables)
	files, err := phone.build(shape, store{cameraDomain, photosPath, tables, w.write})
	if err != nil {
		return nil, err
	}
	for _, p := range phone.Photos {
		files = append(files, phone.pictureFiles(p)...)
	}
	return files, nil
}

// pictureFiles are the files of a photo that are on the phone.
func (p Phone) pictureFiles(photo Photo) []content.Extra {
	var files []content.Extra
	add := func(name string, data []byte) {
		if data != nil {
			f := p.file(cameraDomain, name, data)
			f.ModTime = photo.Taken
			files = append(files, f)
		}
	}
	if photo.State == Here {
		add(photo.Path(), photo.Data)
		add(photo.MoviePath(), photo.Movie)
		add(photo.RenderedPath(), photo.Rendered)
		add(photo.RecipePath(), photo.Recipe)
		if photo.Rendered != nil {
			add(path.Join(path.Dir(photo.RenderedPath()), "Adjustments.plist"), adjustments(photo))
		}
	}
	if photo.State != EntryOnly {
		add(photo.ThumbPath(), photo.Thumb)
	}
	return files
}

// Path is where the original lies in CameraRollDomain.
func (p Photo) Path() string {
	if p.OtherCase {
		return "Media/" + p.Folder + "/" + otherCase(p.Name)
	}
	return "Media/" + p.Folder + "/" + p.Name
}

// stem is the name without its ending.
func (p Photo) stem() string { return strings.TrimSuffix(p.Name, path.Ext(p.Name)) }

// MoviePath is where the moving half of a Live Photo lies in CameraRollDomain.
func (p Photo) MoviePath() string { return "Media/" + p.Folder + "/" + p.stem() + ".MOV" }

// RecipePath is where the .AAE lies in CameraRollDomain.
func (p Photo) RecipePath() string { return "Media/" + p.Folder + "/" + p.stem() + ".AAE" }

// RenderedPath is where the edited picture lies in CameraRollDomain.
func (p Photo) RenderedPath() string {
	ending := ".jpg"
	if p.Video {
		ending = ".mov"
	}
	return "Media/PhotoData/Mutations/" + p.Folder + "/" + p.stem() + "/Adjustments/FullSizeRender" + ending
}

// ThumbPath is where the small picture lies in CameraRollDomain.
func (p Photo) ThumbPath() string {
	name := p.Name
	if p.OtherCase {
		name = otherCase(name)
	}
	return "Media/PhotoData/Thumbnails/V2/" + p.Folder + "/" + name + "/5005.JPG"
}

func otherCase(name string) string {
	if lower := strings.ToLower(name); lower != name {
		return lower
	}
	return strings.ToUpper(name)
}

// photosWriter knows the numbers of what was written.
type photosWriter struct {
	*database
	assets       string // the table
	photo, album int    // entities
	resources    int    // rows so far
	faceRows     int
	faces        map[string]int // people by name
}

func (w *photosWriter) write(d *database) {
	w.database = d
	photos := d.phone.Photos
	d.entity(w.photo, map[string]string{"ZASSET": "Asset", "ZGENERICASSET": "GenericAsset"}[w.assets], 0, len(photos))
	d.entity(1, "AdditionalAssetAttributes", 0, len(photos))
	d.entity(w.album-1, "GenericAlbum", 0, len(d.phone.Albums)+1)
	d.entity(w.album, "Album", w.album-1, 0)
	d.entity(w.album+1, "CloudSharedAlbum", w.album, 0)
	d.entity(w.album+2, "Folder", w.album-1, 0)
	d.entity(w.album+3, "ImportSession", w.album, 0)
	d.entity(52, "Memory", 0, 0)
	d.insert("Z_METADATA", row{"Z_VERSION": 1, "Z_UUID": "6D0B1B43-0000-4000-8000-0000000000A1"})
	numbers := map[string]int{}
	for i, p := range photos {
		numbers[p.UUID] = i + 1
	}
	w.albums(numbers)
	// Rows are put in by the date at which they came to the phone.
	order := slices.Clone(photos)
	slices.SortStableFunc(order, func(a, b Photo) int { return a.added().Compare(b.added()) })
	for i, p := range order {
		if i == len(order)-1 {
			d.newest()
		}
		w.asset(numbers[p.UUID], p)
	}
}

func (w *photosWriter) albums(photos map[string]int) {
	const root = 1
	w.insert("ZGENERICALBUM", row{"Z_PK": root, "Z_ENT": w.album + 2, "Z_OPT": 1, "ZKIND": albumRoot, "ZTRASHEDSTATE": 0, "ZUUID": "root"})
	numbers := map[string]int{}
	for i, a := range w.phone.Albums {
		numbers[a.UUID] = i + 2
	}
	for i, a := range w.phone.Albums {
		n := i + 2
		parent := root
		if a.Parent != "" {
			parent = numbers[a.Parent]
		}
		entity := map[int]int{AlbumShared: w.album + 1, AlbumFolder: w.album + 2, AlbumImport: w.album + 3}[a.Kind]
		if entity == 0 {
			entity = w.album
		}
		w.insert("ZGENERICALBUM", row{
			"Z_PK": n, "Z_ENT": entity, "Z_OPT": 1, "ZKIND": a.Kind, "ZTRASHEDSTATE": flag(a.Trashed), "ZCACHEDCOUNT": len(a.Photos),
			"ZPARENTFOLDER": parent, "Z_FOK_PARENTFOLDER": 1024 * n, "ZTITLE": optional(a.Title), "ZUUID": a.UUID,
		})
		for j, uuid := range a.Photos {
			w.insert(fmt.Sprintf("Z_%dASSETS", w.album), row{
				fmt.Sprintf("Z_%dALBUMS", w.album): n, fmt.Sprintf("Z_%dASSETS", w.photo): photos[uuid],
				fmt.Sprintf("Z_FOK_%dASSETS", w.photo): 1024 * (j + 1),
			})
		}
	}
}

func (p Photo) added() time.Time { return latest(p.Added, p.Taken) }

// latest is the first time that is known.
func latest(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func (w *photosWriter) asset(n int, p Photo) {
	r := row{
		"Z_PK": n, "Z_ENT": w.photo, "Z_OPT": 1, "ZADDITIONALATTRIBUTES": n, "ZEXTENDEDATTRIBUTES": n, "ZUUID": p.UUID,
		"ZDIRECTORY": p.Folder, "ZFILENAME": p.Name, "ZDATECREATED": cocoa(p.Taken), "ZADDEDDATE": cocoa(p.added()),
		"ZMODIFICATIONDATE": cocoa(latest(p.Modified, p.Taken)), "ZSORTTOKEN": cocoa(p.Taken), "ZFAVORITE": flag(p.Favorite), "ZHIDDEN": flag(p.Hidden),
		"ZTRASHEDSTATE": flag(!p.Trashed.IsZero()), "ZTRASHEDDATE": cocoa(p.Trashed), "ZKIND": flag(p.Video), "ZKINDSUBTYPE": int(p.Subtype),
		"ZPLAYBACKSTYLE": p.playback(), "ZWIDTH": p.Width, "ZHEIGHT": p.Height, "ZDURATION": p.Seconds, "ZORIENTATION": 1,
		"ZSAVEDASSETTYPE": p.origin(), "ZVISIBILITYSTATE": 0, "ZCOMPLETE": 1, "ZUNIFORMTYPEIDENTIFIER": p.uti(),
		"ZLATITUDE": -180.0, "ZLONGITUDE": -180.0, "ZAVALANCHEUUID": optional(p.Burst), "ZAVALANCHEPICKTYPE": p.Pick,
		"ZHASADJUSTMENTS": flag(p.Rendered != nil), "ZADJUSTMENTSSTATE": 2 * flag(p.Rendered != nil),
	}
	if p.Place != nil {
		r["ZLATITUDE"], r["ZLONGITUDE"] = p.Place.Latitude, p.Place.Longitude
	}
	if p.Pick == BurstRest {
		r["ZVISIBILITYSTATE"] = 2
	}
	w.insert(w.assets, r)
	w.insert("ZADDITIONALASSETATTRIBUTES", row{
		"Z_PK": n, "Z_ENT": 1, "Z_OPT": 1, "ZASSET": n, "ZORIGINALFILENAME": optional(first(p.Original, p.Name)), "ZORIGINALFILESIZE": len(p.Data),
		"ZORIGINALWIDTH": p.Width, "ZORIGINALHEIGHT": p.Height, "ZTIMEZONENAME": optional(p.Zone), "ZTIMEZONEOFFSET": p.Offset,
		"ZCREATORBUNDLEID": optional(p.ImportedBy), "ZIMPORTEDBYBUNDLEIDENTIFIER": optional(p.ImportedBy),
		"ZEXIFTIMESTAMPSTRING": p.local().Format(exifTime),
	})
	extended := row{"Z_PK": n, "Z_ENT": 2, "Z_OPT": 1, "ZASSET": n, "ZLATITUDE": r["ZLATITUDE"], "ZLONGITUDE": r["ZLONGITUDE"], "ZDATECREATED": cocoa(p.Taken)}
	if p.Camera != "" {
		extended["ZCAMERAMAKE"], extended["ZCAMERAMODEL"] = "Apple", p.Camera
	}
	w.insert("ZEXTENDEDATTRIBUTES", extended)
	w.resourcesOf(n, p)
	for _, name := range p.People {
		w.face(n, name)
	}
}

// local is the wall clock where the photo was taken.
func (p Photo) local() time.Time { return p.Taken.In(time.FixedZone(p.Zone, p.Offset)) }

func (p Photo) origin() int {
	if p.Origin == 0 {
		return FromThisPhone
	}
	return p.Origin
}

func (p Photo) playback() int {
	switch {
	case p.Video:
		return 4
	case p.Subtype == Live:
		return 3
	}
	return 1
}

func (p Photo) uti() string {
	switch strings.ToUpper(path.Ext(p.Name)) {
	case ".HEIC":
		return "public.heic"
	case ".PNG":
		return "public.png"
	case ".MOV":
		return "com.apple.quicktime-movie"
	case ".MP4":
		return "public.mpeg-4"
	}
	return "public.jpeg"
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// resourcesOf are what of a photo is where: the original, the small picture,
// and what belongs to them.
func (w *photosWriter) resourcesOf(n int, p Photo) {
	add := func(kind, subtype, version int, here bool, size int) {
		w.resources++
		availability := -1
		if here {
			availability = 1
		}
		w.insert("ZINTERNALRESOURCE", row{
			"Z_PK": w.resources, "Z_ENT": 4, "Z_OPT": 1, "ZASSET": n, "ZRESOURCETYPE": kind, "ZDATASTORESUBTYPE": subtype, "ZVERSION": version,
			"ZLOCALAVAILABILITY": availability, "ZREMOTEAVAILABILITY": 1, "ZDATALENGTH": size,
		})
	}
	here := p.State == Here
	add(flag(p.Video), 1, 0, here, len(p.Data))
	if p.Subtype == Live {
		add(3, 1, 0, here, len(p.Movie))
	}
	if p.Rendered != nil {
		add(flag(p.Video), 2, 2, here, len(p.Rendered))
		add(5, 0, 2, here, 0)
	}
	add(0, 3, 0, p.State != EntryOnly, len(p.Thumb))
}

func (w *photosWriter) face(photo int, name string) {
	person, known := w.faces[name]
	if !known {
		person = len(w.faces) + 1
		w.faces[name] = person
		w.insert("ZPERSON", row{"Z_PK": person, "Z_ENT": 5, "Z_OPT": 1, "ZFULLNAME": name, "ZDISPLAYNAME": name, "ZPERSONUUID": fmt.Sprintf("person-%d", person)})
	}
	w.faceRows++
	w.insert("ZDETECTEDFACE", row{
		"Z_PK": w.faceRows, "Z_ENT": 6, "Z_OPT": 1, "ZASSET": photo, "ZPERSON": person, "ZASSETFORFACE": photo, "ZPERSONFORFACE": person,
	})
}

// adjustments is the property list beside an edited picture.
func adjustments(p Photo) []byte {
	var d database
	return d.encode(map[string]any{
		"adjustmentFormatIdentifier": "com.apple.photo", "adjustmentFormatVersion": "1.9", "adjustmentEditorBundleID": "com.apple.mobileslideshow",
		"adjustmentBaseVersion": 0, "adjustmentTimestamp": latest(p.Modified, p.Taken), "adjustmentData": []byte("p:" + p.UUID),
	})
}
