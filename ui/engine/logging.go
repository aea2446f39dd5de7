package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// ExportLog writes the log of this program to path, for a report of a bug: which
// program this is, and the lines that are kept, which hold no name, number,
// path or password. Without a log the error is [fault.Internal].
func (e *Engine) ExportLog(ctx context.Context, path string) error {
	const op = "export the log"
	if e.LogFile == nil {
		return fault.New(fault.Internal, op, errors.New("there is no log"))
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "# %s, %s/%s, %s\n", e.program(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	if err := e.LogFile.Export(ctx, &text); err != nil {
		if ctx.Err() != nil {
			return fault.New(fault.Cancelled, op, context.Cause(ctx))
		}
		return disk.Fault(op, e.LogFile.Path(), err)
	}
	return disk.Fault(op, path, disk.Replace(e.Files(), path, disk.Fresh(path), text.Bytes()))
}
