package powerfs

// settle marks what the operation that was logged last has made durable.
func (f *FS) settle(sync Op) {
	covers := f.covers(sync)
	rest := f.pending[:0:0]
	for _, i := range f.pending {
		if covers(f.log[i]) {
			f.settled[i] = len(f.log)
		} else {
			rest = append(rest, i)
		}
	}
	f.pending = rest
}

// covers returns which operations a sync makes durable.
func (f *FS) covers(sync Op) func(Op) bool {
	if sync.Kind == SyncAll {
		return func(Op) bool { return true }
	}
	// With ByFile, the names on the way from the root to it.
	way := map[number]bool{}
	if f.names == ByFile {
		for n := f.live.nodes[sync.id]; n != nil; n = f.live.nodes[n.parent] {
			way[n.id] = true
		}
	}
	return func(op Op) bool {
		if f.names == InOrder {
			return op.id == sync.id || !op.Kind.data()
		}
		switch op.Kind {
		case Write, Truncate, Attributes:
			return op.id == sync.id
		case Create, Mkdir:
			return way[op.id] || op.dir == sync.id
		case Rename:
			return way[op.id] || op.toDir == sync.id || f.names == ByFile && op.dir == sync.id
		}
		return op.dir == sync.id // a removal
	}
}
