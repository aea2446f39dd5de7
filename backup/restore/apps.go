package restore

import (
	"context"
	"errors"
	"time"

	"howett.net/plist"

	"lifeboat/device/fault"
	"lifeboat/device/services/afc"
)

// Where a phone looks for the apps that it is to download again
// (device/PROTOCOL.md#request-of-a-restore).
const (
	appsFolder = "/iTunesRestore"
	appsFile   = appsFolder + "/RestoreApplications.plist"
)

// listApps tells the phone which apps to download again. A backup that names none
// is restored without; a phone that does not take the list is not restored, since
// it would come back without its apps.
func (r *run) listApps(ctx context.Context, media *afc.Client) error {
	const op = "list the apps"
	apps, _ := r.plan.info["Applications"].(map[string]any)
	if len(apps) == 0 {
		return nil
	}
	if media == nil {
		return fault.New(fault.ServiceRefused, op, errors.New("the phone serves no media folder"))
	}
	data, err := plist.MarshalIndent(apps, plist.XMLFormat, "\t")
	if err != nil {
		return fault.New(fault.BackupDamaged, op, err)
	}
	r.result.Apps = len(apps)
	if err := media.MakeDir(ctx, appsFolder); err != nil {
		return err
	}
	return media.WriteFile(ctx, appsFile, data)
}

// unlistTakes is how long taking the list away may take.
const unlistTakes = 5 * time.Second

// unlistApps takes the list away after a restore that failed. The connection that
// it was written on has ended with the conversation. A phone that is gone keeps
// it, and the next restore writes over it.
func (r *run) unlistApps(ctx context.Context) {
	if r.result.Apps == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unlistTakes)
	defer cancel()
	if there, err := r.Phone.IsAttached(ctx); err != nil || !there {
		return
	}
	media, err := r.Phone.AFC(ctx)
	if err != nil {
		r.Log.Warn("the list of apps stays on the phone", "err", err)
		return
	}
	defer media.Close()
	for _, name := range []string{appsFile, appsFolder} {
		if err := media.Remove(ctx, name); err != nil && !errors.Is(err, afc.ErrNotFound) {
			r.Log.Warn("the list of apps stays on the phone", "err", err)
		}
	}
}
