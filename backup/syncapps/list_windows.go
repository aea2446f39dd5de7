package syncapps

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
)

// processes takes a snapshot of the names of all programs.
func processes(ctx context.Context) (all []string) {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(snapshot)
	entry := windows.ProcessEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	for err = windows.Process32First(snapshot, &entry); err == nil && ctx.Err() == nil; err = windows.Process32Next(snapshot, &entry) {
		all = append(all, windows.UTF16ToString(entry.ExeFile[:]))
	}
	return all
}
