package device

import (
	"context"
	"slices"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/services/afc"
	"lifeboat/device/services/crashreports"
)

// crashers are the programs whose crashes have to do with backups, and what
// the system as a whole writes when memory runs out or the kernel stops
// (checks/SIGNALS.md#stuck-backup).
var crashers = []string{
	"backupd", "BackupAgent", "BackupAgent2", "cloudd", "nsurlsessiond", "apsd", "akd", "accountsd",
	"JetsamEvent", "panic-full",
}

// maxCrashes bounds how many are returned, the newest of them.
const maxCrashes = 1000

// deepCrashes lists the crashes of those programs, the newest first.
func (p *Phone) deepCrashes(ctx context.Context, arrived func(func(*facts.Deep))) {
	d := deepDatum(ctx, p, "crashes", p.mux.deep.crashes, p.crashes)
	arrived(func(all *facts.Deep) { all.Crashes = d })
}

func (p *Phone) crashes(ctx context.Context) ([]facts.Crash, error) {
	// Without the mover the newest reports are missing, and none found would
	// not mean that there are none.
	if err := p.moveCrashes(ctx); err != nil {
		return nil, err
	}
	conn, err := p.StartService(ctx, crashreports.FolderService)
	if err != nil {
		return nil, err
	}
	folder := afc.New(conn)
	defer folder.Close()
	// The names tell the phone's local time, which is taken to be this computer's.
	list, err := crashreports.List(ctx, folder, time.Local)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c facts.Crash) bool { return !slices.Contains(crashers, c.Process) })
	slices.SortStableFunc(list, func(a, b facts.Crash) int { return b.At.Compare(a.At) })
	return list[:min(len(list), maxCrashes)], nil
}

func (p *Phone) moveCrashes(ctx context.Context) error {
	conn, err := p.StartService(ctx, crashreports.MoverService)
	if err != nil {
		return err
	}
	defer conn.Close()
	return crashreports.AwaitMove(ctx, conn)
}
