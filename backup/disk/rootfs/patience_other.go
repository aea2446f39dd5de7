//go:build !windows && !linux && !darwin

package rootfs

func posix(err error) error { return err }

func patiently(do func() error) error { return do() }
