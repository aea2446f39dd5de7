package apps

import (
	"fmt"
	"image"
	"math/rand/v2"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// occasion is a time in which photos were taken.
type occasion struct {
	album    string // "" for none
	from     time.Time
	days     int
	count    int
	sorts    string // of pictures, in turn
	zone     string
	offset   int
	place    *Coordinates
	people   []string
	inICloud int // percent of which only the small picture is here
}

const eastern, easternSummer, lisbonSummer, central = -5 * 3600, -4 * 3600, 3600, 3600

var home = &Coordinates{42.36, -71.06}

var demoOccasions = []occasion{
	{"", day(2023, 6, 3), 160, 44, "flowers hills portrait beach meal", "America/New_York", easternSummer, home, []string{"Ruth Keller"}, 80},
	{"", day(2024, 1, 6), 330, 60, "snow city portrait hills night meal flowers", "America/New_York", eastern, home, nil, 70},
	{"Kyoto", day(2024, 10, 12), 9, 32, "hills meal city night portrait sunset", "Asia/Tokyo", 9 * 3600, &Coordinates{35.01, 135.77}, []string{"Aiko Tanaka"}, 50},
	{"Garden", day(2025, 4, 20), 150, 30, "flowers flowers meal", "America/New_York", easternSummer, home, nil, 20},
	{"Winter in the Alps", day(2026, 2, 14), 7, 34, "snow snow night meal portrait hills", "Europe/Zurich", central, &Coordinates{46.62, 8.03}, []string{"Leo Keller"}, 15},
	{"Lisbon", day(2026, 5, 9), 5, 72, "city tram tiles meal sunset portrait tram beach city tiles", "Europe/Lisbon", lisbonSummer, &Coordinates{38.71, -9.14}, []string{"Maria Oliveira"}, 0},
	{"Cape Cod", day(2026, 7, 18), 8, 40, "beach sunset beach portrait meal night", "America/New_York", easternSummer, &Coordinates{41.67, -70.3}, []string{"Ben Carter", "Priya Nair"}, 0},
	{"", day(2026, 8, 20), 90, 48, "hills portrait city meal sunset flowers hills", "America/New_York", easternSummer, home, nil, 0},
}

// picturesPlan makes photos one after the other, each with what is to be painted.
type picturesPlan struct {
	rnd     *rand.Rand
	photos  []Photo
	sorts   []string
	seed    uint64
	numbers int // of IMG_ names so far
}

// Painted this large; the small pictures are smallWidth wide.
const (
	paintedLong, paintedShort = 400, 300
	smallWidth                = 160
)

func (b *picturesPlan) uuid() string {
	return fmt.Sprintf("%08X-%04X-4%03X-8%03X-%012X", b.rnd.Uint32(), b.rnd.IntN(1<<16), b.rnd.IntN(1<<12), b.rnd.IntN(1<<12), b.rnd.Int64N(1<<48))
}

// add adds one of a sort.
func (b *picturesPlan) add(sort string, taken time.Time, o occasion) *Photo {
	b.numbers++
	p := Photo{
		UUID: b.uuid(), Folder: fmt.Sprintf("DCIM/%dAPPLE", 100+b.numbers/200), Name: fmt.Sprintf("IMG_%04d.JPG", b.numbers),
		Taken: taken.Truncate(time.Second), Zone: o.zone, Offset: o.offset, Width: paintedLong, Height: paintedShort, Camera: "iPhone 14 Pro", Place: o.place,
	}
	if sort == "portrait" || b.rnd.IntN(6) == 0 {
		p.Width, p.Height = p.Height, p.Width
	}
	if sort == "portrait" && len(o.people) > 0 {
		p.People = []string{o.people[b.rnd.IntN(len(o.people))]}
	}
	if b.rnd.IntN(100) < o.inICloud {
		p.State, p.Name = ThumbOnly, p.stem()+".HEIC"
	}
	p.Favorite = b.rnd.IntN(11) == 0
	b.photos = append(b.photos, p)
	b.sorts = append(b.sorts, sort)
	return &b.photos[len(b.photos)-1]
}

func demoPhotos(phone *Phone) {
	b := &picturesPlan{rnd: rand.New(rand.NewPCG(20261122, 5)), seed: 1000}
	var made []Album
	for _, o := range demoOccasions {
		sorts := strings.Fields(o.sorts)
		a := Album{UUID: b.uuid(), Title: o.album, Kind: AlbumUser}
		for i := range o.count {
			at := o.from.Add(time.Duration(int64(o.days) * 24 * int64(time.Hour) / int64(o.count) * int64(i))).Add(time.Duration(b.rnd.IntN(5*3600)) * time.Second)
			a.Photos = append(a.Photos, b.add(sorts[(i+i/len(sorts))%len(sorts)], at, o).UUID)
		}
		if o.album != "" {
			made = append(made, a)
		}
	}
	travels := Album{UUID: b.uuid(), Title: "Travels", Kind: AlbumFolder}
	for i := range made {
		if made[i].Title != "Garden" {
			made[i].Parent = travels.UUID
		}
	}
	phone.Albums = append([]Album{travels}, made...)
	b.screenshots()
	phone.Albums = append(phone.Albums, b.shared())
	b.videos()
	b.burst()
	b.peculiarities(phone.Now)
	b.paint()
	phone.Photos = b.photos
}

func (b *picturesPlan) screenshots() {
	for i := range 14 {
		p := b.add("screenshot", day(2026, 3, 1).AddDate(0, 0, 17*i).Add(time.Duration(b.rnd.IntN(9*3600))*time.Second), demoOccasions[7])
		p.Name, p.Subtype, p.Width, p.Height, p.Place, p.Camera = p.stem()+".PNG", Screenshot, 195, 422, nil, ""
	}
}

// shared is an album of others, whose photos lie in a place of their own.
func (b *picturesPlan) shared() Album {
	a := Album{UUID: b.uuid(), Title: "Family", Kind: AlbumShared}
	for i := range 12 {
		p := b.add([]string{"portrait", "meal", "flowers", "snow"}[i%4], day(2025, 12, 20).AddDate(0, 0, 13*i), demoOccasions[1])
		p.Folder, p.Origin, p.State, p.Name = "PhotoData/PhotoCloudSharingData/8000000001/"+a.UUID+"/100CLOUD", FromSharedAlbum, Here, p.stem()+".JPG"
		a.Photos = append(a.Photos, p.UUID)
	}
	return a
}

func (b *picturesPlan) videos() {
	for i := range 8 {
		o := demoOccasions[4+i%4]
		p := b.add(strings.Fields(o.sorts)[0], o.from.AddDate(0, 0, i%3).Add(time.Duration(5+i)*time.Hour), o)
		p.State, p.Name, p.Video, p.Subtype, p.Seconds, p.Width, p.Height = Here, p.stem()+".MOV", true, PlainVideo, float64(4+3*i), paintedLong, paintedShort
		if i == 5 {
			p.Subtype = SlowMotion
		}
		if i == 6 {
			p.Subtype = TimeLapse
		}
	}
}

func (b *picturesPlan) burst() {
	id := b.uuid()
	for i := range 6 {
		p := b.add("beach", time.Date(2026, 7, 20, 15, 4, 5, 0, time.UTC).Add(time.Duration(i/3)*time.Second), demoOccasions[6])
		p.Burst, p.Pick, p.State = id, BurstRest, Here
		switch i {
		case 2:
			p.Pick = BurstKey
		case 4:
			p.Pick = BurstChosen
		}
	}
}

// peculiarities makes some of the photos what few are.
func (b *picturesPlan) peculiarities(now time.Time) {
	still := slices.IndexFunc(b.photos, func(p Photo) bool { return p.Zone == "Europe/Lisbon" })
	at := func(i int) *Photo { return &b.photos[still+i] }
	for i := range 9 { // Live Photos of Lisbon
		at(5*i + 1).Subtype = Live
	}
	for i := range 5 {
		at(7*i + 3).Modified = at(7*i+3).Taken.AddDate(0, 0, 2)
		at(7*i + 3).Recipe = []byte(recipe)
	}
	for i := range 3 {
		at(80 + 9*i).Hidden = true
	}
	for i := range 6 {
		at(73 + 11*i).Trashed = now.AddDate(0, 0, -3-4*i)
	}
	for i := range 7 { // that came from iCloud lie elsewhere
		p := at(75 + 12*i)
		p.Folder, p.Origin, p.Original = "PhotoData/CPLAssets/group"+fmt.Sprint(100+i), FromICloud, p.Name
		p.Name = p.UUID + ".JPG"
	}
	received := at(110)
	received.ImportedBy, received.Camera, received.Place = "net.whatsapp.WhatsApp", "", nil
	for i := range 4 { // whose small pictures have not come yet either
		b.photos[11*i].State = EntryOnly
	}
}

// recipe stands in for what the editor notes of its work.
const recipe = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>adjustmentFormatIdentifier</key><string>com.apple.photo</string></dict></plist>
`

// paint paints all photos, on half of the processors: a window may be drawn beside it.
func (b *picturesPlan) paint() {
	var wg sync.WaitGroup
	next := make(chan int)
	for range max(1, runtime.GOMAXPROCS(0)/2) {
		wg.Go(func() {
			for i := range next {
				b.photos[i].paint(sceneries[b.sorts[i]], b.seed+uint64(i))
			}
		})
	}
	for i := range b.photos {
		next <- i
	}
	close(next)
	wg.Wait()
}

// paint fills in what of the photo is on the phone.
func (p *Photo) paint(sort func(*canvas), seed uint64) {
	if p.State == EntryOnly {
		return
	}
	width, height := p.Width, p.Height
	if p.State == ThumbOnly { // whose original is said to be of full size
		p.Width, p.Height = 3024*p.Width/paintedShort, 3024*p.Height/paintedShort
	}
	img := paint(sort, seed, width, height)
	longest := max(width, height)
	p.Thumb = jpegFile(smaller(img, (width*smallWidth+longest-1)/longest), nil)
	if p.State != Here {
		return
	}
	switch path.Ext(p.Name) {
	case ".PNG":
		p.Data = pngFile(img)
	case ".MOV":
		p.Data = movie(frames(img), width, height, p.Seconds, p.Taken)
	default:
		p.Data = jpegFile(img, p)
	}
	if p.Subtype == Live {
		p.Movie = movie(frames(img), width, height, 3, p.Taken)
	}
	if p.Recipe != nil {
		p.Rendered = jpegFile(warmer(img), p)
	}
}

// frames are a few pictures of a film: the whole, and closer and closer.
func frames(img *image.RGBA) [][]byte {
	b := img.Bounds()
	var all [][]byte
	for i := range 4 {
		cut := img.SubImage(image.Rect(i*8, i*6, b.Dx()-i*8, b.Dy()-i*6))
		all = append(all, jpegFile(fitted(cut, b), nil))
	}
	return all
}

// warmer is a picture as after editing.
func warmer(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	copy(out.Pix, img.Pix)
	for i := 0; i < len(out.Pix); i += 4 {
		out.Pix[i] = uint8(min(255, int(out.Pix[i])*115/100+8))
		out.Pix[i+2] = uint8(int(out.Pix[i+2]) * 85 / 100)
	}
	return out
}
