package restore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"lifeboat/assets/words"
	"lifeboat/backup/format"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
)

// Plan is what a restore would do, and what stands in its way.
type Plan struct {
	Backup Backup
	Phone  Phone
	// Facts are what the phone said.
	Facts facts.Phone
	// Refusals are why the phone would not take the backup, in the order in which
	// it would look; empty if nothing is known to be in the way.
	Refusals []*fault.Error
	// Notices are what the person should know before: what the phone does, what
	// the backup lacks, and what could not be found out.
	Notices []Notice

	manifest format.Manifest
	info     map[string]any
	first    bool // the phone is to be backed up first
}

// Backup is what is restored.
type Backup struct {
	// Version is its number and what was proven of it; that of another program's
	// backup is counted as the first one.
	Version vault.Version
	// UDID is the phone that it was made of.
	UDID                         string
	DeviceName, ProductType, IOS string
	Made                         time.Time // UTC; zero if unknown
	Encrypted                    bool
	// Files and Bytes are its contents; 0 while they are not known.
	Files int
	Bytes int64
	// Apps are those that the phone downloads again.
	Apps int
}

// Phone is what is restored onto.
type Phone struct {
	UDID, Name, ProductType, IOS string
}

// Notice is something to know before a restore.
type Notice struct {
	ID   NoticeID
	Args words.Args
}

// NoticeID is the name of a notice, for scripts.
type NoticeID string

// The notices, in the order in which they are given.
const (
	Erases        NoticeID = "erases"         // iOS 27 and newer erase the phone before
	Replaces      NoticeID = "replaces"       // what is on the phone is replaced
	OtherPhone    NoticeID = "other-phone"    // the backup is of another phone
	OtherKind     NoticeID = "other-kind"     // and that is no iPhone, or this is none
	Unencrypted   NoticeID = "unencrypted"    // it holds no passwords and no Health
	NoApps        NoticeID = "no-apps"        // it does not say which apps there were
	Managed       NoticeID = "managed"        // a company or school may forbid it
	VersionUnread NoticeID = "version-unread" // one of the two does not say its iOS
	FindMyUnread  NoticeID = "find-my-unread"
	RoomUnread    NoticeID = "room-unread"
	RoomTight     NoticeID = "room-tight" // iOS would have to clear something away
	ChargeLow     NoticeID = "charge-low"
	ChargeUnread  NoticeID = "charge-unread"
	OnlyPhone     NoticeID = "only-phone" // what only the phone itself can say
)

// Words words the notice.
func (n Notice) Words() words.Text { return words.T("restore.notice."+string(n.ID), n.Args) }

// Erases reports whether the phone erases itself before it restores, which is
// taken for granted of one that does not say its iOS.
func (p Plan) Erases() bool {
	major, _, _ := strings.Cut(p.Phone.IOS, ".")
	n, err := strconv.Atoi(major)
	return err != nil || n >= erasing
}

// PasswordUnset reports whether the phone is known to have no password for its backups.
// One that never had any says nothing of it.
func (p Plan) PasswordUnset() bool {
	on, known := p.Facts.WillEncrypt.Known()
	return known && !on || p.Facts.WillEncrypt.State == facts.Absent
}

// check reads the backup's own lists and the phone, and makes the plan.
func (r *run) check(ctx context.Context) error {
	if err := r.readBackup(); err != nil {
		return err
	}
	f, err := r.readPhone(ctx)
	if err != nil {
		return err
	}
	r.plan.first = r.First != nil
	r.plan.judge(f)
	return nil
}

// readBackup reads what the backup says about itself.
func (r *run) readBackup() error {
	list, err := vault.List(r.Fs, r.Root, r.UDID)
	if err != nil {
		return err
	}
	version, ok := newest(list, r.Version)
	if !ok && r.Version != 0 {
		return fault.New(fault.VersionUnknown, op, nil).With("Version", r.Version)
	}
	if !ok {
		code := fault.NotABackup
		if slices.ContainsFunc(list, func(v vault.Version) bool { return v.Unfinished }) {
			code = fault.BackupUnfinished
		}
		return fault.New(code, op, nil).With("Path", vault.Dir(r.Root, r.UDID))
	}
	view, err := vault.OpenView(r.Fs, r.Root, r.UDID, version.Number)
	if err != nil {
		return err
	}
	defer view.Close()
	b, err := verify.Open(verify.Subject{Fs: view.FS(), Dir: "/"})
	if err != nil {
		return r.place(err)
	}
	// A backup without Info.plist can be restored; it says less.
	info, err := format.ReadInfo(view.FS(), "/")
	if err != nil {
		r.Log.Warn("no Info.plist", "err", err)
	}
	text := func(key string) string {
		s, _ := info[key].(string)
		return words.OneLine(s)
	}
	apps, _ := info["Applications"].(map[string]any)
	r.plan.manifest, r.plan.info = b.Manifest, info
	r.plan.Backup = Backup{
		Version: version, UDID: statedUDID(text("Target Identifier"), r.UDID),
		DeviceName: b.Manifest.DeviceName, ProductType: b.Manifest.ProductType,
		IOS:  cmp.Or(text("Product Version"), b.Manifest.ProductVersion),
		Made: b.Status.Date, Encrypted: b.Manifest.Encrypted, Apps: len(apps),
	}
	if !version.Uncounted {
		r.plan.Backup.Files, r.plan.Backup.Bytes = version.Files, version.Bytes
	}
	return nil
}

