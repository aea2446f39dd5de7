package powerfs

import (
	"encoding/binary"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// number names a file or folder, whatever its path is (an inode number).
type number uint64

const (
	nowhere    number = 0
	rootNumber number = 1
)

// node is a file or folder. It belongs to one state, which alone may change it.
type node struct {
	owner    *state
	id       number
	parent   number // nowhere if it has no name (any more)
	buried   bool   // another has taken its name
	name     string
	dir      bool
	stamp    stamp
	content  content
	children map[string]number
}

// stamp is what a file has beside its bytes.
type stamp struct {
	mode fs.FileMode
	date time.Time
}

// state is all files and folders at one moment. Copies share their nodes
// until they change them.
type state struct{ nodes map[number]*node }

func (s *state) clone() *state { return &state{maps.Clone(s.nodes)} }

// own returns a node for changing.
func (s *state) own(id number) *node {
	n := s.nodes[id]
	if n == nil || n.owner == s {
		return n
	}
	mine := *n
	mine.owner, mine.children, mine.content = s, maps.Clone(n.children), n.content.share()
	s.nodes[id] = &mine
	return &mine
}

// attached reports whether a node can be reached from the root.
func (s *state) attached(n *node) bool {
	for n != nil && n.id != rootNumber {
		n = s.nodes[n.parent]
	}
	return n != nil
}

// adrift reports whether a node lies in a folder that never got its name, so
// that it cannot be reached.
func (s *state) adrift(n *node) bool {
	for n.parent != nowhere {
		n = s.nodes[n.parent]
	}
	return n.dir && n.id != rootNumber && !n.buried
}

// below reports whether n is top or lies somewhere in it.
func (s *state) below(n *node, top number) bool {
	for ; n != nil; n = s.nodes[n.parent] {
		if n.id == top {
			return true
		}
	}
	return false
}

// walk puts what is in the folder n into all, see [FS.Tree].
func (s *state) walk(n *node, path string, all map[string]string) {
	for name, id := range n.children {
		child := s.nodes[id]
		if child.dir {
			all[path+name+"/"] = ""
			s.walk(child, path+name+"/", all)
			continue
		}
		data := make([]byte, child.content.size)
		child.content.readAt(data, 0)
		all[path+name] = string(data)
	}
}

// digest writes the files below the folder n into hash, see [FS.Digest].
func (s *state) digest(n *node, path string, leave func(string) bool, hash io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		child, name := s.nodes[n.children[name]], path+name
		switch {
		case child.dir && !leave(name+"/"):
			s.digest(child, name+"/", leave, hash)
		case !child.dir && !leave(name):
			sum := child.content.digest()
			hash.Write(binary.BigEndian.AppendUint32(append(sum[:], name...), uint32(len(name))))
		}
	}
}

// link gives a node its name. What had that name loses it.
func (s *state) link(id, dir number, name string) {
	s.unlink(id)
	folder := s.own(dir)
	if old := folder.children[name]; old != nowhere {
		s.unlink(old)
		s.own(old).buried = true
	}
	folder.children[name] = id
	n := s.own(id)
	n.parent, n.name, n.buried = dir, name, false
}

// unlink takes a node's name away.
func (s *state) unlink(id number) {
	n := s.own(id)
	if n == nil || n.parent == nowhere {
		return
	}
	delete(s.own(n.parent).children, n.name)
	n.parent, n.name = nowhere, ""
}

// fate is what became of an operation when the power went.
type fate byte

const (
	kept   fate = iota
	lost        // nothing of it arrived
	halved      // of a write: the first half of the bytes
	zeroed      // of a write: the size without the bytes; what was there before stays
)

// apply does an operation as far as its fate and what else was lost allow.
func (s *state) apply(op Op, become fate) {
	switch {
	case op.Kind == Create || op.Kind == Mkdir:
		// The node itself is there even if its name is lost: a later rename
		// may give it another.
		n := &node{owner: s, id: op.id, dir: op.Kind == Mkdir, stamp: op.stamp}
		if n.dir {
			n.children = map[string]number{}
		}
		n.stamp.date = op.when
		s.nodes[op.id] = n
		if become == kept {
			s.move(op.id, op.dir, op.name)
		}
	case op.Kind.syncs() || become == lost:
	case op.Kind == Rename:
		s.move(op.id, op.toDir, op.name)
	case op.Kind == Remove:
		s.remove(op.dir, op.name)
	default:
		s.change(op, become)
	}
}

// move gives a node a name.
func (s *state) move(id, dir number, name string) {
	if s.nodes[id] == nil || s.below(s.nodes[dir], id) {
		return
	}
	s.link(id, dir, name)
}

func (s *state) remove(dir number, name string) {
	folder := s.nodes[dir]
	if folder == nil {
		return
	}
	if n := s.nodes[folder.children[name]]; n != nil && len(n.children) == 0 {
		s.unlink(n.id)
	}
}

// change changes a file's bytes or stamp.
func (s *state) change(op Op, become fate) {
	n := s.own(op.id)
	if n == nil {
		return
	}
	switch op.Kind {
	case Attributes:
		n.stamp = op.stamp
		return
	case Truncate:
		n.content.truncate(op.Size)
	case Write:
		switch become {
		case halved:
			n.content.write(op.Off, op.bytes[:len(op.bytes)/2])
		case zeroed:
			n.content.grow(op.Off + op.Size)
		default:
			n.content.write(op.Off, op.bytes)
		}
	}
	n.stamp.date = op.when
}
