package rootfs

import (
	"container/list"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// maxFolders bounds the handles that are kept: the 256 folders of content in
// the backup, in what arrives and in what was replaced, and some more.
const maxFolders = 800

// folders keeps handles of folders, by their cleaned names, and closes those
// that were used longest ago. A folder is only kept together with the one that
// it lies in, so that one look reports whether any below a name are kept.
type folders struct {
	mu     sync.Mutex
	kept   map[string]*held
	recent list.List // of *held, last used first
	// changes counts the times that a name may have got another meaning. A
	// handle that was opened across one is not kept.
	changes uint64
	closed  bool
	opened  func() // tests: a folder was opened, and is not kept yet; else nil
}

// held is a handle in use, or kept for the next use.
type held struct {
	folder
	name     string
	parent   *held // nil for the root
	children int   // how many kept ones lie in it
	users    int
	element  *list.Element // nil if it is not kept
}

func (c *folders) open(root folder) {
	h := &held{folder: root}
	h.element = c.recent.PushFront(h)
	c.kept = map[string]*held{"": h}
}

// get returns the folder of a cleaned name, which the caller must put back.
func (c *folders) get(name string) (*held, error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, os.ErrClosed
	}
	if h := c.kept[name]; h != nil {
		h.users++
		c.recent.MoveToFront(h.element)
		c.mu.Unlock()
		return h, nil
	}
	changes := c.changes
	c.mu.Unlock()

	above, base := parted(name)
	parent, err := c.get(above)
	if err != nil {
		return nil, err
	}
	defer c.put(parent)
	opened, err := parent.child(base)
	if err != nil {
		return nil, err
	}
	if c.opened != nil {
		c.opened()
	}
	h := &held{folder: opened, name: name, parent: parent, users: 1}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed && c.changes == changes && c.kept[name] == nil && parent.element != nil {
		h.element = c.recent.PushFront(h)
		c.kept[name] = h
		parent.children++
		c.shrink()
	}
	return h, nil
}

func (c *folders) put(h *held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.users--; h.users == 0 && h.element == nil {
		h.folder.close()
	}
}

// shrink closes what was used longest ago, if there is too much.
func (c *folders) shrink() {
	for e := c.recent.Back(); e != nil && len(c.kept) > maxFolders; {
		h := e.Value.(*held)
		e = e.Prev()
		if h.children == 0 && h.parent != nil {
			c.forget(h)
		}
	}
}

// forget keeps a handle no longer. It is closed as soon as nobody uses it.
func (c *folders) forget(h *held) {
	c.recent.Remove(h.element)
	h.element = nil
	delete(c.kept, h.name)
	if h.parent != nil {
		h.parent.children--
	}
	if h.users == 0 {
		h.folder.close()
	}
}

// drop forgets the folders of the given names and all below them, since they
// are about to be renamed or removed, or were so just now.
func (c *folders) drop(names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	for _, name := range names {
		if h := c.kept[name]; h == nil || h.parent == nil {
			continue
		}
		for other, h := range c.kept {
			if other == name || strings.HasPrefix(other, name+"/") {
				c.forget(h)
			}
		}
	}
}

func (c *folders) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, h := range c.kept {
		c.forget(h)
	}
}

// in carries out one operation on the last component of name.
func (f *FS) in(op, name string, do func(h *held, base string) error) error {
	dir, base, err := split(op, name)
	if err != nil {
		return err
	}
	h, err := f.folders.get(dir)
	if err == nil {
		err = do(h, base)
		f.folders.put(h)
	}
	return named(op, name, err)
}

// named returns an error as that of an operation on name.
func named(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: bare(err)}
}

// bare takes off what another operation has put around an error.
func bare(err error) error {
	switch err := err.(type) {
	case *fs.PathError:
		return err.Err
	case *os.LinkError:
		return err.Err
	}
	return err
}
