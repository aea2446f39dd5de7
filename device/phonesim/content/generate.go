package content

import (
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"time"
)

// The domains of generated phones.
const (
	cameraDomain   = "CameraRollDomain"
	healthDomain   = "HealthDomain"
	homeDomain     = "HomeDomain"
	keychainDomain = "KeychainDomain"
	mediaDomain    = "MediaDomain"
	wirelessDomain = "WirelessDomain"
)

// messagesPath is the Messages database in the domain of the home folder.
const messagesPath = "Library/SMS/sms.db"

// Apps are the bundle identifiers of the apps whose data a generated phone holds.
var Apps = []string{
	"com.example.diary", "com.example.maps", "com.example.notes",
	"com.example.podcasts", "com.example.sketchbook", "org.example.chess",
}

// Groups are the app groups of generated phones.
var Groups = []string{"group.com.example.shared", "group.org.example.chess"}

// Generate is a phone with exactly this many regular files and about this many
// bytes in them, all drawn from the seed: the same arguments make the same
// phone. Photos open as pictures and the Messages database as SQLite.
//
// The first files made are the peculiar ones (see peculiar.go), so a phone of
// a dozen files already has an empty file and names of all kinds. A phone
// cannot be smaller than these need.
//
// It is made once only; it never changes, and any number of goroutines may
// read it.
func Generate(seed int64, files int, bytes int64) Source {
	type arguments struct{ seed, files, bytes int64 }
	made, _ := phones.LoadOrStore(arguments{seed, int64(files), bytes}, generate(seed, files, bytes))
	return made.(*generated)
}

// phones are those that Generate has made, by its arguments.
var phones sync.Map

// generate makes the phone; what takes long is done when it is first needed.
func generate(seed int64, files int, bytes int64) *generated {
	g := &generated{seed: seed, files: max(files, 0)}
	g.prepare = sync.OnceValue(func() error { return g.plan(bytes) })
	g.messages = sync.OnceValues(func() ([]byte, error) { return buildMessages(seed, g.messageCount) })
	return g
}

// generated is a phone of which only counts are kept.
type generated struct {
	seed         int64
	files        int
	messageCount int
	prepare      func() error
	messages     func() ([]byte, error)
	pictures     *pictures
	peculiar     []File    // sorted by domain, sizes set
	fileRuns     []fileRun // sorted by domain
	scale        float64   // bytes a unit of weight
}

// fileRun is a run of files with counted names.
type fileRun struct {
	domain string
	count  int
	first  uint64           // number of its first file among all fileRuns
	name   func(int) string // path of the nth file
	least  int64            // the smallest size that makes sense
}

// plan shares out files and bytes.
func (g *generated) plan(bytes int64) error {
	var err error
	if g.pictures, err = drawPictures(g.seed); err != nil {
		return err
	}
	g.messageCount = int(min(max(bytes/4096, 10), 2000))
	peculiar := peculiarFiles()
	peculiar = peculiar[:min(len(peculiar), g.files)]
	for i := range peculiar {
		if peculiar[i].Path == messagesPath {
			messages, err := g.messages()
			if err != nil {
				return err
			}
			peculiar[i].Size = int64(len(messages))
		}
		bytes -= peculiar[i].Size
	}
	g.peculiar = sortByDomain(peculiar)
	g.fileRuns = g.share(g.files-len(peculiar), max(bytes, 0))
	g.scale = g.fit(max(bytes, 0))
	return nil
}

// share puts counted files on fileRuns, in the order of their domains.
func (g *generated) share(count int, bytes int64) []fileRun {
	photos := int(min(int64(count)*55/100, bytes/2/(2*g.pictures.smallest())))
	recordings := count * 3 / 100
	attachments := count * 7 / 100
	groups := count * 10 / 100
	apps := count - photos - recordings - attachments - groups
	var fileRuns []fileRun
	add := func(domain string, count int, least int64, name func(int) string) {
		fileRuns = append(fileRuns, fileRun{domain: domain, count: count, least: least, name: name})
	}
	for i, app := range Apps {
		add("AppDomain-"+app, part(apps, i, len(Apps)), 0, func(n int) string {
			return fmt.Sprintf("Documents/Data/%03d/item-%06d.bin", n/200, n)
		})
	}
	for i, group := range Groups {
		add("AppDomainGroup-"+group, part(groups, i, len(Groups)), 0, func(n int) string {
			return fmt.Sprintf("Library/Caches/%02x/%08x.cache", n/256%256, n)
		})
	}
	add(cameraDomain, photos, g.pictures.smallest(), func(n int) string {
		return fmt.Sprintf("Media/DCIM/%dAPPLE/IMG_%04d.JPG", 100+n/999, n%9999+1)
	})
	add(homeDomain, attachments, 0, func(n int) string {
		return fmt.Sprintf("Library/SMS/Attachments/%02x/%02d/%08X.pluginPayloadAttachment", n/50%256, n/50%16, n)
	})
	add(mediaDomain, recordings, 0, func(n int) string {
		return fmt.Sprintf("Media/Recordings/%04d/Recording %05d.m4a", 2015+n/500, n)
	})
	var first uint64
	for i := range fileRuns {
		fileRuns[i].first = first
		first += uint64(fileRuns[i].count)
	}
	return fileRuns
}

