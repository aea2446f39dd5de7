package phonesim

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
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
	{"detach", "SHARE", share(func(f *Faults) *float64 { return &f.Backup.DetachAt })},
	{"hang", "SHARE", share(func(f *Faults) *float64 { return &f.Backup.SilentAfter })},
	{"cancel", "SHARE", share(func(f *Faults) *float64 { return &f.Backup.CancelAt })},
	{"error-at-start", "CODE", code(func(f *Faults) *int { return &f.Backup.AtStart.Code })},
	{"error-at-end", "CODE", code(func(f *Faults) *int { return &f.Backup.AtEnd.Code })},
	{"password-error", "CODE", code(func(f *Faults) *int { return &f.Backup.ChangePassword.Code })},
	{"purge", "", turnOn(func(f *Faults) *bool { return &f.Backup.PurgeAlways })},
	{"unknown-message", "", turnOn(func(f *Faults) *bool { return &f.Backup.UnknownMessage })},
	{"huge-frame", "", turnOn(func(f *Faults) *bool { return &f.Backup.HugeFrame })},
	{"mixed-order", "", turnOn(func(f *Faults) *bool { return &f.Backup.MixedOrder })},
	{"closing-check", "", turnOn(func(f *Faults) *bool { return &f.Backup.FailClosingCheck })},
}

func setFault(c *Config, v string) error {
	name, value, _ := strings.Cut(v, "=")
	for _, f := range faultSettings {
		if f.name != name {
			continue
		}
		if (f.value == "") != (value == "") {
			return fmt.Errorf("%s takes %s", name, cmp.Or(f.value, "no value"))
		}
		return f.set(&c.Faults, value)
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

func share(at func(*Faults) *float64) func(*Faults, string) error {
	return func(f *Faults, v string) error {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || !(n > 0 && n <= 1) {
			return fmt.Errorf("not a share of the backup above 0 and up to 1")
		}
		*at(f) = n
		return nil
	}
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
