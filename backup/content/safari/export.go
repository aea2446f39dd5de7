package safari

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// write exports bookmarks and the Reading List as pages that every browser imports, and
// the history as a table.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	var table *export.Table
	say := func(key string) string { return o.Say().Say(key, nil) }
	notes, err := read(ctx, b, func(all Bookmarks) error {
		if err := page(to, o, "content.safari.bookmarks", []part{{"content.safari.favourites", all.Bar}, {"", all.Menu}}); err != nil {
			return err
		}
		return page(to, o, "content.safari.reading-list", []part{{"", all.ReadingList}})
	}, func(h *history) error {
		return h.visits(ctx, func(v Visit) (err error) {
			if !o.Takes(v.page()) {
				return nil
			}
			if table == nil {
				if table, err = to.Table(say("content.safari.history"), o.Header("content.safari.date", "content.safari.title", "content.safari.address",
					"content.safari.device", "content.safari.loaded", "content.safari.profile")...); err != nil {
					return err
				}
			}
			device, loaded := say("content.safari.here"), say("content.safari.yes")
			if v.Elsewhere {
				device = say("content.safari.elsewhere")
			}
			if v.Failed {
				loaded = say("content.safari.no")
			}
			return table.Row(o.Stamp(v.Date), v.Title, v.URL, device, loaded, v.Profile)
		})
	})
	if err == nil {
		for _, n := range notes {
			if n.Partial {
				to.Leave(say("content.kind.safari"), n.Text)
			}
		}
	}
	if table == nil {
		return err
	}
	return export.End(table, err)
}

// part is a part of a page of bookmarks, in a folder of this name if it has one.
type part struct {
	title string
	list  []*Bookmark
}

// head begins a page of bookmarks as Netscape had it and every browser imports it. The
// policy is for who opens it instead: no script runs, and nothing is fetched.
const head = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<META HTTP-EQUIV="Content-Security-Policy" CONTENT="default-src 'none'; base-uri 'none'; form-action 'none'">
<TITLE>%[1]s</TITLE>
<H1>%[1]s</H1>
<DL><p>
`

// deepest is how many folders lie in each other on a page: what lies deeper stands
// beside each other, since browsers give up somewhere.
const deepest = 60

// page writes bookmarks, if any are to be taken.
func page(to *export.Folder, o kind.Options, title string, parts []part) error {
	count := 0
	takes := func(s step) bool { return !s.Folder && o.Takes(s.thing()) }
	for _, p := range parts {
		if err := walk(p.list, func(s step) error {
			if takes(s) {
				count++
			}
			return nil
		}); err != nil {
			return err
		}
	}
	if count == 0 {
		return nil
	}
	name := o.Say().Say(title, nil)
	file, err := to.Create(name+".html", time.Time{})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	fmt.Fprintf(out, head, html.EscapeString(name))
	for _, p := range parts {
		if p.title != "" {
			fmt.Fprintf(out, "<DT><H3>%s</H3>\n<DL><p>\n", html.EscapeString(o.Say().Say(p.title, nil)))
		}
		if err := walk(p.list, func(s step) error {
			switch {
			case s.Folder && (s.Deleted && !o.Deleted || s.Hidden && !o.Hidden || s.deep >= deepest):
			case s.Folder && s.ends:
				out.WriteString("</DL><p>\n")
			case s.Folder:
				fmt.Fprintf(out, "<DT><H3>%s</H3>\n<DL><p>\n", escape(s.Title))
			case takes(s):
				bookmark(out, to, s)
			}
			return nil
		}); err != nil {
			return export.End(file, err)
		}
		if p.title != "" {
			out.WriteString("</DL><p>\n")
		}
	}
	out.WriteString("</DL><p>\n")
	return export.End(file, out.Flush()) // the error of all that was written
}

func escape(s string) string { return html.EscapeString(strings.Map(printable, s)) }

func printable(r rune) rune {
	if r < ' ' || r == 0x7F {
		return ' '
	}
	return r
}

// schemes are those of addresses that a page leads to; others could run something, or
// open what lies on this computer.
var schemes = map[string]bool{"http": true, "https": true, "ftp": true, "mailto": true, "tel": true}

// bookmark writes one. An address that is not safe to follow is written beside it.
func bookmark(out *bufio.Writer, to *export.Folder, s step) {
	title := cmp.Or(s.Title, s.URL)
	added := ""
	if !s.Added.IsZero() {
		added = fmt.Sprintf(` ADD_DATE="%d"`, s.Added.Unix())
	}
	if u, err := url.Parse(s.URL); err == nil && schemes[strings.ToLower(u.Scheme)] {
		fmt.Fprintf(out, "<DT><A HREF=\"%s\"%s>%s</A>\n", escape(s.URL), added, escape(title))
	} else {
		fmt.Fprintf(out, "<DT><A%s>%s</A>\n<DD>%s\n", added, escape(title), escape(s.URL))
		to.Leave(title, words.T("content.safari.no-link", nil))
	}
	if s.Preview != "" {
		fmt.Fprintf(out, "<DD>%s\n", escape(s.Preview))
	}
}
