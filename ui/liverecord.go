package ui

import (
	"os"
	"path/filepath"
	"time"

	"lifeboat/backup/disk"
	"lifeboat/device/transcript"
)

// Record begins or ends the transcript of what is said between phones and this
// computer, in a file of its own in the person's home. One that is begun while
// another is open ends that. The path is that of the file that was begun, or
// that ended; "" if there was none to end.
func (l *Live) Record(on bool) (path string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	path = l.recordedIn
	if l.recorder != nil {
		l.Mux.Record(nil)
		err = l.recorder.Close()
		l.recorder, l.recordedIn = nil, ""
	}
	if !on || err != nil {
		return path, disk.Fault("end the recording", path, err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", disk.Fault("find a folder for the recording", "", err)
	}
	path = filepath.Join(home, "Lifeboat recording "+time.Now().Format("2006-01-02 15.04.05")+".txt")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return path, disk.Fault("begin the recording", path, err)
	}
	l.recorder = transcript.New(file, transcript.About{Program: l.program(), Command: "window"}, nil)
	l.recordedIn = path
	l.Mux.Record(l.recorder)
	return path, nil
}
