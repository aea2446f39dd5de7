package device

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// Domains of lockdownd that the facts come from.
const (
	domainRoot    = ""
	domainBackup  = "com.apple.mobile.backup"
	domainDisk    = "com.apple.disk_usage"
	domainBattery = "com.apple.mobile.battery"
)

// Facts reads everything that the checks need, the domains in parallel. A
// phone that is not ready gives the facts that it does tell, and a Readiness
// that says why there are no more. Errors are those of [Phone.Inspect].
func (p *Phone) Facts(ctx context.Context) (facts.Phone, error) {
	f := facts.Phone{
		UDID: p.UDID, Connection: p.Connection, SpeedBits: p.SpeedBits, GatheredAt: time.Now().UTC(),
	}
	summary, root, err := p.inspect(ctx)
	if err != nil {
		return f, err
	}
	f.Readiness = summary.Readiness
	if f.Readiness == facts.Untrusted || f.Readiness == facts.Silent {
		f.Name, f.ProductType, f.Version = told(summary.Name), told(summary.ProductType), told(summary.Version)
		return f, nil
	}
	domains := p.readDomains(ctx, domainBackup, domainDisk, domainBattery)
	for _, d := range domains {
		if code := fault.Of(d.err); code == fault.PhoneGone || code == fault.Cancelled {
			return f, d.err
		}
	}
	f.GatheredAt = time.Now().UTC()
	fillRoot(&f, root)
	fillBackup(&f, domains[domainBackup])
	fillDisk(&f, domains[domainDisk])
	fillBattery(&f, domains[domainBattery])
	return f, nil
}

// told makes a datum of a text that a phone gives to strangers.
func told(s string) facts.Datum[string] {
	if s == "" {
		return facts.Datum[string]{Reason: "not told before trust"}
	}
	return facts.Of(s)
}

// domain is the answer of a phone about one domain.
type domain struct {
	values map[string]any
	err    error
}

// readDomains asks for each domain in a session of its own.
func (p *Phone) readDomains(ctx context.Context, names ...string) map[string]domain {
	var (
		mu      sync.Mutex
		wg      sync.WaitGroup
		answers = map[string]domain{}
	)
	for _, name := range names {
		wg.Go(func() {
			values, err := p.Values(ctx, name)
			if err != nil {
				p.mux.log.Info("domain not read", "domain", name, "error", err)
			}
			mu.Lock()
			defer mu.Unlock()
			answers[name] = domain{values, err}
		})
	}
	wg.Wait()
	return answers
}

// datum reads one key of a domain with convert, which says whether the value
// is of a type that it understands.
func datum[T any](d domain, key string, convert func(any) (T, bool)) facts.Datum[T] {
	var refused *fault.Error
	switch {
	case errors.As(d.err, &refused) && refused.Domain == "lockdownd":
		return facts.Datum[T]{State: facts.Refused, Reason: refused.Text}
	case d.err != nil:
		return facts.Datum[T]{State: facts.NotRead, Reason: string(fault.Of(d.err))}
	}
	v, ok := d.values[key]
	if !ok {
		return facts.Gone[T]()
	}
	value, ok := convert(v)
	if !ok {
		return facts.Datum[T]{State: facts.Refused, Reason: fmt.Sprintf("WrongType %T", v)}
	}
	return facts.Of(value)
}

func fillRoot(f *facts.Phone, d domain) {
	f.Name = datum(d, "DeviceName", asText)
	f.ProductType = datum(d, "ProductType", asText)
	f.Version = datum(d, "ProductVersion", asText)
	f.Build = datum(d, "BuildVersion", asText)
	f.ActivationState = datum(d, "ActivationState", asText)
	f.PasscodeLocked = datum(d, "PasswordProtected", asBool)
	f.Clock = datum(d, "TimeIntervalSince1970", asUnix)
}

func fillBackup(f *facts.Phone, d domain) {
	f.CloudBackupEnabled = datum(d, "CloudBackupEnabled", asBool)
	f.LastCloudBackup = datum(d, "LastCloudBackupDate", asDate)
	f.WillEncrypt = datum(d, "WillEncrypt", asBool)
	f.RequiresEncryption = datum(d, "RequiresEncryption", asBool)
	f.LastLocalBackup = datum(d, "LastiTunesBackupDate", asDate)
}

func fillDisk(f *facts.Phone, d domain) {
	f.DiskCapacity = datum(d, "TotalDiskCapacity", asSize)
	f.DataCapacity = datum(d, "TotalDataCapacity", asSize)
	f.DataAvailable = datum(d, "AmountDataAvailable", asSize)
}

func fillBattery(f *facts.Phone, d domain) {
	f.BatteryLevel = datum(d, "BatteryCurrentCapacity", asPercent)
	f.BatteryCharging = datum(d, "BatteryIsCharging", asBool)
	f.BatteryFull = datum(d, "FullyCharged", asBool)
	f.ExternalConnected = datum(d, "ExternalConnected", asBool)
}

// maxText bounds a text of the phone, in bytes; names longer than that are no names.
const maxText = 4096

func asText(v any) (string, bool) {
	s, ok := v.(string)
	return s, ok && len(s) <= maxText
}

// asBool takes a boolean, or the 0 and 1 that some iOS versions write
// (RequiresEncryption, checks notes 2).
func asBool(v any) (bool, bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case uint64:
		return v == 1, v <= 1
	}
	return false, false
}

func asSize(v any) (int64, bool) {
	n, ok := v.(uint64)
	return int64(n), ok && n <= math.MaxInt64
}

func asPercent(v any) (int, bool) {
	n, ok := v.(uint64)
	return int(n), ok && n <= 100
}

func asUnix(v any) (time.Time, bool) {
	s, ok := asSeconds(v)
	return unix(s), ok
}

// appleEpoch is 1 January 2001 UTC in Unix seconds.
const appleEpoch = 978307200

// decade is how far back a date may lie before it is read from the other epoch.
const decade = 10 * 365 * 24 * time.Hour

// asDate reads a date of com.apple.mobile.backup. iOS itself first takes the
// number as Unix time, and if that lies more than ten years back, as seconds
// since 2001 (checks notes 3).
func asDate(v any) (time.Time, bool) {
	if t, ok := v.(time.Time); ok {
		return t.UTC(), true
	}
	s, ok := asSeconds(v)
	if !ok || s <= 0 {
		return time.Time{}, false
	}
	if t := unix(s); time.Since(t) <= decade {
		return t, true
	}
	return unix(s + appleEpoch), true
}

// asSeconds reads a number of seconds, bounded to years that a date can have.
func asSeconds(v any) (float64, bool) {
	var s float64
	switch v := v.(type) {
	case uint64:
		s = float64(v)
	case int64:
		s = float64(v)
	case float64:
		s = v
	default:
		return 0, false
	}
	return s, s > -1e11 && s < 1e11 // NaN fails both
}

func unix(s float64) time.Time {
	whole, part := math.Modf(s)
	return time.Unix(int64(whole), int64(part*1e9)).UTC()
}
