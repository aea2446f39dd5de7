// Package files finds in a backup the files that people keep in apps: what lies "On My
// iPhone", in the Documents of apps, and in iCloud Drive as far as the phone had
// fetched it. They are taken as they are.
package files

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "files", Things: things, Export: write}

// Place is where a person finds a file.
type Place string

// The places that people know.
const (
	OnMyPhone   Place = "phone"  // "On My iPhone" in the app Files
	OfApp       Place = "app"    // the Documents of an app
	ICloudDrive Place = "icloud" // iCloud Drive, and there the folder of an app
)

// File is one file. All texts are untrusted.
type File struct {
	source.File
	Place Place
	// App is the id of the app that it belongs to, "" if it is of none.
	App string
	// Path is where it lies below what the person sees of its place, Name its last part.
	Path, Name string
	// Deleted: it lies in Recently Deleted of the app Files.
	Deleted bool
	// Away: it stands for a file that is in iCloud only.
	Away bool
}

const (
	localStorage = "AppDomainGroup-group.com.apple.FileProvider.LocalStorage"
	ofApp        = "AppDomain-"
	ofGroup      = "AppDomainGroup-"
	home         = "HomeDomain"

	localFolder = "File Provider Storage/"
	documents   = "Documents/"
	mobile      = "Library/Mobile Documents/"
	cloudDocs   = "com~apple~CloudDocs"
)

// placed says where a person finds an entry of a backup; found is false for what
// nobody but an app knows.
//
// The containers that apps of one maker share ("AppDomainGroup-") are left alone but
// for that of "On My iPhone": no app shows them, and what lies there is databases and
// caches, of which the kinds that know them (notes, WhatsApp, voice memos) take what
// people want. A folder Documents in one of them is the exception: app makers name it
// so who mean what a person saved, and nothing of it is to be lost.
func placed(f source.File) (file File, found bool) {
	file = File{File: f}
	at := f.Path
	switch {
	case f.Domain == localStorage:
		file.Place = OnMyPhone
		at, found = strings.CutPrefix(at, localFolder)
	case f.Domain == home:
		file.Place = ICloudDrive
		if at, found = strings.CutPrefix(at, mobile); !found {
			break
		}
		container, rest, _ := strings.Cut(at, "/")
		if at = rest; container != cloudDocs {
			file.App = strings.ReplaceAll(strings.TrimPrefix(container, "iCloud~"), "~", ".")
			// What an app keeps beside its Documents is not shown in iCloud Drive.
			at, found = strings.CutPrefix(at, documents)
		}
	case strings.HasPrefix(f.Domain, ofApp):
		file.Place, file.App = OfApp, f.Domain[len(ofApp):]
		at, found = strings.CutPrefix(at, documents)
	case strings.HasPrefix(f.Domain, ofGroup):
		file.Place, file.App = OfApp, strings.TrimPrefix(f.Domain[len(ofGroup):], "group.")
		at, found = strings.CutPrefix(at, documents)
	}
	file.Path, file.Name = at, path.Base(at)
	file.Deleted = strings.Contains("/"+at, "/.Trash/")
	if name, stands := strings.CutSuffix(file.Name, ".icloud"); stands && file.Place == ICloudDrive && strings.HasPrefix(name, ".") && len(name) > 1 {
		file.Away, file.Name = true, name[1:]
		file.Path = strings.TrimSuffix(at, path.Base(at)) + file.Name
	}
	return file, found && at != ""
}

// domains are the beginnings of the domains that are walked.
var domains = []string{localStorage, ofApp, ofGroup, home}

// Read visits each file and each link; see [File.Regular]. It keeps nothing of them,
// so that there may be any number. It is source.ErrNotListed if there is none.
func Read(ctx context.Context, b *source.Backup, visit func(File) error) error {
	any := false
	for _, domain := range domains {
		for f, err := range b.Contents(ctx, domain) {
			if err != nil {
				return err
			}
			if domain == ofGroup && f.Domain == localStorage || domain == home && f.Domain != home {
				continue
			}
			file, found := placed(f)
			if !found || !f.Regular() && f.Target == "" {
				continue
			}
			any = any || f.Regular()
			if err := visit(file); err != nil {
				return err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !any {
		return fmt.Errorf("files of apps: %w", source.ErrNotListed)
	}
	return nil
}

func (f File) thing(b *source.Backup) kind.Thing {
	t := kind.Thing{Ref: f.Domain + "/" + f.File.Path, Title: f.Name, Where: cmp.Or(b.AppName(f.App), f.App), Text: f.Path, Date: f.Modified, Bytes: f.Size, Deleted: f.Deleted}
	if dir := path.Dir(f.Path); t.Where == "" && dir != "." {
		t.Where = dir
	}
	if f.Away {
		t.Presence, t.Bytes = kind.Entry, 0
	}
	return t
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return nil, Read(ctx, b, func(f File) error {
		if !f.Regular() {
			return nil
		}
		return visit(f.thing(b))
	})
}

// write exports the files in the folders in which the person finds them.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	tops := map[string]string{} // by domain or app, to ask for names once
	return Read(ctx, b, func(f File) error {
		if !o.Takes(f.thing(b)) {
			return nil
		}
		place := o.Say().Say("content.files."+string(f.Place), nil)
		names := []string{place}
		if f.App != "" {
			if tops[f.App] == "" {
				tops[f.App] = top(b, f.App)
			}
			names = append(names, tops[f.App])
		}
		said := strings.Join(append(names, f.Path), "/")
		switch {
		case !f.Regular():
			to.Leave(said, words.T("content.files.link", nil))
			return nil
		case f.Away:
			to.Leave(said, words.T("content.files.away", nil))
			return nil
		}
		folder, err := to.In(append(names, folders(f.Path)...)...)
		if err != nil {
			return err
		}
		_, err = folder.Take(ctx, b, f.File, f.Name, f.Modified, said)
		return err
	})
}

const (
	// longestApp bounds the name of an app's folder, in letters.
	longestApp = 60
	// deepest is how many folders may lie in each other; the names of those below are
	// put together to one. Windows has an end to a path.
	deepest = 12
)

// top is the folder of an app: its name, with its id since two apps may have one name.
func top(b *source.Backup, app string) string {
	name := words.Brief(b.AppName(app), longestApp)
	if name == "" {
		return words.Brief(app, 2*longestApp)
	}
	return name + " (" + words.Brief(app, longestApp) + ")"
}

// folders are the names of the folders of a file. Those that say nothing or lead up
// are no names; the export makes the others safe.
func folders(file string) []string {
	dir := path.Dir(file)
	if dir == "." {
		return nil
	}
	names := strings.FieldsFunc(dir, func(r rune) bool { return r == '/' })
	if len(names) > deepest {
		names = append(names[:deepest-1], strings.Join(names[deepest-1:], "/"))
	}
	return names
}
