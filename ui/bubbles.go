package ui

import (
	"image"
	"path"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/ui/theme"
	"lifeboat/ui/widgets"
)

// Bounds of what a bubble shows, in characters and things.
const (
	longestBubble = 1500
	longestQuote  = 120
	mostAttached  = 20
	mostReactions = 12
)

// who is what a person is called.
func (w *Window) who(p chat.Person) string {
	if p.Own {
		return w.say("content.chat.me", nil)
	}
	if name := words.Brief(p.Shown(), longestTitle); name != "" {
		return name
	}
	return w.say("content.chat.somebody", nil)
}

// row is what the page shows of a message.
func (v *talkPage) row(n int) fyne.CanvasObject {
	w := v.w
	m, before := v.t.Message(n)
	if m == nil {
		said := "…"
		if v.t.Read(n) {
			said = w.say("ui.chat.lost", nil)
		}
		return widgets.Padded(2*widgets.Grid, widgets.Quiet(said))
	}
	rows := container.New(widgets.Rows{Gap: widgets.Grid / 2})
	newDay := before == nil || !sameDay(before.Date, m.Date)
	if newDay && !m.Date.IsZero() {
		day := widgets.Caption(w.say_.Heading(words.Day(m.Date, w.Now())))
		day.TextStyle.Bold, day.Alignment = true, fyne.TextAlignCenter
		rows.Add(widgets.Padded(widgets.Grid/2, day))
	}
	switch {
	case m.Event.Key != "":
		event := widgets.Caption(words.Brief(w.text(m.Event), longestBubble))
		event.Alignment = fyne.TextAlignCenter
		rows.Add(event)
	default:
		if v.t.Group && !m.From.Own && (newDay || before.From != m.From || before.Event.Key != "") {
			name := widgets.Caption(w.who(m.From)).Line()
			name.TextStyle.Bold = true
			rows.Add(name)
		}
		v.bubble(n, m, rows)
	}
	return container.New(widgets.Rows{Gap: widgets.Grid / 2}, rows, gap())
}

// gap is the distance between messages.
func gap() fyne.CanvasObject {
	return container.New(widgets.AtLeast{Size: fyne.NewSize(0, widgets.Grid/2)})
}

