package checks

import (
	"math"
	"testing"
	"time"

	"lifeboat/device/facts"
)

// holds sets apps of certain sizes and what the photos take.
func holds(photos int64, apps ...int64) func(*Input) {
	return func(in *Input) {
		var list []facts.App
		for i, size := range apps {
			name := []string{"Chat", "Maps", "Films", "Notes"}[i%4]
			list = append(list, facts.App{BundleID: "com.example." + name, Name: name, Bytes: size})
		}
		in.Phone.Apps = facts.Of(list)
		in.Phone.Photos = facts.Of(facts.Photos{Photos: 900, PhotoBytes: photos})
	}
}

// plans has the user name a plan, while No iCloud backup for ten days.
func plans(set func(*Input), plan string) func(*Input) {
	return func(in *Input) {
		aged(10 * 24 * time.Hour)(in)
		answering(set, askPlan, plan)(in)
	}
}

var (
	appsToCome   = facts.Datum[[]facts.App]{Reason: facts.Pending}
	photosToCome = facts.Datum[facts.Photos]{Reason: facts.Pending}
)

var _ = tried(backupSize, needs{"Phone.Apps": missing, "Phone.Photos": missing}, []situation{
	{name: "twenty gigabytes by two megabits", set: func(in *Input) {
		aged(20 * day)(in)
		in.Answers = Answers{askUpload: {Choice: "under2", At: now}, askNextSize: {Choice: "20to100", At: now}}
	}, want: Warn, finding: "at least 20 GB to upload, which takes 3 nights or more"},
	{name: "small", set: func(*Input) {}, want: Pass, finding: "Apps, photos and videos put at most 4.9 GB into the backup. The largest apps: WhatsApp (900 MB)."},
	{name: "a byte under 20 GB", set: holds(16*gigabyte, 4*gigabyte-1), want: Pass, finding: "20 GB"},
	{name: "exactly 20 GB", set: holds(16*gigabyte, 4*gigabyte), want: Warn, finding: "could be up to 20 GB. 16 GB of that is photos and videos",
		fixes: []string{"iCloud > Photos", "several nights", "tap the storage bar at the top, then Backups, tap this iPhone", "WhatsApp", "backup to this computer", "Next Backup Size"}},
	{name: "the largest come first", set: holds(0, gigabyte, 3*gigabyte, 30*gigabyte, 2*gigabyte), want: Warn, finding: "Films (30 GB), Maps (3.0 GB), Notes (2.0 GB)."},
	{name: "no app at all", set: holds(30 * gigabyte), want: Warn, finding: "only if iCloud Photos is off."},
	{name: "iOS 15", set: onIOS("15.8.8", holds(0, 30*gigabyte)), want: Warn, finding: "30 GB", fixes: []string{"iCloud > Manage Storage, then Backups"}},
	{name: "iOS 17", set: onIOS("17.5", holds(0, 30*gigabyte)), want: Warn, finding: "30 GB", fixes: []string{"Manage Account Storage, then Backups"}},
	{name: "an app of exactly 5 GB", set: holds(0, 5*gigabyte), want: Pass, finding: "5.0 GB"},
	{name: "an app of more", set: holds(0, gigabyte, 6*gigabyte), want: Warn, finding: "One app alone may put 6.0 GB or more into the backup. The largest apps: Maps (6.0 GB), Chat (1.0 GB)."},
	{name: "300 GB", set: holds(200*gigabyte, 100*gigabyte), want: Warn, finding: "300 GB"},
	{name: "apps to come", set: func(in *Input) { in.Phone.Apps = appsToCome }, want: Unknown, finding: "still looking at this"},
	{name: "photos to come", set: func(in *Input) { in.Phone.Photos = photosToCome }, want: Unknown, finding: "still looking at this"},
	{name: "photos to come, apps are enough", set: func(in *Input) { holds(0, 25*gigabyte)(in); in.Phone.Photos = photosToCome }, want: Warn, finding: "Apps alone may put up to 25 GB"},
	{name: "photos to come, one app is large", set: func(in *Input) { holds(0, 8*gigabyte)(in); in.Phone.Photos = photosToCome }, want: Warn, finding: "8.0 GB"},
	{name: "apps to come, photos are enough", set: func(in *Input) { holds(60 * gigabyte)(in); in.Phone.Apps = appsToCome }, want: Warn, finding: "Photos and videos take 60 GB"},
	{name: "not all photos counted", set: func(in *Input) { in.Phone.Photos.Value.Incomplete = true }, want: Ask, finding: "couldn’t count all photos and videos", fixes: []string{"Next Backup Size"}},
	{name: "not all photos counted, and already enough", set: func(in *Input) { holds(60 * gigabyte)(in); in.Phone.Photos.Value.Incomplete = true }, want: Warn, finding: "60 GB"},
	{name: "photos not read", set: func(in *Input) { in.Phone.Photos = facts.Gone[facts.Photos]() }, want: Ask, finding: "Apps put at most 900 MB"},
	{name: "apps not read", set: func(in *Input) { in.Phone.Apps = facts.Gone[[]facts.App]() }, want: Ask, finding: "Photos and videos take 4.0 GB"},
	{name: "nothing read", set: func(in *Input) { in.Phone.Deep = facts.Deep{} }, want: Ask, finding: "couldn’t read", fixes: []string{"storage bar at the top. Tap Backups"}},
	{name: "nothing read, said small", set: answering(func(in *Input) { in.Phone.Deep = facts.Deep{} }, askNextSize, "5to20"), want: Pass, finding: "You said"},
	{name: "nothing read, said large", set: answering(func(in *Input) { in.Phone.Deep = facts.Deep{} }, askNextSize, "over100"), want: Warn, finding: "You said", fixes: []string{"several nights"}},
	{name: "a bound and a smaller number that the phone shows", set: answering(holds(300*gigabyte, gigabyte), askNextSize, "under5"), want: Pass, finding: "You said that the next backup takes less than 20 GB"},
	{name: "a bound and a number that agrees", set: answering(holds(300*gigabyte, gigabyte), askNextSize, "over100"), want: Warn, finding: "up to 301 GB"},
	{name: "larger than the plan, and nothing is saved", set: plans(holds(4*gigabyte, 3*gigabyte), "5gb"), want: Fail, finding: "Up to 7.0 GB may have to go into the backup, and your iCloud plan holds 5.0 GB", fixes: []string{"several nights", "switch off"}},
	{name: "larger than the plan, but saved yesterday", set: answering(holds(4*gigabyte, 3*gigabyte), askPlan, "5gb"), want: Pass, finding: "7.0 GB"},
	{name: "larger than the plan, date not read", set: func(in *Input) {
		plans(holds(4*gigabyte, 3*gigabyte), "5gb")(in)
		in.Phone.LastCloudBackup = facts.Datum[time.Time]{}
	}, want: Warn, finding: "Up to 7.0 GB may have to go into the backup, and your iCloud plan holds 5.0 GB in all."},
	{name: "larger than the plan, by what the phone itself shows it is not", set: func(in *Input) {
		plans(holds(4*gigabyte, 3*gigabyte), "5gb")(in)
		in.Answers[askNextSize] = Answer{Choice: "under5", At: in.Now}
	}, want: Pass, finding: "You said"},
	{name: "smaller than the plan", set: plans(holds(30*gigabyte, gigabyte), "50gb"), want: Warn, finding: "31 GB"},
	{name: "sizes that cannot be", set: holds(math.MaxInt64, math.MaxInt64, math.MinInt64, math.MaxInt64), want: Warn, finding: "TB of that is photos"},
})

