package transcript

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"lifeboat/device/safeplist"
)

const (
	maxName    = 16 << 10 // bytes of a name in the list of files
	maxPeek    = 4 << 10  // bytes of Status.plist
	maxEnd     = 64 << 10 // bytes of the text that ends a file
	codeData   = 0x0c     // a frame of data
	statusName = "Status.plist"
)

// deviceLink is what both sides of a DeviceLink connection know of each other.
type deviceLink struct{ file file }

// file is one file of a list, as it goes by.
type file struct {
	path, device string
	upload       bool
	begun        bool
	bytes        int64
	frames       int
	peek         []byte // of Status.plist
}

func deviceLinks(s *Stream) {
	s.phone.frame(s.phone.link)
	s.host.frame(s.host.link)
}

// link is one message of DeviceLink. Behind two of them files follow, raw.
func (r *reader) link(body []byte) {
	list, err := safeplist.Array(body)
	name := ""
	if err == nil && len(list) > 0 {
		name, _ = list[0].(string)
	}
	if !strings.HasPrefix(name, "DL") {
		r.stop()
		return
	}
	r.say(func(w *writer) { w.link(name, list[1:]) })
	r.frame(r.link)
	switch {
	case r.who == '<' && name == "DLMessageUploadFiles":
		r.nextFile(true)
	case r.who == '<' && name == "DLMessageDownloadFiles":
		r.s.host.nextFile(false)
	}
}

// link writes a message. Numbers of DeviceLink are shown: percents, sizes of
// what is sent, free space, codes.
func (w *writer) link(name string, args []any) {
	if vocabulary[name] {
		w.b.WriteString(name)
	} else {
		fmt.Fprintf(&w.b, "DL(%d)#%d", len(name), w.names.of(name))
	}
	for i, v := range args {
		w.b.WriteString(" ")
		f := number
		if _, text := v.(string); text {
			f = word
			if name == "DLMessageStatusResponse" || name == "DLMessageDisconnect" {
				f = failure
				if vocabulary[v.(string)] {
					f = word
				}
			}
		}
		if name == "DLMessageProcessMessage" && i > 0 {
			f = hidden
		}
		w.value(v, f)
	}
}

// nextFile reads the names before a file, or the end of the list.
func (r *reader) nextFile(upload bool) {
	r.name(func(first string) {
		if first == "" {
			r.say(func(w *writer) { w.b.WriteString("files end") })
			r.frame(r.link)
			return
		}
		f := &r.s.device.file
		*f = file{path: first, upload: upload}
		if !upload {
			f.begun = true
			r.fileFrame()
			return
		}
		f.device = first
		r.name(func(path string) {
			f.path, f.begun = path, true
			r.fileFrame()
		})
	})
}

// name reads a length and a name.
func (r *reader) name(then func(string)) {
	r.expect(4, func(head []byte) {
		n := binary.BigEndian.Uint32(head)
		if n > maxName {
			r.stop()
			return
		}
		r.collect(int(n), func(b []byte) { then(string(b)) })
	})
}

// fileFrame reads one frame of a file: data, which goes by, or its end.
func (r *reader) fileFrame() {
	r.expect(5, func(head []byte) {
		n := int64(binary.BigEndian.Uint32(head)) - 1
		f := &r.s.device.file
		switch {
		case n < 0:
			r.stop()
		case head[4] == codeData:
			f.bytes += n
			f.frames++
			if strings.HasSuffix(f.path, statusName) && n > 0 && f.bytes <= maxPeek {
				r.expect(int(n), func(b []byte) {
					f.peek = append(f.peek, b...)
					r.fileFrame()
				})
				return
			}
			r.skip = n
			r.fileFrame()
		case n > maxEnd:
			r.stop()
		default:
			code := head[4]
			r.collect(int(n), func(b []byte) { r.fileEnd(code, string(b)) })
		}
	})
}

// fileEnd writes the file that has gone by.
func (r *reader) fileEnd(code byte, text string) {
	r.file(strconv.Itoa(int(code)), text)
	r.nextFile(r.s.device.file.upload)
}

func (r *reader) file(end, text string) {
	f := &r.s.device.file
	f.begun = false
	r.say(func(w *writer) {
		w.b.WriteString("file ")
		w.path(f.path)
		if f.upload {
			w.b.WriteString(" from ")
			w.device(f.device)
		}
		fmt.Fprintf(&w.b, " bytes=%d frames=%d end=%s", f.bytes, f.frames, end)
		if text != "" {
			w.b.WriteString(" text=")
			w.failure(text)
		}
		if len(f.peek) > 0 {
			if status, err := safeplist.Dict(f.peek); err == nil {
				w.b.WriteString(" plist=")
				w.value(status, hidden)
			}
		}
	})
}
