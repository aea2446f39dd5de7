package main

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/restore"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// restorePhone puts a backup onto a phone, whose name has to be given.
func restorePhone(c *call) work {
	c.define("restore", 0, 0)
	c.withPhone()
	from := c.option("from", "DIR", defaultRoot(), c.text("cli.flag.restore-from", nil))
	id := c.option("version", "ID", "", c.text("cli.flag.restore-version", nil))
	name := c.option("yes-erase", "NAME", "", c.text("cli.flag.yes-erase", nil))
	notFirst := c.flags.Bool("no-backup-first", false, c.text("cli.flag.no-backup-first", nil))
	file := c.option("password-file", "FILE", "", c.text("cli.flag.restore-password-file", nil))
	ownFile := c.option("phone-password-file", "FILE", "", c.text("cli.flag.phone-password-file", nil))
	c.withRecord()
	return func(ctx context.Context) error {
		phone, err := c.phone(ctx)
		if err != nil {
			return err
		}
		order := engine.RestoreOrder{Phone: phone, Name: *name, NoBackupFirst: *notFirst}
		if order.Kept, order.Number, err = c.restoredFrom(*from, *id, phone.UDID); err != nil {
			return c.refused(ctx, err)
		}
		plan, err := c.engine().CheckRestore(ctx, order)
		if err != nil {
			return c.refused(ctx, err)
		}
		order.Number = plan.Backup.Version.Number // whatever is backed up meanwhile
		c.restorePlanned(order, plan)
		if *name != "" && !plan.Named(*name) {
			return c.refused(ctx, fault.New(fault.RestoreOtherName, "restore", nil).With("Phone", plan.Phone.Name))
		}
		if len(plan.Refusals) > 0 {
			return c.refused(ctx, plan.Refusals[0])
		}
		if *name == "" {
			c.say("cli.restore.ready", words.Args{"Phone": plan.Phone.Name})
			return errBad
		}
		end, err := c.restorePasswords(ctx, &order, plan, *file, *ownFile)
		defer end()
		if err != nil {
			return c.refused(ctx, err)
		}
		result, err := c.engine().Restore(ctx, order, c.restoreReport())
		if err != nil {
			return c.notRestored(ctx, result, err)
		}
		c.restored(order, result)
		return nil
	}
}

// restoredFrom finds the backups in a folder, the only ones or those of the phone,
// and the number of the version with an ID; 0 for "".
func (c *call) restoredFrom(dir, id, udid string) (k library.Kept, number int, err error) {
	all, err := c.engine().Find(dir, "")
	if err == nil && len(all) > 1 {
		if all, err = c.engine().Find(dir, udid); err != nil || len(all) > 1 {
			err = fault.New(fault.SeveralBackups, "find the backups", err).With("Path", dir)
		}
	}
	if err != nil {
		return k, 0, err
	}
	number, err = c.number(all[0], id)
	return all[0], number, err
}

