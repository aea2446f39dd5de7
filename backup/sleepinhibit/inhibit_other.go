//go:build !linux && !darwin && !windows

package sleepinhibit

import (
	"context"
	"errors"
)

func hold(context.Context, string) (func(), error) { return nil, errors.ErrUnsupported }
