package state

import (
	"lifeboat/backup/content/kind"
	"lifeboat/device"
)

// PageName is one of the pages.
type PageName string

const (
	Overview     PageName = "overview" // the phone, or how to connect one
	CheckPage    PageName = "check"
	FixPage      PageName = "fix"
	AttemptPage  PageName = "attempt"
	ReportPage   PageName = "report"
	JobPage      PageName = "job"
	BackupsPage  PageName = "backups"
	InsidePage   PageName = "inside" // what is in a backup
	KindPage     PageName = "kind"   // the things of a kind in it
	PhotoPage    PageName = "photo"  // one photo of it, large
	TalkPage     PageName = "talk"   // one conversation of it
	GonePage     PageName = "gone"   // what a newer backup has no longer; with a kind, the things of it
	RestorePage  PageName = "restore"
	LostPage     PageName = "lost" // what to do when a phone is lost or broken
	SettingsPage PageName = "settings"
)

// Page is what stands below the header.
type Page struct {
	Name PageName
	// Check is the id of the check that a CheckPage is about.
	Check string
	// Kind is what a KindPage is about; of a GonePage, "" for all.
	Kind kind.ID
}

// isInside reports whether a page shows what is in a backup.
func isInside(p PageName) bool {
	return p == InsidePage || p == KindPage || p == PhotoPage || p == TalkPage || p == GonePage
}

// mostBack is how many pages Back remembers.
const mostBack = 16

// Page is the page that is shown. One that has lost what it was about, such as
// a phone that was unplugged, is the overview; in its place stands the backup of a
// phone that is listed only for that.
func (s *State) Page() Page {
	p := s.Current()
	ready := p != nil && p.Stage == device.Ready && p.State != nil
	ok := true
	switch s.page.Name {
	case CheckPage:
		ok = ready
		if ok {
			_, ok = p.State.Result(s.page.Check)
		}
	case FixPage:
		ok = ready && p.Fix != nil
	case AttemptPage:
		ok = s.Attempt != nil
	case ReportPage:
		ok = s.Report != nil
	case JobPage:
		ok = p != nil && s.Job(p) != nil
	case BackupsPage:
		ok = s.Backups != nil
	case RestorePage:
		ok = s.Restore != nil
	case InsidePage, KindPage:
		ok = s.Inside != nil && s.Inside.Since == nil
	case PhotoPage:
		ok = s.Inside != nil && s.Inside.Gallery != nil && s.Inside.Gallery.At < len(s.Inside.Gallery.Order)
	case TalkPage:
		ok = s.Inside != nil && s.Inside.Talk != nil
	case GonePage:
		ok = s.Inside != nil && s.Inside.Since != nil
	}
	now := s.page
	if !ok {
		now = Page{Name: Overview}
	}
	if j := s.Job(p); now.Name == Overview && j != nil && p.Gone && j.outlivesPhone() {
		return Page{Name: JobPage}
	}
	return now
}

// Show goes to a page, from which [State.Back] leads back: to a form, a failure or
// a report as they were.
func (s *State) Show(p Page) {
	if now := s.Page(); now != p {
		if now.Name != JobPage && now.Name != ReportPage {
			s.leave(now, p)
		}
		s.back = append(s.back[max(0, len(s.back)-mostBack):], now)
	}
	s.page = p
	s.enter(p)
	s.changed()
}

// Tab goes to a page that the header leads to. There is no way back from it.
func (s *State) Tab(p PageName) {
	s.back = nil
	s.Replace(Page{Name: p})
}

// CanGoBack reports whether Back leads anywhere.
func (s *State) CanGoBack() bool { return s.Page().Name != Overview }

// Back leaves the page for the one before it.
func (s *State) Back() {
	now := s.Page()
	to := Page{Name: Overview}
	for len(s.back) > 0 && (to == now || to.Name == Overview) {
		to = s.back[len(s.back)-1]
		s.back = s.back[:len(s.back)-1]
		if to != now {
			break
		}
	}
	s.Replace(to)
}

// enter begins what a page needs.
func (s *State) enter(p Page) {
	if (p.Name == BackupsPage || p.Name == LostPage) && s.Backups == nil {
		s.openBackups()
	}
}

// leave ends what only a page needs.
func (s *State) leave(from, to Page) {
	if from.Name == to.Name {
		return
	}
	switch from.Name {
	case FixPage:
		if p := s.Current(); p != nil && to.Name == Overview {
			p.Fix = nil
		}
	case AttemptPage:
		s.endAttempt()
	case ReportPage:
		s.Report = nil
	case BackupsPage, LostPage:
		if to.Name != InsidePage && to.Name != GonePage && to.Name != BackupsPage && to.Name != LostPage {
			s.closeBackups()
		}
	case InsidePage, KindPage, PhotoPage, TalkPage, GonePage:
		if from.Name == PhotoPage {
			s.Inside.Gallery.endLarge()
		}
		if !isInside(to.Name) {
			s.closeInside()
		}
	case RestorePage:
		s.dropRestore()
	case JobPage:
		if p := s.Current(); p != nil {
			s.dismiss(s.Job(p))
		}
	}
}

// Replace goes to a page in place of the one that is shown.
func (s *State) Replace(p Page) {
	s.leave(s.Page(), p)
	s.page = p
	s.enter(p)
	s.changed()
}
