package powerfs

import (
	"crypto/sha256"
	"slices"
	"sync"
)

// content is what a file holds. What lies between its parts are zeros. Its
// parts are shared between images and never changed, only put together again.
type content struct {
	size  int64
	parts []part // ascending, not overlapping
	sum   *sum   // of what it holds now, shared between images; nil if it was never changed
}

// sum is a digest that is taken when it is first asked for.
type sum struct {
	once   sync.Once
	digest [sha256.Size]byte
}

// digest returns the SHA-256 of all bytes.
func (c *content) digest() [sha256.Size]byte {
	if c.sum == nil {
		return sha256.Sum256(nil)
	}
	c.sum.once.Do(func() {
		data := make([]byte, c.size)
		c.readAt(data, 0)
		c.sum.digest = sha256.Sum256(data)
	})
	return c.sum.digest
}

type part struct {
	off  int64
	data []byte
}

func (p part) end() int64 { return p.off + int64(len(p.data)) }

// share returns a content that can be changed without changing c.
func (c content) share() content {
	c.parts = slices.Clip(c.parts)
	return c
}

// write puts data, which it keeps, at off.
func (c *content) write(off int64, data []byte) {
	if len(data) == 0 {
		return
	}
	c.sum = new(sum)
	fresh := part{off, data}
	c.size = max(c.size, fresh.end())
	if n := len(c.parts); n == 0 || c.parts[n-1].end() <= off {
		c.parts = append(c.parts, fresh)
		return
	}
	first := c.reaching(off + 1)
	var middle []part
	if p := c.parts[first]; p.off < off {
		middle = append(middle, part{p.off, p.data[:off-p.off]})
	}
	middle = append(middle, fresh)
	last := first
	for last < len(c.parts) && c.parts[last].off < fresh.end() {
		last++
	}
	if last > first {
		if p := c.parts[last-1]; p.end() > fresh.end() {
			middle = append(middle, part{fresh.end(), p.data[fresh.end()-p.off:]})
		}
	}
	c.parts = slices.Concat(c.parts[:first], middle, c.parts[last:])
}

// grow makes the file at least size long, with zeros.
func (c *content) grow(size int64) { c.size, c.sum = max(c.size, size), new(sum) }

// truncate makes the file size long.
func (c *content) truncate(size int64) {
	c.size, c.sum = size, new(sum)
	keep := c.reaching(size)
	var tail []part
	if keep < len(c.parts) && c.parts[keep].off < size {
		p := c.parts[keep]
		tail = []part{{p.off, p.data[:size-p.off]}}
	}
	c.parts = slices.Concat(c.parts[:keep], tail)
}

// reaching is the index of the first part that ends at or behind off.
func (c *content) reaching(off int64) int {
	i, _ := slices.BinarySearchFunc(c.parts, off, func(p part, off int64) int {
		if p.end() < off {
			return -1
		}
		return 1
	})
	return i
}

// readAt fills p as far as there are bytes from off on.
func (c *content) readAt(p []byte, off int64) int {
	if off >= c.size {
		return 0
	}
	p = p[:min(int64(len(p)), c.size-off)]
	clear(p)
	end := off + int64(len(p))
	for i := c.reaching(off); i < len(c.parts) && c.parts[i].off < end; i++ {
		from := c.parts[i]
		if from.off >= off {
			copy(p[from.off-off:], from.data)
		} else {
			copy(p, from.data[off-from.off:])
		}
	}
	return len(p)
}
