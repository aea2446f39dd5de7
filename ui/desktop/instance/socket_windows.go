package instance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"path/filepath"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// pipe is a name of its own for each folder, and so for each user.
func pipe(dir, name string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	sum := sha256.Sum256([]byte(strings.ToLower(dir)))
	return `\\.\pipe\` + name + "-" + hex.EncodeToString(sum[:12])
}

// listen lets only this user in. It fails if another program has the name.
func listen(dir, name string) (net.Listener, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return winio.ListenPipe(pipe(dir, name), &winio.PipeConfig{SecurityDescriptor: "D:P(A;;GA;;;" + user.User.Sid.String() + ")"})
}

func dial(ctx context.Context, dir, name string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, pipe(dir, name))
}

var allowSetForegroundWindow = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow")

// mayRaise hands on the right to come to the front, which Windows gives only to
// the program that the user has just started.
func mayRaise() {
	const any = ^uintptr(0) // ASFW_ANY
	if allowSetForegroundWindow.Find() == nil {
		allowSetForegroundWindow.Call(any) // without it the window's button blinks instead
	}
}
