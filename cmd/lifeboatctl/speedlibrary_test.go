//go:build limits

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

// much is how much is on the phone whose backup is looked into.
type much struct{ messages, photos, files int }

// fullPhone is the phone of the demonstration with years of messages and photos, and
// with other files that are in the way of finding these.
func fullPhone(n much) content.Source {
	return apps.On(content.Generate(7, n.files, int64(n.files)*1024), apps.IOS18, func() apps.Phone {
		phone := apps.Demo()
		phone.Chats, phone.Photos, phone.Albums = nil, nil, nil
		addPeople(&phone, 400)
		addMessages(&phone, n.messages)
		addPhotos(&phone, n.photos)
		return phone
	})
}

// number is the number of the person i: those from +1 555 555 0100 on are kept for fiction.
func number(i int) string { return fmt.Sprintf("+1555555%04d", 1000+i) }

func addPeople(phone *apps.Phone, n int) {
	phone.Contacts = append([]apps.Contact(nil), phone.Contacts...) // they are everybody's
	for i := range n {
		phone.Contacts = append(phone.Contacts, apps.Contact{
			First: fmt.Sprintf("Person%d", i), Last: "Example", Created: phone.Now, Modified: phone.Now, Phones: []apps.Labelled{{Label: "_$!<Mobile>!$_", Value: number(i)}},
		})
	}
}

// phrases are what people write, most of it short. What search looks for is rare.
var phrases = []string{
	"ok", "See you at eight 🚆", "Kannst du Milch mitbringen? Danke schön, bis später", "写真を送ります", "The boat leaves at six. Bring a jacket, it will be cold on the water after sunset.",
	"Ça marche, à tout à l'heure", "👍", "I read it again on the train, and I still think that we should ask them before we sign anything, since nobody has told us what it costs in winter. What do you think?",
}

// rare is written once in a thousand messages.
const rare = "zeppelin"

// addMessages makes conversations as long as those of people are: some of most
// messages, many of few.
func addMessages(phone *apps.Phone, n int) {
	const chats = 300
	first := phone.Now.AddDate(-8, 0, 0)
	every := phone.Now.Sub(first) / time.Duration(n)
	all := make([]apps.Chat, chats)
	for i := range all {
		all[i] = apps.Chat{ID: number(i), Service: "iMessage", Handles: []string{number(i)}}
		if i%10 == 3 {
			all[i] = apps.Chat{ID: fmt.Sprintf("chat%08d", i), Service: "iMessage", Name: fmt.Sprint("Group ", i), Group: true, Handles: []string{number(i), number(i + 1), number(i + 2)}}
		}
	}
	picture := smallJPEG(240, 180)
	for i := range n {
		// The square of an even share: a tenth of the conversations has a third of all.
		share := i * 2654435761 % 10007
		c := &all[share*share*chats/(10007*10007)]
		m := apps.Message{
			GUID: fmt.Sprintf("%08X-0000-4000-9000-%012X", i*2654435761%(1<<32), i), Text: fmt.Sprintf("%s %d", phrases[i*7%len(phrases)], i), Date: first.Add(time.Duration(i) * every),
			BodyOnly: i%3 == 0,
		}
		if i%1000 == 500 {
			m.Text += " " + rare
		}
		if i%2 == 0 {
			m.From = c.Handles[i/2%len(c.Handles)]
		}
		if i%20 == 9 {
			m.Text += "\uFFFC"
			m.Attachments = []apps.Attachment{{GUID: fmt.Sprint("at_0_", m.GUID), Name: fmt.Sprintf("IMG_%04d.JPG", i%10000), MIME: "image/jpeg", UTI: "public.jpeg", Data: picture}}
		}
		if i%25 == 4 {
			m.Reactions = []apps.Reaction{{GUID: "R" + m.GUID, From: c.Handles[0], Kind: apps.Loved + i%6, Date: m.Date.Add(time.Minute)}}
		}
		c.Messages = append(c.Messages, m)
	}
	phone.Chats = all
}

