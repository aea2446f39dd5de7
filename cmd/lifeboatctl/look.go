package main

import (
	"context"
	"slices"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// inside is what commands have in common that look into a backup.
type inside struct {
	*call
	from, version, file *string
}

// looksInside adds the options of a command that looks into a backup.
func (c *call) looksInside() inside {
	c.withFolder()
	return inside{
		call: c,
		from: c.option("from", "DIR", defaultRoot(), c.text("cli.flag.from", nil)),
		file: c.option("password-file", "FILE", "", c.text("cli.flag.password-file", nil)),
	}
}

// withVersion adds the option of which backup is meant.
func (i *inside) withVersion() {
	i.version = i.option("version", "ID", "", i.text("cli.flag.version", nil))
}

// kept finds the one phone whose backups are meant.
func (i *inside) kept() (library.Kept, error) {
	k, err := i.folder(*i.from)
	if err == nil {
		if existing, err := library.Inspect(i.engine().Files(), k.Root, k.UDID); err == nil {
			i.about(device.Summary{Name: existing.DeviceName, ProductType: existing.ProductType})
		}
	}
	return k, err
}

// open opens the backup that is meant; it asks for the password only if it needs one.
func (i *inside) open(ctx context.Context) (engine.Content, error) {
	k, err := i.kept()
	if err != nil {
		return nil, err
	}
	return i.openVersion(ctx, k, *i.version)
}

func (i *inside) openVersion(ctx context.Context, k library.Kept, id string) (engine.Content, error) {
	number, err := i.number(k, id)
	if err != nil {
		return nil, err
	}
	var b engine.Content
	err = i.withPassword(ctx, func(p keybag.Password) (err error) {
		b, err = i.engine().OpenContent(ctx, k, number, p)
		return err
	})
	return b, err
}

// withPassword does something with the password that was given, if any, and asks for
// one only if that is not enough.
func (i *inside) withPassword(ctx context.Context, do func(keybag.Password) error) error {
	s := secret{file: *i.file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"}
	password, err := i.offered(ctx, s)
	if err != nil {
		return err
	}
	defer password.Wipe()
	if err := do(password); fault.Of(err) != fault.PasswordNeeded || !i.asks(s) {
		return err
	}
	typed, err := i.ask(ctx, s)
	if err != nil {
		return err
	}
	defer typed.Wipe()
	return do(typed)
}

// kinds are those that the command line names, all of them without a name.
func (c *call) kinds(names []string) ([]kind.Kind, error) {
	found, unknown := content.Find(names...)
	if unknown != "" {
		return nil, c.badChoice(unknown, strings.Join(kindNames(), ", "))
	}
	return found, nil
}

// kindNames are the names of the kinds, and that of all of them.
func kindNames() []string {
	return append(each(content.Kinds, func(k kind.Kind) string { return string(k.ID) }), "all")
}

// look says what is in a backup.
func look(c *call) work {
	c.define("look", 0, 0)
	in := c.looksInside()
	in.withVersion()
	return func(ctx context.Context) error {
		b, err := in.open(ctx)
		if err != nil {
			return err
		}
		defer b.Close()
		info := b.Info()
		if c.json {
			c.event(map[string]any{
				"event": "backup", "udid": info.UDID, "name": info.DeviceName, "product_type": info.ProductType,
				"product_version": info.ProductVersion, "date": info.Date, "encrypted": info.Encrypted, "version": info.Version,
			})
		} else {
			c.print(c.text("cli.look.of", words.Args{"Phone": info.DeviceName, "Date": words.Date(info.Date)}))
		}
		unread := false
		_, err = b.Look(ctx, func(s kind.Summary) {
			unread = unread || s.State == kind.Unreadable
			c.summary(s)
		})
		if err == nil && unread {
			return errBad
		}
		return err
	}
}

// summaryJSON is a kind in numbers as scripts see it.
func (c *call) summaryJSON(s kind.Summary) map[string]any {
	one := map[string]any{
		"kind": s.Kind, "state": s.State, "total": s.Total(), "here": s.Here, "small": s.Small, "entry": s.Entry,
		"hidden": s.Hidden, "deleted": s.Deleted, "bytes": s.Bytes, "notes": c.notes(s),
	}
	if !s.From.IsZero() {
		one["from"], one["to"] = s.From, s.To
	}
	if s.Err != nil {
		one["error"] = s.Err.Error()
	}
	return one
}

func (c *call) notes(s kind.Summary) []string {
	return each(s.Notes, func(n kind.Note) string { return c.words.Text(n.Text) })
}

// summary prints a kind.
func (c *call) summary(s kind.Summary) {
	if c.json {
		one := c.summaryJSON(s)
		one["event"] = "content"
		c.event(one)
		return
	}
	line := c.words.Text(content.Words(s))
	if !s.To.IsZero() {
		line = c.text("cli.look.newest", words.Args{"What": line, "Date": words.Date(s.To)})
	}
	c.print(line)
	for _, note := range c.notes(s) {
		c.print("  " + note)
	}
}

// searchBackup finds texts in a backup.
func searchBackup(c *call) work {
	c.define("search TEXT", 1, 1)
	in := c.looksInside()
	in.withVersion()
	limit := c.flags.Int("limit", 100, c.text("cli.flag.search-limit", nil))
	c.takes("limit", "N")
	return func(ctx context.Context) error {
		b, err := in.open(ctx)
		if err != nil {
			return err
		}
		defer b.Close()
		found, err := b.Find(ctx, c.args[0], *limit, func(n int) {
			c.progress(c.text("cli.search.reading", words.Args{"N": words.Count(n)}))
		})
		if err != nil {
			return err
		}
		c.endLine()
		for _, h := range found.Hits {
			c.hit(h)
		}
		c.searched(found)
		if len(found.Unread) > 0 {
			return errBad
		}
		return nil
	}
}

// longestExcerpt is how many characters of a text are shown.
const longestExcerpt = 160

// hit prints one thing that was found.
func (c *call) hit(h content.Hit) {
	if c.json {
		one := map[string]any{"event": "found", "kind": h.Kind, "ref": h.Ref, "title": h.Title, "where": h.Where, "text": h.Text, "deleted": h.Deleted, "hidden": h.Hidden}
		if !h.Date.IsZero() {
			one["date"] = h.Date
		}
		c.event(one)
		return
	}
	parts := []string{c.text("content.kind."+string(h.Kind), nil)}
	for _, s := range []string{h.Where, h.Title} {
		if s = words.Brief(s, longestExcerpt); s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	args := words.Args{"What": strings.Join(parts, " · "), "Date": "", "Text": content.Excerpt(words.OneLine(h.Text), c.args[0], longestExcerpt)}
	key := "cli.search.found"
	if !h.Date.IsZero() {
		args["Date"], key = words.Date(h.Date), "cli.search.found-dated"
	}
	c.print(c.text(key, args))
}

// searched sums a search up.
func (c *call) searched(found content.Results) {
	shown := len(found.Hits)
	if c.json {
		unread := append([]kind.ID{}, found.Unread...)
		c.event(map[string]any{"event": "searched", "things": found.Things, "count": found.Count, "shown": shown, "unread": unread, "full": found.Full})
		return
	}
	c.print(c.text("cli.search.count", words.Args{"N": words.Count(found.Count), "All": words.T("cli.search.things", words.Args{"N": words.Count(found.Things)})}))
	if found.Count > shown {
		c.print(c.text("cli.search.shown", words.Args{"N": words.Count(shown)}))
	}
	for _, id := range found.Unread {
		c.print(c.text("content.state.unreadable", words.Args{"Kind": words.T("content.kind."+string(id), nil)}))
	}
	if found.Full {
		c.print(c.text("cli.search.full", nil))
	}
}
