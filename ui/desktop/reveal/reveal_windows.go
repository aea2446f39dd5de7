package reveal

import (
	"context"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	shell32     = windows.NewLazySystemDLL("shell32.dll")
	parseName   = shell32.NewProc("SHParseDisplayName")
	selectItems = shell32.NewProc("SHOpenFolderAndSelectItems")
	ilFree      = shell32.NewProc("ILFree")
	needed      = []*windows.LazyProc{parseName, selectItems, ilFree}
)

// item has Explorer choose it. The command line of Explorer would split a path at
// its commas.
func item(_ context.Context, path string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED); err != nil {
		return err
	}
	defer windows.CoUninitialize()
	id, err := idOf(path)
	if err != nil {
		return err
	}
	defer ilFree.Call(id)
	result, _, _ := selectItems.Call(id, 0, 0, 0)
	return failure(result)
}

// idOf is what the shell calls a path; it is to be freed.
func idOf(path string) (id uintptr, err error) {
	for _, proc := range needed {
		if err := proc.Find(); err != nil {
			return 0, err
		}
	}
	wide, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	result, _, _ := parseName.Call(uintptr(unsafe.Pointer(wide)), 0, uintptr(unsafe.Pointer(&id)), 0, 0)
	return id, failure(result)
}

// failure makes an error of an HRESULT.
func failure(result uintptr) error {
	if code := uint32(result); code&0x80000000 != 0 {
		return windows.Errno(code)
	}
	return nil
}

// folder hands the folder itself to Explorer and not an address of it:
// what an address would have to write as %C3%BC, and shares of a network,
// arrive as they are.
func folder(_ context.Context, dir string) error {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return err
	}
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return err
	}
	return windows.ShellExecute(0, verb, path, nil, nil, windows.SW_SHOWNORMAL)
}
