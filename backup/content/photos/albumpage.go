package photos

import (
	"html/template"
	"path"
	"slices"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/export"
)

// title is what an album, or a folder of them, is called.
func (x *exporter) title(title string) string {
	return x.o.Called(title, "content.photos.untitled")
}

// shown are the endings of pictures that every browser shows.
var shown = map[string]bool{".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true}

var (
	albumHead  = template.Must(template.New("").Parse(`<h1>{{.Title}}</h1><p class="soft">{{.Count}}</p>` + "\n"))
	albumEntry = template.Must(template.New("").Parse(`<p>{{if .Link}}<a href="{{.Link}}">{{if .Shown}}<img src="{{.Link}}" alt="" loading="lazy">{{end}}{{.Name}}</a>{{else}}{{.Name}}{{end}} <span class="soft">{{.Note}}</span></p>` + "\n"))
)

// album writes the page of an album, and its copies if they are asked for. An album
// of which nothing is taken has no page.
func (x *exporter) album(a *Album) error {
	taken := slices.DeleteFunc(slices.Clone(a.Assets), func(i int32) bool { return !x.o.Takes(x.lib.Assets[i].thing()) })
	if len(taken) == 0 {
		return nil
	}
	names := []string{x.folder("albums")}
	for _, name := range a.Folders {
		names = append(names, x.title(name))
	}
	title := x.title(a.Title)
	to, err := x.to.In(names...)
	if err != nil {
		return err
	}
	page, err := to.Page(title, title)
	if err != nil {
		return err
	}
	if err := export.End(page, x.entries(page, title, taken)); err != nil || !x.o.AlbumCopies {
		return err
	}
	return x.copies(append(names, title), taken)
}

func (x *exporter) entries(page *export.Page, title string, taken []int32) error {
	count := x.say.Say("content.count.photos", words.Args{"N": words.Count(len(taken))})
	if err := page.Put(albumHead, map[string]any{"Title": words.OneLine(title), "Count": count}); err != nil {
		return err
	}
	for _, i := range taken {
		a := &x.lib.Assets[i]
		entry := map[string]any{"Name": words.OneLine(a.Name), "Note": x.date(a), "Link": template.URL(""), "Shown": false}
		if at := x.where[i]; at != "" {
			entry["Link"], entry["Shown"] = export.Link(page.Path(), at), shown[strings.ToLower(path.Ext(at))]
		} else {
			entry["Note"] = x.say.Say("content.photos.not-here", nil)
		}
		if err := page.Put(albumEntry, entry); err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) date(a *Asset) string {
	if a.Taken.IsZero() {
		return ""
	}
	return x.local(a).Format("2006-01-02 15:04")
}

// copies writes those of an album's assets that were written a second time.
func (x *exporter) copies(names []string, taken []int32) error {
	to, err := x.to.In(names...)
	if err != nil {
		return err
	}
	for _, i := range taken {
		a := &x.lib.Assets[i]
		if parts, endings := x.chosen(a); x.where[i] != "" && len(parts) > 0 {
			if _, err := x.write(to, a, parts, endings); err != nil {
				return err
			}
		}
	}
	return nil
}