// The evidence ranks ten apps with their sizes, kept printable.
func TestBackupSizeRanking(t *testing.T) {
	in := healthy()
	var sizes []int64
	for i := range int64(12) {
		sizes = append(sizes, i*gigabyte)
	}
	holds(0, sizes...)(&in)
	in.Phone.Apps.Value[11].Name = "Cha\x1b[31mt\n"
	in.Phone.Apps.Value[10].Name = ""
	e := resultOf(t, in, backupSize).Evidence
	for key, want := range map[string]string{
		"app/1": "11 GB, Cha[31mt", "app/2": "10 GB, com.example.Films", "app/10": "2.0 GB, Films", "app/11": "", keyApps: "12",
	} {
		if e[key] != want {
			t.Errorf("%s = %q, want %q", key, e[key], want)
		}
	}
}

// Whatever an app calls itself and claims to weigh, it is worded within
// bounds, and nothing that cannot be printed gets through.
func FuzzApps(f *testing.F) {
	f.Add("Chat", "com.example.chat", int64(12*gigabyte), int64(4*gigabyte))
	f.Add("\x1b[31mred", "", int64(math.MaxInt64), int64(math.MaxInt64))
	f.Add("", "{{.Name}}\n", int64(math.MinInt64), int64(-1))
	f.Fuzz(func(t *testing.T, name, bundle string, size, photos int64) {
		in := healthy()
		in.Phone.Apps = facts.Of([]facts.App{{Name: name, BundleID: bundle, Bytes: size}, {Name: bundle, Bytes: size}})
		in.Phone.Photos = facts.Of(facts.Photos{PhotoBytes: photos, MovieBytes: photos})
		printable(t, resultOf(t, in, backupSize))
	})
}