// part is the share of one of several in a count, without losing the rest.
func part(count, i, of int) int { return count*(i+1)/of - count*i/of }

// fit finds the scale at which all fileRuns together hold these bytes.
func (g *generated) fit(bytes int64) float64 {
	low, high := 0.0, float64(bytes)+1
	for range 36 {
		middle := (low + high) / 2
		var sum int64
		for _, s := range g.fileRuns {
			for n := range s.count {
				sum += g.size(s, n, middle)
			}
		}
		if sum > bytes {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

// size draws the size of the nth file of a fileRun: most are small, one of 250 is
// huge.
func (g *generated) size(s fileRun, n int, scale float64) int64 {
	number := s.first + uint64(n)
	r := mix(uint64(g.seed) + (number+1)*golden)
	weight := 0.1 + float64(r>>40)/(1<<24)
	switch kind := r % 500; {
	case number%250 == 13:
		weight *= 150
	case kind < 25:
		weight *= 20
	case kind < 150:
		weight *= 4
	}
	return max(s.least, int64(weight*scale))
}

// Walk implements [Source]: domain by domain, the peculiar files first.
func (g *generated) Walk(visit func(File) error) error {
	if err := g.prepare(); err != nil {
		return err
	}
	peculiar, fileRuns := g.peculiar, g.fileRuns
	for len(peculiar) > 0 || len(fileRuns) > 0 {
		domain := nextDomain(peculiar, fileRuns)
		folders := folderTeller{generated: g, visit: visit, domain: domain}
		for ; len(peculiar) > 0 && peculiar[0].Domain == domain; peculiar = peculiar[1:] {
			if err := folders.tell(peculiar[0]); err != nil {
				return err
			}
		}
		for ; len(fileRuns) > 0 && fileRuns[0].domain == domain; fileRuns = fileRuns[1:] {
			s := fileRuns[0]
			for n := range s.count {
				file := File{Domain: domain, Path: s.name(n), Kind: Regular, Size: g.size(s, n, g.scale)}
				if err := folders.tell(file); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// nextDomain is the first of both sorted lists.
func nextDomain(peculiar []File, fileRuns []fileRun) string {
	switch {
	case len(peculiar) == 0:
		return fileRuns[0].domain
	case len(fileRuns) == 0:
		return peculiar[0].Domain
	}
	return min(peculiar[0].Domain, fileRuns[0].domain)
}

// folderTeller tells each folder of a domain once, before what it holds. It
// remembers the folders of one domain: some two hundred files share one.
type folderTeller struct {
	generated *generated
	visit     func(File) error
	domain    string
	visited   map[string]bool
	last      string
}

// tell visits a file, and before it the folders that were not reported yet.
func (t *folderTeller) tell(file File) error {
	if err := t.above(file.Path); err != nil {
		return err
	}
	return t.visit(t.generated.finish(file))
}

// above yields the folders above a path that were not reported yet, outermost first.
func (t *folderTeller) above(name string) error {
	folder := path.Dir(name)
	if folder == t.last {
		return nil
	}
	t.last = folder
	if t.visited == nil {
		t.visited = map[string]bool{}
		if err := t.visit(t.generated.finish(File{Domain: t.domain, Kind: Directory})); err != nil {
			return err
		}
	}
	for i := range len(name) {
		if name[i] != '/' || t.visited[name[:i]] {
			continue
		}
		t.visited[strings.Clone(name[:i])] = true
		if err := t.visit(t.generated.finish(File{Domain: t.domain, Path: name[:i], Kind: Directory})); err != nil {
			return err
		}
	}
	return nil
}

// finish gives an entry its mode and time.
func (g *generated) finish(file File) File {
	switch file.Kind {
	case Regular:
		file.Mode = modeRegular | 0o644
	case Directory:
		file.Mode = modeDirectory | 0o755
	case Symlink:
		file.Mode = modeSymlink | 0o755
	}
	// From 2023 on, within two and a half years.
	second := 1_672_531_200 + hash(g.seed, "time", file.Domain, file.Path)%(913*86400)
	file.ModTime = time.Unix(int64(second), 0).UTC()
	return file
}

// Open implements [Source].
func (g *generated) Open(file File) (io.ReadCloser, error) {
	if err := g.prepare(); err != nil {
		return nil, err
	}
	return g.open(file)
}
