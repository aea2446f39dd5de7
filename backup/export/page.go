package export

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/url"
	"path"
	"strings"
	"time"
)

// style is that of all pages, for screens light and dark and for paper.
const style = `
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--soft:#6b6b76;--line:#dcdce2;--mine:#0a63d6;--theirs:#e9e9ee}
@media(prefers-color-scheme:dark){:root{--ink:#f0f0f3;--paper:#17171a;--soft:#a2a2ad;--line:#3a3a42;--mine:#0a63d6;--theirs:#2c2c33}}
@media print{:root{--ink:#000;--paper:#fff;--soft:#444;--line:#bbb;--mine:#dfe9fb;--theirs:#f2f2f2}.mine{color:#000!important}}
*{box-sizing:border-box}body{font:16px/1.45 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1.5rem;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}.soft{color:var(--soft);font-size:.85rem}
a{color:inherit}ul{padding-left:1.2rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;border-bottom:1px solid var(--line);padding:.35rem .5rem;vertical-align:top}
.day{text-align:center;color:var(--soft);font-size:.85rem;margin:1.4rem 0 .4rem}
.row{display:flex;flex-direction:column;align-items:flex-start;margin:.35rem 0;break-inside:avoid}.row.own{align-items:flex-end}
.bubble{max-width:80%;border-radius:1rem;padding:.5rem .8rem;background:var(--theirs);white-space:pre-wrap}.own .bubble{background:var(--mine);color:#fff}
.mine{color:#fff}.bubble .soft{color:inherit;opacity:.85}.quote{border-left:.2rem solid currentColor;padding-left:.6rem;margin:.2rem 0;opacity:.85}.event{text-align:center;color:var(--soft);font-size:.85rem;margin:.6rem 0}
img,video{max-width:100%;max-height:26rem;border-radius:.6rem;display:block}audio{max-width:100%}
@media print{.own .bubble{color:#000}}
`

var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

// pageHead begins a page. Whatever is in it was escaped, and should something have got
// through, no script runs, nothing is fetched and nothing is sent.
var pageHead = template.Must(template.New("head").Parse(`<!DOCTYPE html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'sha256-{{.Hash}}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title><style>{{.Style}}</style></head><body dir="auto">
`))

// Page is a page of HTML that is being written: it works without a network, prints
// well, and is UTF-8. It is for one goroutine.
type Page struct {
	*File
	out *bufio.Writer
}

// Page begins a page under a name that is made safe and free, with the ending .html.
// The caller must Commit or Abort it.
func (f *Folder) Page(name, title string) (*Page, error) {
	file, err := f.Create(name+".html", time.Time{})
	if err != nil {
		return nil, err
	}
	p := &Page{File: file, out: bufio.NewWriterSize(file, 64<<10)}
	return p, p.Put(pageHead, map[string]any{"Title": title, "Style": template.CSS(style), "Hash": styleHash}) //nolint:gosec // our own
}

// Put writes a template of package html/template, which escapes what it is given.
func (p *Page) Put(t *template.Template, data any) error { return t.Execute(p.out, data) }

// Commit ends the page.
func (p *Page) Commit() error {
	p.out.WriteString("</body></html>\n")
	return End(p.File, p.out.Flush()) // the error of all that was written
}

// Link is how a page refers to a file of the same export, both by their paths below
// its top: relative, so that the folder can be moved, and escaped.
func Link(page, file string) template.URL {
	from, to := strings.Split(path.Dir(page), "/"), strings.Split(file, "/")
	if path.Dir(page) == "." {
		from = nil
	}
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	parts := []string{"."}
	for range from {
		parts = append(parts, "..")
	}
	for _, part := range to {
		parts = append(parts, url.PathEscape(part))
	}
	return template.URL(strings.Join(parts, "/")) //nolint:gosec // each part is escaped
}
