//go:build !linux && !darwin

package vault

import "errors"

// exchange has no equivalent here.
func exchange(string, string) error { return errors.ErrUnsupported }
