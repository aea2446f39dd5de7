package pick

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// What of the shell's dialogs is needed, as shobjidl_core.h has it.
var (
	openDialogClass = windows.GUID{Data1: 0xdc1c5a9c, Data2: 0xe88a, Data3: 0x4dde, Data4: [8]byte{0xa5, 0xa1, 0x60, 0xf8, 0x2a, 0x20, 0xae, 0xf7}}
	saveDialogClass = windows.GUID{Data1: 0xc0b4e2f3, Data2: 0xba21, Data3: 0x4773, Data4: [8]byte{0x8d, 0xba, 0x33, 0x5e, 0xc9, 0x46, 0xeb, 0x8b}}
	fileDialogIID   = windows.GUID{Data1: 0x42f85136, Data2: 0xdb7e, Data3: 0x439c, Data4: [8]byte{0x85, 0xf1, 0xe4, 0x07, 0x5d, 0x13, 0x5f, 0xc8}}
	shellItemIID    = windows.GUID{Data1: 0x43826d1e, Data2: 0xe718, Data3: 0x42ee, Data4: [8]byte{0xbc, 0x55, 0xa1, 0xe2, 0x61, 0xc3, 0x7b, 0xfe}}

	coCreateInstance = windows.NewLazySystemDLL("ole32.dll").NewProc("CoCreateInstance")
	createItem       = windows.NewLazySystemDLL("shell32.dll").NewProc("SHCreateItemFromParsingName")
)

// Places in the tables of methods of IFileDialog and IShellItem.
const (
	methodRelease     = 2
	dialogShow        = 3
	dialogSetOptions  = 9
	dialogGetOptions  = 10
	dialogSetFolder   = 12
	dialogSetFileName = 15
	dialogSetTitle    = 17
	dialogGetResult   = 20
	itemDisplayName   = 5
)

const (
	inProcessServer = 1
	// Options of a dialog.
	overwritePrompt = 0x2
	noChangeDir     = 0x8
	pickFolders     = 0x20
	forceFileSystem = 0x40
	pathMustExist   = 0x800

	fileSystemPath = 0x80058000 // SIGDN_FILESYSPATH
	userCancelled  = 0x800704c7 // HRESULT_FROM_WIN32(ERROR_CANCELLED)
)

// object is one of COM.
type object struct{ methods *[32]uintptr }

// call calls a method; what it returns is an error if it is none of success.
func (o *object) call(method int, args ...uintptr) error {
	result, _, _ := syscall.SyscallN(o.methods[method], append([]uintptr{uintptr(unsafe.Pointer(o))}, args...)...)
	return failure(result)
}

func (o *object) release() { o.call(methodRelease) } // it returns a count

// failure makes an error of an HRESULT.
func failure(result uintptr) error {
	if code := uint32(result); code&0x80000000 != 0 {
		return windows.Errno(code)
	}
	return nil
}

func folder(ctx context.Context, o Options) (string, error) {
	return ask(ctx, openDialogClass, pickFolders|forceFileSystem|pathMustExist|noChangeDir, o)
}

func save(ctx context.Context, o Options) (string, error) {
	return ask(ctx, saveDialogClass, overwritePrompt|forceFileSystem|pathMustExist|noChangeDir, o)
}

// ask shows a dialog on a thread of its own, as dialogs want it. Nobody but the user can
// close it.
func ask(ctx context.Context, class windows.GUID, flags uint32, o Options) (string, error) {
	type answer struct {
		path string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		// The thread ends with the goroutine, and with it what the dialog left there.
		runtime.LockOSThread()
		path, err := show(class, flags, o)
		answers <- answer{path, err}
	}()
	select {
	case a := <-answers:
		return a.path, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func show(class windows.GUID, flags uint32, o Options) (string, error) {
	if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED|windows.COINIT_DISABLE_OLE1DDE); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	defer windows.CoUninitialize()
	dialog, err := newDialog(class, flags, o)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	defer dialog.release()
	switch err := dialog.call(dialogShow, o.Parent); {
	case errors.Is(err, windows.Errno(userCancelled)):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	return resultOf(dialog)
}

// newDialog makes a dialog that is ready to be shown, on a thread of COM.
func newDialog(class windows.GUID, flags uint32, o Options) (dialog *object, err error) {
	if err := coCreateInstance.Find(); err != nil {
		return nil, err
	}
	result, _, _ := coCreateInstance.Call(uintptr(unsafe.Pointer(&class)), 0, inProcessServer, uintptr(unsafe.Pointer(&fileDialogIID)), uintptr(unsafe.Pointer(&dialog)))
	if err := failure(result); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			dialog.release()
		}
	}()
	var options uint32
	if err := dialog.call(dialogGetOptions, uintptr(unsafe.Pointer(&options))); err != nil {
		return nil, err
	}
	if err := dialog.call(dialogSetOptions, uintptr(options|flags)); err != nil {
		return nil, err
	}
	for method, text := range map[int]string{dialogSetTitle: o.Title, dialogSetFileName: o.Name} {
		if text == "" {
			continue
		}
		wide, err := windows.UTF16PtrFromString(text)
		if err != nil {
			return nil, err
		}
		if err := dialog.call(method, uintptr(unsafe.Pointer(wide))); err != nil {
			return nil, err
		}
	}
	// A folder that is gone is no reason not to ask: the dialog begins elsewhere.
	if item, err := itemOf(o.Dir); err == nil {
		defer item.release()
		dialog.call(dialogSetFolder, uintptr(unsafe.Pointer(item)))
	}
	return dialog, nil
}

// itemOf is a folder as the shell knows it.
func itemOf(dir string) (item *object, err error) {
	if !filepath.IsAbs(dir) {
		return nil, errors.New("no folder to begin in")
	}
	wide, err := windows.UTF16PtrFromString(filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	if err := createItem.Find(); err != nil {
		return nil, err
	}
	result, _, _ := createItem.Call(uintptr(unsafe.Pointer(wide)), 0, uintptr(unsafe.Pointer(&shellItemIID)), uintptr(unsafe.Pointer(&item)))
	return item, failure(result)
}

// resultOf is the path of what was chosen.
func resultOf(dialog *object) (string, error) {
	var item *object
	if err := dialog.call(dialogGetResult, uintptr(unsafe.Pointer(&item))); err != nil {
		return "", err
	}
	defer item.release()
	return nameOf(item)
}

func nameOf(item *object) (string, error) {
	var name *uint16
	if err := item.call(itemDisplayName, fileSystemPath, uintptr(unsafe.Pointer(&name))); err != nil {
		return "", err
	}
	defer windows.CoTaskMemFree(unsafe.Pointer(name))
	return windows.UTF16PtrToString(name), nil
}
