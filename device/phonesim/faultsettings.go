package phonesim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lifeboat/device/phonesim/backupd"
)

// faultSettings are what "fault" takes: NAME or NAME=VALUE.
var faultSettings = []struct {
	name, value string
	set         func(*Faults, string) error
}{
	{"silent", "SERVICE", func(f *Faults, v string) error {
		f.Silent = append(f.Silent, v)
		f.Lockdown.Silent = f.Lockdown.Silent || v == "lockdownd"
		return nil
	}},
	{"forget-host", "", turnOn(func(f *Faults) *bool { return &f.Lockdown.ForgetHostOnce })},
	{"no-escrow-bag", "", turnOn(func(f *Faults) *bool { return &f.Lockdown.NoEscrowBag })},
	{"refuse-service", "SERVICE[:ERROR]", func(f *Faults, v string) error {
		name, answer, given := strings.Cut(v, ":")
		if !given {
			answer = "InvalidService"
		}
		if f.Lockdown.RefuseService == nil {
			f.Lockdown.RefuseService = map[string]string{}
		}
		f.Lockdown.RefuseService[name] = answer
		return nil
	}},
	{"sync-lock", "DURATION", func(f *Faults, v string) (err error) {
		f.SyncLockBusy, err = parseSpan(v)
		return err
	}},
	{"detach", "POINT", at(func(f *Faults, p backupd.Point) { f.Backup.DetachAt, f.Backup.DetachAtMessage = p.Share, p.Message })},
	{"hang", "POINT", at(func(f *Faults, p backupd.Point) { f.Backup.SilentAfter, f.Backup.SilentAtMessage = p.Share, p.Message })},
	{"cancel", "POINT", at(func(f *Faults, p backupd.Point) { f.Backup.CancelAt, f.Backup.CancelAtMessage = p.Share, p.Message })},
	{"truncate", "POINT", at(func(f *Faults, p backupd.Point) { f.Backup.Truncate = p })},
	{"oversized", "WHAT@POINT", setOversized},
	{"link-speed", "SIZE", func(f *Faults, v string) (err error) {
		f.Backup.Speed, err = ParseSize(v)
		return err
	}},
	{"wedge", "DURATION", func(f *Faults, v string) (err error) {
		f.Backup.WedgedFor, err = parseSpan(v)
		return err
	}},
	{"no-resume", "", turnOn(func(f *Faults) *bool { return &f.Backup.NoResume })},
	{"wrong-key", "PATH", func(f *Faults, v string) error {
		f.Backup.WrongKey = append(f.Backup.WrongKey, v)
		return nil
	}},
	{"snapshot-left", "", turnOn(func(f *Faults) *bool { return &f.Backup.SnapshotLeft })},
	{"hostile-names", "", turnOn(func(f *Faults) *bool { return &f.Backup.Hostile })},
	{"upload-error", "N[:CODE]", setUploadError},
	{"upload-errors", "N", func(f *Faults, v string) (err error) {
		f.Backup.UploadErrors, err = above0(v)
		return err
	}},
	{"final-form", "FORM", func(f *Faults, v string) error {
		f.Backup.FinalForm = v
		if _, known := backupd.FinalForms[v]; !known {
			return fmt.Errorf("not one of %s", strings.Join(slices.Sorted(maps.Keys(backupd.FinalForms)), ", "))
		}
		return nil
	}},
	{"error-at-start", "CODE", code(func(f *Faults) *int { return &f.Backup.AtStart.Code })},
	{"error-at-end", "CODE", code(func(f *Faults) *int { return &f.Backup.AtEnd.Code })},
	{"password-error", "CODE", code(func(f *Faults) *int { return &f.Backup.ChangePassword.Code })},
	{"restore-error", "CODE[@WHERE]", func(f *Faults, v string) (err error) {
		number, where, given := strings.Cut(v, "@")
		if given {
			if f.Backup.RestoreErrorAt, err = parseRestorePoint(where); err != nil {
				return err
			}
		}
		return code(func(f *Faults) *int { return &f.Backup.Restore.Code })(f, number)
	}},
	{"restore-detach", "WHERE", func(f *Faults, v string) (err error) {
		f.Backup.RestoreDetach, err = parseRestorePoint(v)
		return err
	}},
	{"restore-locked", "", turnOn(func(f *Faults) *bool { return &f.Backup.RestoreLocked })},
	{"purge", "", turnOn(func(f *Faults) *bool { return &f.Backup.PurgeAlways })},
	{"unknown-message", "", turnOn(func(f *Faults) *bool { return &f.Backup.UnknownMessage })},
	{"huge-frame", "", turnOn(func(f *Faults) *bool { return &f.Backup.HugeFrame })},
	{"mixed-order", "", turnOn(func(f *Faults) *bool { return &f.Backup.MixedOrder })},
	{"few-folders", "", turnOn(func(f *Faults) *bool { return &f.Backup.FewFolders })},
	{"sizes-differ", "N", func(f *Faults, v string) (err error) {
		f.Backup.SizesDiffer, err = above0(v)
		return err
	}},
	{"odd-rows", "", turnOn(func(f *Faults) *bool { return &f.Backup.OddRows })},
	{"old-layout", "", turnOn(func(f *Faults) *bool { return &f.Backup.OldLayout })},
	{"not-full", "", turnOn(func(f *Faults) *bool { return &f.Backup.NotFull })},
	{"announce", "SHARE", func(f *Faults, v string) error {
		p, err := parsePoint(v)
		if err == nil && p.Share == 0 {
			err = fmt.Errorf("not a share")
		}
		f.Backup.Announced = p.Share
		return err
	}},
	{"percent-falls", "", turnOn(func(f *Faults) *bool { return &f.Backup.PercentFalls })},
	{"send-twice", "N", func(f *Faults, v string) (err error) {
		f.Backup.SendTwice, err = above0(v)
		return err
	}},
	{"compare", "DURATION", func(f *Faults, v string) (err error) {
		f.Backup.CompareFor, err = parseSpan(v)
		return err
	}},
	{"closing-check", "", turnOn(func(f *Faults) *bool { return &f.Backup.FailClosingCheck })},
}

