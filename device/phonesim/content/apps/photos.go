package apps

import (
	"slices"
	"time"
)

// Photo is a photo or video of the library.
type Photo struct {
	UUID string
	// Folder is below Media, such as "DCIM/100APPLE" or
	// "PhotoData/CPLAssets/group123"; Name is that of the file there.
	Folder, Name string
	// Original is the name that it had where it came from, "" for Name.
	Original string
	// Taken is when; Zone and Offset (seconds east of UTC) are where. Added is
	// when it came to this phone, Modified when it was last changed; zero for Taken.
	Taken           time.Time
	Zone            string
	Offset          int
	Added, Modified time.Time
	Video           bool
	Subtype         Subtype
	Width, Height   int
	// Seconds is how long a video is.
	Seconds float64
	// Place is nil if it is unknown.
	Place            *Coordinates
	Favorite, Hidden bool
	// Trashed is since when it is in Recently Deleted, zero if it is not.
	Trashed time.Time
	// State is what of it the phone holds.
	State State
	// Data is the original, Thumb the small picture (JPEG), Movie the moving
	// half of a Live Photo, Rendered what was made of it by editing, Recipe the
	// .AAE beside it. What is nil is not there; of a photo that is not Here
	// neither are the others but Thumb.
	Data, Thumb, Movie, Rendered, Recipe []byte
	// OtherCase writes the names of its files in another case than the
	// database does.
	OtherCase bool
	// Burst groups the photos of a burst; Pick is BurstKey, BurstChosen or BurstRest.
	Burst string
	Pick  int
	// Origin is where it came from; 0 is FromThisPhone.
	Origin int
	// ImportedBy is the app that it came from, such as "net.whatsapp.WhatsApp".
	ImportedBy string
	// Camera is its model, "" if unknown (iOS 15 and later).
	Camera string
	// People are the names of whose faces are in it.
	People []string
}

// Coordinates are a place on Earth, in degrees.
type Coordinates struct{ Latitude, Longitude float64 }

// State is what of a photo a phone holds.
type State int

// The states of a [Photo].
const (
	Here State = iota
	// ThumbOnly: the original is in iCloud only.
	ThumbOnly
	// EntryOnly: nothing but the row in the database.
	EntryOnly
)

// Subtype is the column ZKINDSUBTYPE.
type Subtype int

// The subtypes of photos and videos.
const (
	Still           Subtype = 0
	Panorama        Subtype = 1
	Live            Subtype = 2
	Screenshot      Subtype = 10
	PlainVideo      Subtype = 100
	SlowMotion      Subtype = 101
	TimeLapse       Subtype = 102
	ScreenRecording Subtype = 103
)

// The values of Photo.Pick: the column ZAVALANCHEPICKTYPE.
const (
	BurstRest   = 2
	BurstChosen = 8
	BurstKey    = 16
)

// The values of Photo.Origin: the column ZSAVEDASSETTYPE.
const (
	FromThisPhone   = 3
	FromSharedAlbum = 4
	FromICloud      = 6
	SharedWithYou   = 12
)

// Album is an album or a folder of albums.
type Album struct {
	UUID  string
	Title string
	// Kind is AlbumUser, AlbumShared, AlbumImport or AlbumFolder.
	Kind int
	// Parent is the UUID of the folder that it lies in, "" at the top.
	Parent string
	// Photos are UUIDs, in the order of the album.
	Photos  []string
	Trashed bool
}

// The values of Album.Kind: the column ZKIND.
const (
	AlbumUser   = 2
	AlbumShared = 1505
	AlbumImport = 1506
	albumRoot   = 3999
	AlbumFolder = 4000
)

// narrowPhotos takes out what older versions of iOS do not note.
func narrowPhotos(shape Shape, p *Phone) {
	if shape.since(15) {
		return
	}
	p.Photos = slices.Clone(p.Photos)
	for i := range p.Photos {
		p.Photos[i].Camera = ""
	}
}
