//go:build !amd64

package cbc

// schedule is never made where there is no code for it.
type schedule struct{}

func expand([]byte) *schedule { return nil }

func (*schedule) decrypt(_, _ []byte, _ int, _ *[BlockSize]byte) {}