// restorePasswords reads the password of the backup, and that of the phone's own
// backups, which is the same one if no other is given. The caller must call end.
func (c *call) restorePasswords(ctx context.Context, order *engine.RestoreOrder, plan restore.Plan, file, ownFile string) (end func(), err error) {
	end = func() {
		order.Password.Wipe()
		order.FirstPassword.Wipe()
	}
	source := secret{file: file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.restore"}
	if order.Password, err = c.readIf(ctx, plan.Backup.Encrypted, source); err != nil || order.NoBackupFirst {
		return end, err
	}
	own := secret{file: ownFile, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"}
	if c.asks(own) {
		order.AskAgain = func(ctx context.Context) (keybag.Password, error) { return c.read(ctx, own) }
	}
	if ownFile != "" {
		order.FirstPassword, err = c.read(ctx, own)
		return end, err
	}
	if plan.Backup.Encrypted {
		order.FirstPassword = keybag.NewPassword(order.Password.Reveal())
		return end, nil
	}
	encrypts, err := engine.WillEncrypt(ctx, order.Phone)
	if err == nil && encrypts {
		order.FirstPassword, err = c.read(ctx, own)
	}
	return end, err
}

// restorePlanned says what is going to happen, and what to know before.
func (c *call) restorePlanned(order engine.RestoreOrder, plan restore.Plan) {
	root := c.engine().FirstRoot(order.Kept)
	if c.json {
		c.event(planJSON(order, plan, root))
		return
	}
	b := plan.Backup
	c.say("cli.restore.plan", words.Args{
		"Phone": plan.Phone.Name, "PhoneIOS": plan.Phone.IOS, "Backup": b.DeviceName, "BackupIOS": b.IOS,
		"Date": words.Date(b.Made), "ID": b.Version.ID(),
	})
	for _, notice := range plan.Notices {
		c.line(c.errs, "- "+c.words.Text(notice.Words()))
	}
	key := "cli.restore.first"
	if order.NoBackupFirst {
		key = "cli.restore.not-first"
	}
	c.say(key, words.Args{"Phone": plan.Phone.Name, "Path": vault.Dir(root, order.Phone.UDID)})
}

// planJSON is a plan as scripts see it.
func planJSON(order engine.RestoreOrder, plan restore.Plan, root string) map[string]any {
	b := plan.Backup
	notices := each(plan.Notices, func(n restore.Notice) restore.NoticeID { return n.ID })
	refusals := each(plan.Refusals, func(r *fault.Error) fault.Code { return r.Code })
	return map[string]any{
		"event": "plan", "id": b.Version.ID(), "dir": vault.Dir(order.Kept.Root, order.Kept.UDID), "date": b.Made, "encrypted": b.Encrypted,
		"backup": map[string]any{"udid": b.UDID, "name": b.DeviceName, "model": b.ProductType, "ios": b.IOS, "files": b.Files, "bytes": b.Bytes, "apps": b.Apps},
		"phone":  map[string]any{"udid": plan.Phone.UDID, "name": plan.Phone.Name, "model": plan.Phone.ProductType, "ios": plan.Phone.IOS},
		"erases": plan.Erases(), "notices": notices, "refusals": refusals,
		"backup_first": !order.NoBackupFirst, "first_root": filepath.Clean(root),
	}
}

// restoreReport returns the receiver of a restore's events.
func (c *call) restoreReport() func(backup.Event) {
	first := c.report()
	passcode := false
	return func(e backup.Event) {
		if e.First != nil {
			first(*e.First)
			return
		}
		if e.Passcode != passcode {
			if passcode = e.Passcode; c.json {
				c.event(map[string]any{"event": "passcode", "wanted": passcode})
			}
			if passcode {
				c.say("cli.restore.passcode", nil)
			}
		}
		if !c.json {
			c.progress(c.progressLine(e, "restore.phase.", "cli.restore.progress"))
			return
		}
		left := -1.0
		if e.Left >= 0 {
			left = e.Left.Seconds()
		}
		c.event(map[string]any{
			"event": "progress", "phase": e.Phase, "percent": e.Percent, "bytes": e.Bytes, "bytes_total": e.BytesTotal,
			"files": e.Files, "files_total": e.FilesTotal, "rate": e.Rate, "left_seconds": left, "liveness": e.Liveness, "rival": e.BlockedBy,
		})
	}
}

// restored says what was done, and what comes now.
func (c *call) restored(order engine.RestoreOrder, r restore.Result) {
	id, dir := "", ""
	if r.First != nil {
		id, dir = r.First.Version.ID(), r.First.Dir
	}
	if c.json {
		c.event(map[string]any{
			"event": "restored", "id": strconv.Itoa(order.Number), "files": r.Files, "bytes": r.Bytes, "apps": r.Apps,
			"seconds": r.Duration.Round(time.Millisecond).Seconds(), "first": id, "first_dir": dir, "after": c.words.Texts(r.After()),
		})
		return
	}
	args := words.Args{"Phone": r.Plan.Phone.Name, "Files": words.Count(r.Files), "Bytes": words.Bytes(r.Bytes), "Time": words.Span(r.Duration)}
	c.print(c.text("cli.restore.done", args))
	if r.First != nil {
		c.print(c.text("cli.restore.first-done", words.Args{"Phone": r.Plan.Phone.Name, "ID": id, "Path": dir}))
	}
	for _, line := range c.words.Texts(r.After()) {
		c.print(line)
	}
}

// refused says why nothing was begun.
func (c *call) refused(ctx context.Context, err error) error {
	known := fault.As(err).With("Restore", string(restore.Untouched))
	return c.notRestored(ctx, restore.Result{State: restore.Untouched, Refused: restore.Refused(known)}, known)
}

// notRestored says why not, and what became of the phone, and gives the exit code:
// 1 where nothing was touched, 2 where it failed.
func (c *call) notRestored(ctx context.Context, r restore.Result, err error) error {
	if c.json {
		id := ""
		if r.First != nil {
			id = r.First.Version.ID()
		}
		c.event(map[string]any{"event": "not-restored", "phone": r.State, "refused": r.Refused, "first": id})
	}
	c.explain(err)
	switch {
	case ctx.Err() != nil:
		return exitCode(exitCanceled)
	case r.Refused:
		return errBad
	}
	return errReported
}
