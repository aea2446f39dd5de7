// Package rehearsal proves that a version would come back: it is restored, over
// the protocol that a real restore uses, onto a simulated iPhone that keeps only
// sums of what arrives. These are compared with what the backup itself says.
//
// # What is compared
//
// Two programs that share no code read the same backup. The phone's side
// (package backupd of the simulated iPhone) checks what a phone checks, asks for
// each file that its own reading of Manifest.db lists, and decrypts it. This
// side reads Manifest.db and the keys with the packages of the client, and sums
// up what it sends, stored and decrypted. So a version passes if
//
//   - every file, folder and link of the list arrived, once, with its mode and
//     target, and nothing else did;
//   - both sides come to the same content;
//   - what was sent has the length and digest that are remembered of it, as far as
//     any are: in an encrypted backup nothing else shows a changed byte in the
//     middle of a file.
//
// # What it costs
//
// Each content is read once. Memory is 28 bytes for each entry of the list and
// nothing else that grows; on disk there is a copy of Manifest.db as it is
// stored, encrypted in an encrypted backup, in a file that has no name where the
// system can do so. Nothing decrypted is ever on a disk.
//
// This is the one room of the product that imports a part of the simulated
// phone: what it needs is just a second reading that shares no mistake with the
// first.
package rehearsal

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/audit"
	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/backupd"
)

const op = "rehearse the restore"

// Job rehearses the restore of a version. Fields are not changed by Run.
type Job struct {
	// Fs is the file system; nil is the computer's own. One that is read-only is
	// read, and the result is not noted.
	Fs afero.Fs
	// Root is the folder of the backups, and UDID the phone.
	Root, UDID string
	// Version is the number of the version; 0 is the current one.
	Version int
	// Password opens an encrypted backup; empty for one that is not encrypted.
	Password keybag.Password
	// Temp is the folder for Manifest.db; "" is the system's for temporary files.
	Temp string
	// Program names itself in what is noted, such as "Lifeboat 0.1.0".
	Program string
	// Now is called for the time of what is noted; nil is time.Now.
	Now func() time.Time
	// Log is where to; nil discards.
	Log *slog.Logger

	everything bool // of the progress is reported, which tests set
}

// Progress is how far a rehearsal has come. Bytes are of the contents as they are
// stored; BytesTotal is what Manifest.db lists, which is about as much.
type Progress struct {
	Files, FilesTotal int
	Bytes, BytesTotal int64
}

// Different is the kind of problem of a file that reached the phone as something
// else than the backup says.
const Different verify.Kind = "different"

// Result is what came of a rehearsal.
type Result struct {
	// Version is the one that was restored, as it is after what was noted.
	Version vault.Version
	// Managed: what once arrived is remembered of it, and was compared.
	Managed bool
	// Noted: the day was written down beside the version.
	Noted bool
	// Encrypted: the password was needed.
	Encrypted bool
	// Files, Directories and Links are what arrived as it should, and Bytes those
	// of the files as the phone has them.
	Files, Directories, Links int
	Bytes                     int64
	// Digests: a digest was remembered of every content, so that a changed byte
	// would have shown in any.
	Digests bool
	// Problems are the first of those that were found, ProblemCount is how many
	// there are.
	Problems     []verify.Problem
	ProblemCount int
}

// Passed reports whether everything arrived as the backup has it.
func (r Result) Passed() bool { return r.ProblemCount == 0 }

// problemsMax bounds the problems that are listed.
const problemsMax = 100

// Run rehearses the restore. That something did not arrive as it should is no
// error, but part of the result. An error says why it could not be rehearsed:
// those of [audit.Job] about the password and the backup, [fault.DestBusy] while
// a backup is being made in the place, [fault.Cancelled] within a second of the
// end of ctx. report may be nil; it is called by one goroutine at a time, and must
// not call back. Nothing in the version is changed but its note.
func (j *Job) Run(ctx context.Context, report func(Progress)) (Result, error) {
	r := &run{Job: *j, report: report, compared: compared{underway: map[catalog.ID]*sent{}}}
	r.defaults()
	defer r.close()
	err := r.open()
	if err == nil {
		err = r.rehearse(ctx)
	}
	if err == nil {
		r.note()
	}
	if ctx.Err() != nil && err != nil {
		err = fault.New(fault.Cancelled, op, ctx.Err())
	}
	var known *fault.Error
	if errors.As(err, &known) && known.Args["Path"] != nil {
		known.With("Path", vault.Dir(r.Root, r.UDID)) // a view has paths of its own
	}
	return r.result, err
}

// run is the state of one Run.
type run struct {
	Job
	report func(Progress)

	*vault.Held

	manifest format.Manifest
	keys     *keybag.Keys
	list     *list
	rows     *format.ManifestDB // for the goroutine that serves the phone

	compared
	result Result
}

