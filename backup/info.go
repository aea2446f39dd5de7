package backup

import (
	"context"
	"errors"

	"lifeboat/backup/format"
	"lifeboat/device/services/afc"
)

const (
	booksPath  = "/Books/iBooksData2.plist"
	itunesPath = "/iTunes_Control/iTunes/"
	// maxMedia bounds one of these files, in bytes.
	maxMedia = 32 << 20
)

// gatherInfo asks the phone for what Info.plist keeps
// (device/PROTOCOL.md#infoplist). Only the root domain must be had; of the rest,
// what the phone gives.
func (r *run) gatherInfo(ctx context.Context, media *afc.Client) (format.Info, error) {
	info := format.Info{UDID: r.Phone.UDID, Date: r.Now(), Files: map[string][]byte{}}
	var err error
	if info.Root, err = r.Phone.Values(ctx, ""); err != nil {
		return info, err
	}
	tolerate := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			r.Log.Warn("not in Info.plist", "what", what, "err", err)
		}
	}
	info.ITunesSettings, err = r.Phone.Values(ctx, "com.apple.iTunes")
	tolerate("iTunes settings", err)
	version, err := r.Phone.Value(ctx, "com.apple.mobile.iTunes", "MinITunesVersion")
	tolerate("iTunes version", err)
	info.MinITunesVersion, _ = version.(string)
	info.Apps, err = r.gatherApps(ctx)
	tolerate("apps", err)
	if media != nil {
		info.Books, err = mediaFile(ctx, media, booksPath)
		tolerate("books", err)
		for _, name := range format.ITunesFiles {
			data, err := mediaFile(ctx, media, itunesPath+name)
			tolerate(name, err)
			if data != nil {
				info.Files[name] = data
			}
		}
	}
	if ctx.Err() != nil {
		return info, context.Cause(ctx)
	}
	return info, nil
}

// gatherApps lists the apps, with icons for those that Info.plist keeps in full.
func (r *run) gatherApps(ctx context.Context) ([]format.InfoApp, error) {
	apps, err := r.Phone.Apps(ctx)
	if err != nil {
		return nil, err
	}
	var all []format.InfoApp
	var full []string
	for _, app := range apps {
		all = append(all, format.InfoApp{BundleID: app.BundleID, SINF: app.SINF, Metadata: app.Metadata})
		if len(app.SINF) > 0 && len(app.Metadata) > 0 {
			full = append(full, app.BundleID)
		}
	}
	icons, err := r.Phone.Icons(ctx, full...)
	for i := range all {
		all[i].Icon = icons[all[i].BundleID]
	}
	return all, err
}

// mediaFile reads a file of the media folder; nil if there is none.
func mediaFile(ctx context.Context, media *afc.Client, path string) ([]byte, error) {
	data, err := media.ReadFile(ctx, path, maxMedia)
	if errors.Is(err, afc.ErrNotFound) {
		return nil, nil
	}
	if err == nil && data == nil {
		data = []byte{}
	}
	return data, err
}