// addPhotos makes a library of photos, a third of them Live, one in ten a video, one in
// ten in iCloud only. Most are small, so that many of them fit into memory; one in a
// hundred is as large as photos are.
func addPhotos(phone *apps.Phone, n int) {
	small, large, thumb := padded(12<<10), padded(2<<20), smallJPEG(120, 90)
	first := phone.Now.AddDate(-11, 0, 0)
	for i := range n {
		p := apps.Photo{
			UUID: fmt.Sprintf("%08X-0000-4000-8000-%012d", i*2654435761%(1<<32), i), Folder: fmt.Sprintf("DCIM/%dAPPLE", 100+i/1000), Name: fmt.Sprintf("IMG_%04d.JPG", i%10000),
			Taken: first.Add(time.Duration(i) * 115 * time.Minute).Truncate(time.Second), Zone: "Europe/Lisbon", Offset: i % 2 * 3600, Width: 4032, Height: 3024, Camera: "iPhone 15 Pro",
			Place: &apps.Coordinates{Latitude: 38.7, Longitude: -9.1}, Favorite: i%50 == 0, Thumb: thumb, Data: small,
		}
		if i%100 == 0 {
			p.Data = large
		}
		switch {
		case i%10 == 4:
			p.State, p.Origin, p.Data = apps.ThumbOnly, apps.FromICloud, nil
		case i%10 == 9:
			p.Video, p.Subtype, p.Name = true, apps.PlainVideo, fmt.Sprintf("IMG_%04d.MOV", i%10000)
		case i%3 == 0:
			p.Subtype, p.Movie = apps.Live, small
		}
		if i%5 == 0 {
			p.People = []string{[]string{"Maria", "Ben", "Zoë"}[i%3]}
		}
		phone.Photos = append(phone.Photos, p)
	}
	for i := range 40 {
		a := apps.Album{UUID: fmt.Sprint("A", i), Title: fmt.Sprint("Album ", i), Kind: apps.AlbumUser}
		for j := range min(500, n) {
			a.Photos = append(a.Photos, phone.Photos[(i*997+j*13)%n].UUID)
		}
		phone.Albums = append(phone.Albums, a)
	}
}

// smallJPEG is a picture of few bytes.
func smallJPEG(width, height int) []byte {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			img.SetGray(x, y, color.Gray{Y: uint8(x ^ y)})
		}
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, img, nil) // a Buffer takes all
	return out.Bytes()
}

// padded is a picture of so many bytes.
func padded(size int) []byte {
	picture := smallJPEG(64, 48)
	return append(picture, bytes.Repeat([]byte("lifeboat"), (size-len(picture))/8)...)
}

// A program of its own makes the backup: the system counts what a program had in memory
// as had by those that it starts, too, and a phone in memory is large.
func init() {
	programs["back-up-a-full-phone"] = func() { limitProgram(backUpFullPhone) }
}

// backUpFullPhone backs a phone up twice with lifeboatctl, with few changes between:
// back-up-a-full-phone LIFEBOATCTL FOLDER MESSAGES PHOTOS FILES.
func backUpFullPhone(args []string) (err error) {
	var n much
	if _, err := fmt.Sscan(strings.Join(args[2:], " "), &n.messages, &n.photos, &n.files); err != nil {
		return err
	}
	state, err := os.MkdirTemp("", "lifeboat-full-phone-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(state)) }()
	cfg := phonesim.DefaultConfig()
	cfg.Version, cfg.StateDir, cfg.Content, cfg.Rounds = "18.4.1", filepath.Join(state, "phone"), fullPhone(n), backupd.RealRounds
	server, err := phonesim.Listen("unix://"+filepath.Join(state, "usbmuxd"), phonesim.PairRecordsIn(state))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	phone, err := phonesim.NewPhone(cfg)
	if err != nil {
		return err
	}
	defer phone.Close()
	server.Attach(phone)
	few := max(n.files/100, 1)
	for range 2 {
		start := time.Now()
		backup := exec.Command(args[0], "backup", "--json", "--to", args[1])
		backup.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS="+server.Address())
		if out, err := backup.CombinedOutput(); err != nil {
			return fmt.Errorf("back up: %w: %s", err, out[max(0, len(out)-2000):])
		}
		fmt.Println(usage(backup, start))
		if err := phone.Edit(content.Edits{Changed: few, Added: few}); err != nil {
			return err
		}
	}
	return nil
}

// fullBackup has two backups made of a phone, and returns the folder that they are in.
func fullBackup(t *testing.T, b built, n much) (root string) {
	t.Helper()
	root = t.TempDir()
	took := runTo(t, func(_ int, out io.Reader) {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			t.Logf("backed up in %s", lines.Text())
		}
	}, "", named(t, "back-up-a-full-phone"), b.ctl, root, strconv.Itoa(n.messages), strconv.Itoa(n.photos), strconv.Itoa(n.files))
	t.Logf("with the phone: %v", took)
	return root
}

// counted groups the digits of a number.
func counted(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