// place has an error about a view name the place where the backup really is.
func (r *run) place(err error) error {
	var known *fault.Error
	if errors.As(err, &known) && known.Args["Path"] != nil {
		known.With("Path", vault.Dir(r.Root, r.UDID))
	}
	return err
}

// readPhone reads what the phone says. That it is locked keeps no phone from
// being restored: it asks for its passcode.
func (r *run) readPhone(ctx context.Context) (facts.Phone, error) {
	summary, err := r.Phone.Inspect(ctx)
	if err != nil {
		return facts.Phone{}, err
	}
	switch fault.Of(summary.Err) {
	case "", fault.SetupUnfinished, fault.PhoneLocked:
	default:
		return facts.Phone{}, summary.Err
	}
	f, err := r.Phone.Facts(ctx, summary)
	if err == nil && f.Name.State != facts.Read && summary.Err != nil {
		err = summary.Err // it lets nobody in
	}
	return f, err
}

// judge finds out what stands in the way, in the order in which a phone looks.
func (p *Plan) judge(f facts.Phone) {
	p.Facts, p.Refusals, p.Notices = f, nil, nil
	p.Phone = Phone{UDID: f.UDID, Name: f.Name.Value, ProductType: f.ProductType.Value, IOS: f.Version.Value}
	if done, known := f.SetupDone.Known(); p.first && (f.Readiness == facts.SetupUnfinished || known && !done) {
		p.refuse(fault.New(fault.SetupUnfinished, op, nil))
	}
	if on, known := f.FindMy.Known(); on {
		p.refuse(fault.New(fault.FindMyOn, op, nil))
	} else if !known {
		defer p.notice(FindMyUnread, nil)
	}
	switch takes, known := takesVersion(p.Phone.IOS, p.Backup.IOS, p.manifest.Required); {
	case !known:
		defer p.notice(VersionUnread, nil)
	case !takes:
		p.refuse(fault.New(fault.BackupVersion, op, nil).With("BackupIOS", p.Backup.IOS).With("PhoneIOS", p.Phone.IOS))
	}
	if refusal := p.roomRefusal(); refusal != nil {
		p.refuse(refusal)
	}
	if refusal := p.chargeRefusal(); refusal != nil {
		p.refuse(refusal)
	}
	p.tell()
}

func (p *Plan) refuse(why *fault.Error) {
	p.Refusals = append(p.Refusals, why.With("Restore", string(Untouched)))
}

func (p *Plan) notice(id NoticeID, args words.Args) {
	p.Notices = append(p.Notices, Notice{id, args})
}

// tell gives the notices.
func (p *Plan) tell() {
	f := p.Facts
	args := words.Args{"Phone": p.Phone.Name, "Backup": p.Backup.DeviceName, "IOS": p.Phone.IOS}
	if p.Erases() {
		p.notice(Erases, args)
	} else {
		p.notice(Replaces, args)
	}
	if !phoneid.Same(p.Backup.UDID, p.Phone.UDID) {
		p.notice(OtherPhone, args)
	}
	if a, b := facts.DeviceOf(p.Backup.ProductType), facts.DeviceOf(p.Phone.ProductType); a != b && p.Backup.ProductType != "" && p.Phone.ProductType != "" {
		p.notice(OtherKind, words.Args{"From": a, "To": b})
	}
	if !p.Backup.Encrypted {
		p.notice(Unencrypted, nil)
	}
	if p.Backup.Apps == 0 {
		p.notice(NoApps, nil)
	}
	if supervised, _ := f.Supervised.Known(); supervised || managedBy(f) {
		p.notice(Managed, words.Args{"Organization": words.OneLine(f.Organization.Value)})
	}
	p.tellRoom()
	level, known := f.BatteryLevel.Known()
	charging, _ := f.BatteryCharging.Known()
	switch {
	case !known:
		p.notice(ChargeUnread, nil)
	case level < chargeWanted && !charging:
		p.notice(ChargeLow, words.Args{"Level": level})
	}
	p.notice(OnlyPhone, nil)
}

