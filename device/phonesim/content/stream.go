package content

import (
	"encoding/binary"
	"io"
)

// body is the content of one generated file: a head that gives it its form,
// then a tail without end, cut at the size of the file.
type body struct {
	head   []byte
	filler []byte // text to repeat as the tail; nil means random bytes
	key    uint64
	offset int64
	size   int64
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	left := b.size - b.offset
	if left <= 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	n := 0
	if b.offset < int64(len(b.head)) {
		n = copy(p, b.head[b.offset:])
	}
	if rest := p[n:]; len(rest) > 0 {
		at := b.offset + int64(n) - int64(len(b.head))
		if b.filler != nil {
			repeat(rest, b.filler, at)
		} else {
			random(rest, b.key, uint64(at))
		}
	}
	b.offset += int64(len(p))
	return len(p), nil
}

// Close implements io.Closer.
func (b *body) Close() error { return nil }

// repeat fills p with what stands at an offset of text repeated for ever.
func repeat(p, text []byte, offset int64) {
	n := copy(p, text[offset%int64(len(text)):])
	for n < len(p) {
		n += copy(p[n:], text)
	}
}

// golden is 2^64 divided by the golden ratio, the step of splitmix64.
const golden = 0x9e3779b97f4a7c15

// mix is the output function of the generator splitmix64 (Steele, Lea and
// Flood, 2014): it makes a good random number of any counter.
func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// random fills p with what stands at an offset of the random stream of a key.
// Any part can be made without what stands before it.
func random(p []byte, key, offset uint64) {
	counter := key + offset/8*golden
	if skip := offset % 8; skip != 0 {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], mix(counter))
		counter += golden
		p = p[copy(p, word[skip:]):]
	}
	for len(p) >= 32 {
		binary.LittleEndian.PutUint64(p[0:8], mix(counter))
		binary.LittleEndian.PutUint64(p[8:16], mix(counter+golden))
		binary.LittleEndian.PutUint64(p[16:24], mix(counter+golden*2&(1<<64-1)))
		binary.LittleEndian.PutUint64(p[24:32], mix(counter+golden*3&(1<<64-1)))
		counter += golden * 4 & (1<<64 - 1)
		p = p[32:]
	}
	for len(p) > 0 {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], mix(counter))
		counter += golden
		p = p[copy(p, word[:]):]
	}
}

// hash makes a number of a seed and a text that stands for one file (FNV-1a
// over the text, then mixed).
func hash(seed int64, parts ...string) uint64 {
	h := uint64(14695981039346656037) ^ mix(uint64(seed)+golden)
	for _, part := range parts {
		for i := range len(part) {
			h = (h ^ uint64(part[i])) * 1099511628211
		}
		h = (h ^ '-') * 1099511628211
	}
	return mix(h)
}
