package engine

import (
	"context"

	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/rehearsal"
)

// Rehearse restores a version of k onto a simulated phone, number 0 for the newest,
// and notes the day beside it unless it is another program's. Problems are part of the
// result, and no error. Where the password does not open it, or none is given, those
// that the keyring has of the phone are tried. report is called as
// [rehearsal.Job.Run] does.
func (e *Engine) Rehearse(ctx context.Context, k library.Kept, number int, password keybag.Password, report func(rehearsal.Progress)) (rehearsal.Result, error) {
	number, err := e.numberOf(k, number)
	if err != nil {
		return rehearsal.Result{}, err
	}
	job := &rehearsal.Job{Fs: e.FilesOf(k), Root: k.Root, UDID: k.UDID, Version: number, Program: e.program(), Log: e.Log}
	var result rehearsal.Result
	err = e.orKept(ctx, k, number, password, func(p keybag.Password) (err error) {
		job.Password = p
		result, err = job.Run(ctx, report)
		return err
	})
	return result, err
}