func setFault(c *Config, v string) error { return c.Faults.Set(v) }

// Set adds a fault by the text that the flag --fault takes: NAME or
// NAME=VALUE. A POINT is a share of the backup, such as 0.5, or a number of
// messages that the phone has sent, such as #17; WHERE in a restore is a share of
// it, or a size such as 3MB that has come.
func (f *Faults) Set(v string) error {
	name, value, _ := strings.Cut(v, "=")
	for _, s := range faultSettings {
		if s.name != name {
			continue
		}
		if (s.value == "") != (value == "") {
			return fmt.Errorf("%s takes %s", name, cmp.Or(s.value, "no value"))
		}
		return s.set(f, value)
	}
	return fmt.Errorf("not one of %s", faultNames())
}

func faultNames() string {
	var all []string
	for _, f := range faultSettings {
		all = append(all, strings.TrimSuffix(f.name+"="+f.value, "="))
	}
	return strings.Join(all, ", ")
}

func turnOn(at func(*Faults) *bool) func(*Faults, string) error {
	return func(f *Faults, _ string) error {
		*at(f) = true
		return nil
	}
}

// at sets a moment of a backup.
func at(set func(*Faults, backupd.Point)) func(*Faults, string) error {
	return func(f *Faults, v string) error {
		p, err := parsePoint(v)
		if err == nil {
			set(f, p)
		}
		return err
	}
}

// parsePoint reads a share such as 0.5 or a number of messages such as #17.
func parsePoint(v string) (backupd.Point, error) {
	if message, is := strings.CutPrefix(v, "#"); is {
		n, err := above0(message)
		return backupd.Point{Message: n}, err
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || !(n > 0 && n <= 1) {
		return backupd.Point{}, fmt.Errorf("not a share of the backup above 0 and up to 1, nor # and a number of messages")
	}
	return backupd.Point{Share: n}, nil
}

// parseRestorePoint reads a share of what a restore brings, such as 0.5, or so
// many bytes, such as 3MB.
func parseRestorePoint(v string) (backupd.RestorePoint, error) {
	if n, err := strconv.ParseFloat(v, 64); err == nil && n > 0 && n <= 1 {
		return backupd.RestorePoint{Share: n}, nil
	}
	n, err := ParseSize(v)
	if err != nil || n < 1 {
		return backupd.RestorePoint{}, fmt.Errorf("not a share of the restore above 0 and up to 1, nor a size")
	}
	return backupd.RestorePoint{Bytes: n}, nil
}

// setOversized reads WHAT@POINT.
func setOversized(f *Faults, v string) (err error) {
	what, when, _ := strings.Cut(v, "@")
	if !slices.Contains(backupd.OversizedPlaces, what) {
		return fmt.Errorf("not one of %s", strings.Join(backupd.OversizedPlaces, ", "))
	}
	f.Backup.Oversized.What = what
	f.Backup.Oversized.At, err = parsePoint(when)
	return err
}

// setUploadError reads the number of a file and the final byte of its upload,
// 11 where none is given.
func setUploadError(f *Faults, v string) error {
	nth, text, given := strings.Cut(v, ":")
	n, err := above0(nth)
	if err != nil {
		return err
	}
	e := backupd.UploadError{Nth: n, Code: 0x0B, Text: "Input/output error"}
	if given {
		code, err := strconv.ParseUint(text, 0, 8)
		if err != nil || code == 0 || code == 0x0C {
			return fmt.Errorf("the code is not a byte other than 0 and 0x0C")
		}
		e.Code, e.Text = byte(code), "the file could not be read"
	}
	f.Backup.Uploads = append(slices.Clip(f.Backup.Uploads), e)
	return nil
}

func above0(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("not a number above 0")
	}
	return n, nil
}

func code(at func(*Faults) *int) func(*Faults, string) error {
	return func(f *Faults, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 9999 {
			return fmt.Errorf("not an error number")
		}
		*at(f) = n
		return nil
	}
}
