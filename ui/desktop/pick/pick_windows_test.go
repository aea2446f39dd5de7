package pick

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

// com gives a test a thread as dialogs want it.
func com(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { windows.CoUninitialize(); runtime.UnlockOSThread() })
}

// windowsCanBe reports whether there is a screen; under Wine there need not be one.
func windowsCanBe(t *testing.T) bool {
	t.Helper()
	class, err := windows.UTF16PtrFromString("STATIC")
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // to which a window belongs
	defer runtime.UnlockOSThread()
	user32 := windows.NewLazySystemDLL("user32.dll")
	window, _, _ := user32.NewProc("CreateWindowExW").Call(0, uintptr(unsafe.Pointer(class)), 0, 0, 0, 0, 9, 9, 0, 0, 0, 0)
	if window != 0 {
		user32.NewProc("DestroyWindow").Call(window)
	}
	return window != 0
}

// TestDialogs: both are made and take what they are given. Nobody is there to answer them.
func TestDialogs(t *testing.T) {
	if !windowsCanBe(t) {
		t.Skip("a dialog is made of windows, and there is no screen")
	}
	com(t)
	for name, c := range map[string]struct {
		class windows.GUID
		flags uint32
	}{"folder": {openDialogClass, pickFolders}, "save": {saveDialogClass, overwritePrompt}} {
		for _, dir := range []string{"", "relative", t.TempDir(), filepath.Join(t.TempDir(), "gone")} {
			dialog, err := newDialog(c.class, c.flags, Options{Title: "Where to?", Name: "ä.txt", Dir: dir})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var options uint32
			if err := dialog.call(dialogGetOptions, uintptr(unsafe.Pointer(&options))); err != nil || options&c.flags != c.flags {
				t.Errorf("%s: options %#x, %v", name, options, err)
			}
			if path, err := resultOf(dialog); err == nil {
				t.Errorf("%s: chose %q before it was shown", name, path)
			}
			dialog.release()
		}
	}
	if _, err := newDialog(windows.GUID{Data1: 1}, 0, Options{}); err == nil {
		t.Error("a dialog of no class")
	}
}

// TestItem: a folder goes to the shell and comes back as it was.
func TestItem(t *testing.T) {
	com(t)
	dir := t.TempDir()
	item, err := itemOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer item.release()
	if got, err := nameOf(item); !strings.EqualFold(got, dir) || err != nil {
		t.Errorf("%q, %v; want %q", got, err, dir)
	}
}
