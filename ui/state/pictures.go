package state

import (
	"context"
	"image"

	"lifeboat/ui/engine"
)

// Bounds of pictures that are held.
const (
	// mostPictures is how many bytes of decoded pictures are held: some hundreds.
	mostPictures = 64 << 20
	// decodedAtOnce is how many are decoded at a time: an original of which a small one
	// has to be made needs half a GiB meanwhile.
	decodedAtOnce = 2
	// leastPicture is what one is counted as, at least, also of a broken one.
	leastPicture = 512
)

// Pictures are small pictures, decoded while they are in sight and held for as long as
// there is room. What is scrolled past before it was decoded is given up.
type Pictures[K comparable] struct {
	// Arrived is called when one has been decoded, or has proven broken; it may be nil.
	Arrived func(K)

	s       *State
	in      *Inside
	load    func(ctx context.Context, c engine.Content, k K) (image.Image, error)
	held    map[K]*picture
	bytes   int64
	sight   []K // that is waited for, the most urgent first
	seen    map[K]bool
	running map[K]context.CancelFunc
	turn    int64
}

// picture is a picture that is held; a broken one has none.
type picture struct {
	image image.Image
	bytes int64
	used  int64 // the turn in which it was in sight last
}

func newPictures[K comparable](s *State, in *Inside, load func(context.Context, engine.Content, K) (image.Image, error)) *Pictures[K] {
	return &Pictures[K]{s: s, in: in, load: load, held: map[K]*picture{}, running: map[K]context.CancelFunc{}}
}

// Get gives a picture; known is false while it has not been decoded, and of a broken
// one there is none.
func (p *Pictures[K]) Get(k K) (shown image.Image, known bool) {
	one := p.held[k]
	if one == nil {
		return nil, false
	}
	return one.image, true
}

// Held is how many bytes the pictures have that are held.
func (p *Pictures[K]) Held() int64 { return p.bytes }

// Want tells which are in sight now, the most urgent first: these are decoded, and
// others no longer.
func (p *Pictures[K]) Want(sight []K) {
	p.turn++
	p.seen = make(map[K]bool, len(sight))
	p.sight = p.sight[:0]
	for _, k := range sight {
		if p.seen[k] = true; p.held[k] != nil {
			p.held[k].used = p.turn
		} else if p.running[k] == nil {
			p.sight = append(p.sight, k)
		}
	}
	for k, cancel := range p.running {
		if !p.seen[k] {
			cancel()
		}
	}
	p.start()
}

// start decodes what is waited for, a few at a time.
func (p *Pictures[K]) start() {
	for len(p.running) < decodedAtOnce && len(p.sight) > 0 {
		k := p.sight[0]
		p.sight = p.sight[1:]
		ctx, cancel := context.WithCancel(p.in.ctx)
		if !p.s.borrow(p.in, func(c engine.Content) func() {
			img, err := p.load(ctx, c, k)
			return func() { p.arrive(ctx, k, img, err) }
		}) {
			cancel()
			return
		}
		p.running[k] = cancel
	}
}

func (p *Pictures[K]) arrive(ctx context.Context, k K, img image.Image, err error) {
	given := ctx.Err() != nil
	p.running[k]() // frees the context
	delete(p.running, k)
	switch {
	case !given:
		p.hold(k, img, err)
	case p.seen[k]: // it has come into sight again meanwhile
		p.sight = append(p.sight, k)
	}
	p.start()
	if !given && p.Arrived != nil {
		p.Arrived(k)
	}
}

// hold keeps a picture, and lets those go that were out of sight longest.
func (p *Pictures[K]) hold(k K, img image.Image, err error) {
	one := &picture{bytes: leastPicture, used: p.turn}
	if err == nil && img != nil {
		one.image = img
		one.bytes += 4 * int64(img.Bounds().Dx()) * int64(img.Bounds().Dy())
	}
	p.held[k] = one
	p.bytes += one.bytes
	for p.bytes > mostPictures {
		oldest, found := k, false
		for other, o := range p.held {
			if !p.seen[other] && (!found || o.used < p.held[oldest].used) {
				oldest, found = other, true
			}
		}
		if !found {
			return // all are in sight
		}
		p.bytes -= p.held[oldest].bytes
		delete(p.held, oldest)
	}
}