// sameDay reports whether two moments are of one day of this computer's calendar.
func sameDay(a, b time.Time) bool {
	a, b = a.Local(), b.Local()
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// part is a line of a bubble, with its natural width.
type part struct {
	fyne.CanvasObject
	width float32
}

func textPart(t *widgets.Text) part { return part{t, widgets.Natural(t.Text, t.SizeName)} }

func quietPart(text string) part { return textPart(widgets.Quiet(text)) }

func captionPart(text string) part { return textPart(widgets.Caption(text)) }

// bubble adds what a message says.
func (v *talkPage) bubble(n int, m *chat.Message, rows *fyne.Container) {
	w := v.w
	parts := v.before(m)
	switch text := strings.TrimSpace(words.Lines(m.Text)); {
	case !m.Unsent.IsZero() && text == "":
		parts = append(parts, quietPart(w.say("content.chat.unsent", nil)))
	case text != "":
		parts = append(parts, textPart(widgets.Plain(widgets.Shorten(text, longestBubble))))
		if len([]rune(text)) > longestBubble {
			all := widgets.NewLink(w.say("ui.chat.all", nil), func() { w.showThing(m.Thing(v.t.Conversation)) })
			parts = append(parts, part{all, all.MinSize().Width})
		}
	}
	if m.App.Key != "" {
		parts = append(parts, quietPart(words.Brief(w.text(m.App), longestBubble)))
	}
	if l := m.Link; l != nil {
		for _, s := range []string{l.Title, l.Summary, l.URL} {
			if s = words.Brief(s, longestQuote); s != "" && s != m.Text {
				parts = append(parts, quietPart(s))
			}
		}
	}
	if p := m.Place; p != nil && p.Name != "" {
		parts = append(parts, quietPart(w.say("content.chat.place", words.Args{"Where": words.Brief(p.Name, longestQuote)})))
	}
	for _, a := range m.Attachments[:min(len(m.Attachments), mostAttached)] {
		parts = append(parts, v.attached(a))
	}
	parts = append(parts, v.after(m)...)
	v.put(n, m, parts, rows)
}

// put sets the parts of a bubble on its ground.
func (v *talkPage) put(n int, m *chat.Message, parts []part, rows *fyne.Container) {
	inside := container.New(widgets.Rows{Gap: widgets.Grid / 2})
	width := float32(0)
	for _, p := range parts {
		inside.Add(p.CanvasObject)
		width = max(width, p.width)
	}
	ground, border := theme.OtherBubble, theme.OtherBubble
	if m.From.Own {
		ground, border = theme.OwnBubble, theme.OwnBubble
	}
	if n == v.t.Found {
		border = theme.FocusRing
	}
	const padding = 10
	rows.Add(widgets.Aside(m.From.Own, width+2*padding, widgets.Ground(ground, border, padding, inside)))
	if said := v.w.reactions(m); said != "" {
		c := widgets.Caption(said)
		if m.From.Own {
			c.Right()
		}
		rows.Add(c)
	}
}

// before is what stands above the text: that it was forwarded, and what it answers.
func (v *talkPage) before(m *chat.Message) (parts []part) {
	w := v.w
	if m.Forwarded {
		parts = append(parts, captionPart(w.say("content.chat.forwarded", nil)))
	}
	if q := m.Reply; q != nil {
		if !q.Known {
			return append(parts, captionPart(w.say("content.chat.reply-gone", nil)))
		}
		parts = append(parts, captionPart(w.say("content.chat.reply", words.Args{"Who": w.who(q.From)})))
		if text := words.Brief(q.Text, longestQuote); text != "" {
			p := captionPart("“" + text + "”")
			p.CanvasObject = widgets.Indent(widgets.Grid, p.CanvasObject)
			p.width += widgets.Grid
			parts = append(parts, p)
		}
	}
	return parts
}

// after is what stands below: what it said before, and when it was sent.
func (v *talkPage) after(m *chat.Message) (parts []part) {
	w := v.w
	if len(m.Earlier) > 0 {
		head := widgets.Caption(w.say("content.chat.edited", nil)).Line()
		fold := widgets.NewFold(head, v.opened[m.Ref], func() fyne.CanvasObject {
			earlier := widgets.NewTight(widgets.Caption(w.say("content.chat.before", nil)))
			for _, e := range m.Earlier[:min(len(m.Earlier), mostAttached)] {
				earlier.Add(widgets.Quiet(widgets.Shorten(strings.TrimSpace(words.Lines(e.Text)), longestBubble)))
			}
			return earlier
		}, func(open bool) {
			v.opened[m.Ref] = open
			v.feed.Again()
		})
		width := float32(0)
		for _, e := range m.Earlier {
			width = max(width, widgets.Natural(e.Text, fynetheme.SizeNameText))
		}
		parts = append(parts, part{fold, max(width, 18*widgets.Grid)})
	}
	var said []string
	if !m.Date.IsZero() {
		said = append(said, timeOfDay(m.Date))
	}
	if !m.Edited.IsZero() && len(m.Earlier) == 0 {
		said = append(said, w.say("content.chat.edited", nil))
	}
	if m.Starred {
		said = append(said, w.say("content.chat.starred", nil))
	}
	if m.Deleted {
		said = append(said, w.say("content.chat.deleted", nil))
	}
	if len(said) > 0 {
		parts = append(parts, textPart(widgets.Caption(strings.Join(said, w.say("ui.ready.between", nil))).Right()))
	}
	return parts
}

// formWords name the sorts of files that people know.
var formWords = map[chat.Form]string{chat.Picture: "ui.chat.photo", chat.Video: "ui.chat.video", chat.Sound: "ui.chat.sound"}

// sortOf is what sort of thing a file of a message is, in a word.
func (w *Window) sortOf(a chat.Attachment) string {
	name := a.Name
	if name == "" {
		name = a.File.Path
	}
	key, known := formWords[chat.FormOf(name)]
	switch {
	case a.Voice:
		key = "content.chat.voice"
	case a.Sticker:
		key = "ui.chat.sticker"
	case known:
	case isPicture(a), slices.Contains(noPlayer, strings.ToLower(path.Ext(name))):
		key = "ui.chat.photo"
	default:
		key = "ui.chat.any-file"
	}
	return w.say(key, nil)
}

// noPlayer are photos that browsers do not show.
var noPlayer = []string{".heic", ".heif", ".tif", ".tiff"}

// fileName is the sort of a file of a message with its name, as a screen reader is to
// say it; people know no voice message or sticker by the name of its file.
func (w *Window) fileName(a chat.Attachment) string {
	sort, name := w.sortOf(a), words.Brief(a.Name, longestTitle)
	if name == "" || a.Voice || a.Sticker {
		return sort
	}
	return w.say("ui.chat.named", words.Args{"Sort": sort, "Name": name})
}

// attached is a file of a message.
func (v *talkPage) attached(a chat.Attachment) part {
	w := v.w
	name := w.fileName(a)
	f, there := a.Stored()
	switch {
	case !there:
		return quietPart(w.say("ui.chat.file-away", words.Args{"Name": name}))
	case isPicture(a):
		s := widgets.NewShot(name, func() { v.enlarge(a, name) })
		if shown, known := v.t.Pictures.Get(f.ID); known {
			s.Set(shown)
		}
		v.shots[f.ID] = append(v.shots[f.ID], s)
		p := part{container.New(&widgets.Flowing{}, s), s.MinSize().Width}
		if a.Presence != kind.Small {
			return p
		}
		c := captionPart(w.say("content.chat.small", words.Args{"Name": name}))
		return part{widgets.NewTight(p.CanvasObject, c.CanvasObject), max(p.width, c.width)}
	}
	return textPart(widgets.Plain(w.say("ui.chat.file", words.Args{"Name": name, "Bytes": words.Bytes(f.Size)})))
}

// enlarge shows a picture of a message as large as a sheet is.
func (v *talkPage) enlarge(a chat.Attachment, name string) {
	w := v.w
	f, _ := a.Stored()
	viewer := widgets.NewViewer(func(fyne.KeyName) bool { return false })
	viewer.Set(nil, w.say("ui.photo.loading", nil))
	room := container.New(widgets.AtLeast{Size: fyne.NewSquareSize(sheetHigh - 12*widgets.Grid)}, viewer)
	w.showSheet([]fyne.CanvasObject{widgets.Title(name).Line(), widgets.Quiet(w.say("ui.chat.file", words.Args{"Name": w.sortOf(a), "Bytes": words.Bytes(f.Size)})), room},
		widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, w.hideSheet))
	w.Enlarge(f, func(shown image.Image) { viewer.Set(shown, w.say("ui.photo.none", nil)) })
}

// reactions are what people thought of a message.
func (w *Window) reactions(m *chat.Message) string {
	var all []string
	for _, r := range m.Reactions[:min(len(m.Reactions), mostReactions)] {
		what := words.Brief(r.Emoji, 16)
		switch {
		case r.Vote:
			what = w.say("content.chat.vote", nil)
		case what == "":
			what = w.say("content.chat.sticker", nil)
		}
		all = append(all, w.say("content.chat.reaction", words.Args{"Who": w.who(r.By), "What": what}))
	}
	return strings.Join(all, w.say("ui.ready.between", nil))
}