func (r *run) defaults() {
	if r.Fs == nil {
		r.Fs = afero.NewOsFs()
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if root, err := filepath.Abs(r.Root); err == nil {
		r.Root = root
	}
	r.Held = vault.Hold(r.Fs, r.Root, r.UDID, r.Version, r.Log)
}

// open takes the place, if it can be written to, and looks at the version.
func (r *run) open() error {
	err := r.Take()
	if r.View != nil {
		r.result.Version = r.View.Version()
	}
	if err == nil {
		r.result.Managed = r.Known()
	}
	return err
}

func (r *run) close() {
	if r.rows != nil {
		r.rows.Close()
	}
	r.Close()
}

// rehearse does it all but to note it.
func (r *run) rehearse(ctx context.Context) error {
	subject := verify.Subject{Fs: r.View.FS(), Dir: "/", UDID: r.UDID}
	backup, err := verify.Open(subject)
	if err != nil {
		return err
	}
	r.manifest = backup.Manifest
	r.result.Encrypted = r.manifest.Encrypted
	if err := r.unlock(ctx); err != nil {
		return err
	}
	if err := r.readList(ctx); err != nil {
		return err
	}
	err = r.Password.EachSpelling(func(spelling keybag.Password) error { return r.restore(ctx, spelling) })
	if err != nil {
		return err
	}
	r.missed(ctx)
	if r.result.ProblemCount > 0 {
		// A drive that was pulled has no files either.
		if _, err := disk.Lstat(subject.Fs, "/"+format.StatusName); errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.DestOffline, op, err).With("Path", vault.Dir(r.Root, r.UDID))
		}
	}
	return nil
}

// unlock opens the keybag with the client's own code.
func (r *run) unlock(ctx context.Context) error {
	if !r.manifest.Encrypted {
		return nil
	}
	bag, err := keybag.Parse(r.manifest.KeyBag)
	if err == nil {
		r.keys, err = bag.Unlock(ctx, r.Password)
	}
	switch {
	case errors.Is(err, keybag.ErrMalformed):
		return damaged(format.ManifestName, err)
	case fault.Of(err) == fault.PasswordWrong:
		// Another one of this phone's, or plainly wrong?
		older := audit.Job{Fs: r.Fs, Root: r.Root, UDID: r.UDID, Version: r.result.Version.Number, Password: r.Password, Log: r.Log}
		if explained := older.Opens(ctx); explained != nil {
			return explained
		}
	}
	return err
}

// damaged says that one of the backup's own files does not hold what it should.
func damaged(name string, err error) error {
	return fault.New(fault.BackupDamaged, op, err).With("Path", "/").With("File", name)
}

// restore has the simulated phone restore the version, with a password that may
// be spelled otherwise than the phone had it: [fault.PasswordWrong] then.
func (r *run) restore(ctx context.Context, password keybag.Password) error {
	within, stop := context.WithCancel(ctx)
	defer stop()
	here, there := net.Pipe()
	defer here.Close()
	defer context.AfterFunc(within, func() { here.Close() })()

	phone := backupd.Receiver{UDID: r.UDID, ProductVersion: r.productVersion(), Temp: r.Temp, Received: r.received, Failed: r.failed}
	ended := make(chan error, 1)
	go func() { ended <- phone.Serve(within, there) }()
	err := r.converse(here, password)
	here.Close()
	if served := <-ended; err != nil && served != nil && ctx.Err() == nil {
		r.Log.Warn("the simulated phone ended", "err", served)
	}
	return err
}

// converse is the host's side of the restore.
func (r *run) converse(conn net.Conn, password keybag.Password) error {
	session, err := mobilebackup2.Open(conn)
	if err != nil {
		return err
	}
	if err := session.Restore(r.UDID, r.UDID, password); err != nil {
		return err
	}
	host := &mobilebackup2.Host{
		Fs: tee{r.View.FS(), r}, Root: "/", UDID: r.UDID, ReadOnly: true, Log: r.Log,
		OnBytes: func(n int) { r.count(0, n) }, OnFile: func() { r.count(1, 0) },
	}
	answer, err := session.Serve(host)
	if err != nil {
		return err
	}
	if answer.Code != 0 && r.problems() > 0 {
		r.Log.Info("the simulated phone refused what it got", "code", answer.Code, "text", answer.Text)
		return nil
	}
	return answer.Fault(op)
}

// productVersion is an iOS that the backup can be restored to: its own.
func (r *run) productVersion() string {
	info, err := format.ReadInfo(r.View.FS(), "/")
	if version, is := info["Product Version"].(string); err == nil && is {
		return version
	}
	return r.manifest.ProductVersion
}

// note writes down the day and what was found.
func (r *run) note() {
	if r.Vault == nil || !r.result.Managed {
		return
	}
	rehearsed := vault.Rehearsal{Date: r.Now().UTC().Truncate(time.Second), By: r.Program, Problems: r.result.ProblemCount}
	number := r.result.Version.Number
	if err := r.Vault.RecordRehearsal(number, rehearsed); err != nil {
		r.Log.Warn("the rehearsal could not be noted", "err", err)
		return
	}
	r.result.Noted = true
	for _, v := range r.Vault.Versions() {
		if v.Number == number {
			r.result.Version = v
		}
	}
}