// managedBy reports whether a profile with which others decide is installed.
func managedBy(f facts.Phone) bool {
	profiles, _ := f.Profiles.Known()
	for _, profile := range profiles {
		for _, payload := range profile.Payloads {
			if payload == "com.apple.mdm" || payload == "com.apple.applicationaccess" {
				return true
			}
		}
	}
	return false
}

// room is how much a restore may find on the phone at least, which is a hint, and
// at most, in bytes. One that erases itself first has all of it.
func (p *Plan) room() (least, most int64, known bool) {
	all := []facts.Datum[int64]{p.Facts.RestoreAvailable, p.Facts.DataAvailable, p.Facts.DataReclaimable}
	if p.Erases() {
		all = []facts.Datum[int64]{p.Facts.DataCapacity}
	}
	for _, d := range all {
		n, ok := d.Known()
		if !ok || n < 0 {
			continue
		}
		if !known {
			least = n
		}
		known, most = true, max(most, n)
	}
	return least, most, known
}

// roomRefusal is [fault.DeviceSpace] where the backup cannot fit.
func (p *Plan) roomRefusal() *fault.Error {
	_, most, known := p.room()
	if !known || p.Backup.Bytes <= most {
		return nil
	}
	return fault.New(fault.DeviceSpace, op, nil).With("Need", words.Bytes(p.Backup.Bytes)).With("Have", words.Bytes(most))
}

func (p *Plan) tellRoom() {
	least, most, known := p.room()
	switch {
	case !known:
		p.notice(RoomUnread, nil)
	case p.Backup.Bytes > least && p.Backup.Bytes <= most:
		p.notice(RoomTight, words.Args{"Need": words.Bytes(p.Backup.Bytes), "Have": words.Bytes(least)})
	}
}

// A restore takes hours on a full phone, and its restart more power than the cable
// may give: below the first, in percent, a phone that is not charging is refused,
// below the second there is a notice.
const (
	chargeNeeded = 20
	chargeWanted = 50
)

// chargeRefusal is [fault.BatteryLow] where the phone may run out of power.
func (p *Plan) chargeRefusal() *fault.Error {
	level, known := p.Facts.BatteryLevel.Known()
	charging, _ := p.Facts.BatteryCharging.Known()
	if !known || level >= chargeNeeded || charging {
		return nil
	}
	return fault.New(fault.BatteryLow, op, nil).With("Level", level)
}

// takesVersion reports whether a phone takes a backup by the two versions of iOS,
// and the oldest one that the backup says it requires
// (device/PROTOCOL.md#what-a-phone-checks-before-it-restores).
func takesVersion(phone, backup, required string) (takes, known bool) {
	has, ok := versionOf(phone)
	made, ok2 := versionOf(backup)
	if !ok || !ok2 {
		return false, false
	}
	if slices.Compare(has[:], made[:]) >= 0 {
		return true, true
	}
	needs, ok := versionOf(required)
	return ok && has[0] == made[0] && has[1] == made[1] && slices.Compare(has[:], needs[:]) >= 0, true
}

// iosVersion is a version of iOS: 18.4.1 and its rapid responses, (a) left out.
type iosVersion [3]int

func versionOf(text string) (v iosVersion, ok bool) {
	text, _, _ = strings.Cut(text, " ")
	parts := strings.Split(text, ".")
	if len(parts) > len(v) {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return iosVersion{}, false
		}
		v[i] = int(n)
	}
	return v, true
}

// Named reports whether what was typed is the phone's name: whatever the case, and
// whichever apostrophe, space or accent a keyboard gives.
func (p Plan) Named(typed string) bool {
	name, known := p.Facts.Name.Known()
	return known && plainName(typed) != "" && strings.EqualFold(plainName(typed), plainName(name))
}

func plainName(name string) string {
	name = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "“", `"`, "”", `"`).Replace(norm.NFC.String(name))
	return strings.Join(strings.Fields(name), " ")
}

// statedUDID is the phone that a backup is of: as it says, or by its folder.
func statedUDID(stated, folder string) string {
	if stated != "" && len(stated) <= maxSource {
		return stated
	}
	return folder
}
