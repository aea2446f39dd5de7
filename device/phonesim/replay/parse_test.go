package replay

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const small = `# Lifeboat transcript, format 1
# for people
0.001 0 < {DeviceList:[{DeviceID:1 Properties:{SerialNumber:text(25)#1}}]}
0.002 1 = open lockdown
0.003 1 > {Key:"WillEncrypt" Domain:"com.apple.mobile.backup" Request:"GetValue"}
0.004 1 < {Key:"WillEncrypt" Domain:"com.apple.mobile.backup" Request:"GetValue" Value:true}
0.005 1 = end computer
0.006 2 = open com.apple.mobilebackup2 tls
0.007 2 < DLMessageVersionExchange 400 0
0.008 2 < DLMessageMoveItems {path(#1(25)/Snapshot/xx/id#9):path(#1(25)/xx/id#9)} 2.5 -13
0.009 2 < file #1(25)/Snapshot/xx/id#9 from /.ba/mobile/+12 bytes=32 frames=2 end=11 text=error("Input/output error (5)")
0.010 2 < file #1(25)/Status.plist from /.b/+3 bytes=189 frames=1 end=0 plist={SnapshotState:"finished" Date:date UUID:text(36)#7}
0.011 2 > DLMessageStatusResponse 0 "___EmptyParameterString___" {id#9:32 00:folder}
0.012 3 = open com.apple.afc plain
0.013 3 > afc 13 bytes=36 mode=2 path=/com.apple.itunes.lock_sync
0.014 3 < afc 1 bytes=8 status=19
0.015 2 < unread
0.016 0 = manifest files=3 rows=9
0.017 0 = done
`

func TestParse(t *testing.T) {
	tr, err := Parse(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Streams) != 3 || tr.Shape["files"] != 3 || !tr.Encrypted() || !tr.Streams[2].Plain {
		t.Fatalf("read %+v", tr)
	}
	in := NewInventor(tr)
	m := tr.Streams[1].Messages
	moves := in.Value(m[1].Value, "").([]any)
	for from, to := range moves[0].(map[string]any) {
		id := in.id(9)
		if from != in.UDID+"/Snapshot/"+id[:2]+"/"+id || to != in.UDID+"/"+id[:2]+"/"+id {
			t.Errorf("moves %q to %q", from, to)
		}
	}
	if moves[1] != 2.5 || moves[2] != int64(-13) {
		t.Errorf("numbers %v", moves[1:])
	}
	if f := m[2].File; f.End != 11 || f.Text != "Input/output error (5)" || f.Device() != "/.ba/mobile/xxxxxxxxxxxx" || f.Frames != 2 {
		t.Errorf("file %+v", f)
	}
	if status, _ := in.Value(m[3].File.Status, "").(map[string]any); status["SnapshotState"] != "finished" || len(status["UUID"].(string)) != 36 {
		t.Errorf("status %v", status)
	}
	if number, snapshot := Content(m[2].File.Path); number != 9 || !snapshot {
		t.Errorf("content %d, %v", number, snapshot)
	}
	if a := tr.Streams[2].Messages[1].AFC; a.Op != 1 || a.Fields["status"] != 19 {
		t.Errorf("packet %+v", a)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "another file": "hello\n", "another format": "# Lifeboat transcript, format 2\n",
		"a closed connection": firstLine + "\n0.1 1 < {}\n", "no time": firstLine + "\nx 0 < {}\n",
		"a value without end": firstLine + "\n0.1 0 < {A:[1 2}\n", "too deep": firstLine + "\n0.1 0 < " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n",
		"a text too long": firstLine + "\n0.1 0 < text(99999999999)#1\n",
	} {
		if _, err := Parse(strings.NewReader(text)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	names, _ := filepath.Glob("testdata/*.transcript")
	for _, name := range names {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(string(data[:min(len(data), 4000)]))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		tr, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		in := NewInventor(tr)
		p := NewPlayer(tr)
		total := 0
		for _, s := range tr.Streams {
			for _, m := range s.Messages {
				if total += len(text); total > 1<<20 {
					return
				}
				if request, ok := m.Value.(map[string]any); ok {
					p.Answer(request)
				}
				if !strings.Contains(text, "data(") && !strings.Contains(text, "text(") { // which may be megabytes
					in.Value(m.Value, "")
				}
				if m.File != nil {
					in.Path(m.File.Path)
					Content(m.File.Path)
					m.File.Device()
				}
			}
		}
	})
}
