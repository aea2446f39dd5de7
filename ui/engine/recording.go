package engine

import (
	"path/filepath"
	"runtime"
	"time"

	"lifeboat/backup/disk"
	"lifeboat/device/transcript"
)

// Record begins or ends the transcript of what is said between phones and this
// computer, in a file of its own in Home. One that is begun while
// another is open ends that. The path is that of the file that was begun, or
// that ended; "" if there was none to end.
func (e *Engine) Record(on bool) (path string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	path = e.recordedIn
	if e.recorder != nil {
		e.Mux.Record(nil)
		err = e.recorder.Close()
		e.recorder, e.recordedIn = nil, ""
	}
	if !on || err != nil {
		return path, disk.Fault("end the recording", path, err)
	}
	path = filepath.Join(e.Home, "Lifeboat recording "+time.Now().Format("2006-01-02 15.04.05")+".txt")
	if e.recorder, err = transcript.Create(path, e.About("window")); err != nil {
		return path, disk.Fault("begin the recording", path, err)
	}
	e.recordedIn = path
	e.Mux.Record(e.recorder)
	return path, nil
}

// About is what a recording says of this program and of what it is asked for.
func (e *Engine) About(command string) transcript.About {
	return transcript.About{Program: e.program() + ", " + runtime.GOOS + "/" + runtime.GOARCH, Command: command}
}
