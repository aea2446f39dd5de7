package main

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// workNice is how much less urgent than the window all other work is.
const workNice = 10

// favourWindow makes every thread but the caller's less urgent, and with them
// the threads that they will start: a backup that keeps all processors busy
// then leaves the window its share. It must run on the window's thread.
// Where the system does not allow it, all stay equal.
func favourWindow() {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	own := unix.Gettid()
	raw, err := unix.Getpriority(unix.PRIO_PROCESS, own)
	if err != nil {
		return
	}
	nice := 20 - raw // the kernel returns it so that it is never negative
	for _, task := range tasks {
		if id, err := strconv.Atoi(task.Name()); err == nil && id != own {
			unix.Setpriority(unix.PRIO_PROCESS, id, min(nice+workNice, 19))
		}
	}
}
