package state

import (
	"context"

	"lifeboat/assets/words"
	"lifeboat/checks/report"
)

// Report is the report for Apple Support while the person looks at it.
type Report struct {
	Phone   *Phone
	Include report.Include
	Text    string // as the person has it now
	Ready   bool   // the report is there
	Edited  bool   // the person changed the text

	say   *words.Catalogue
	asked int // counts the reports asked for, so that an old one is not taken
}

// WriteReport opens the report, in the words of say.
func (s *State) WriteReport(p *Phone, say *words.Catalogue) {
	if p.State == nil {
		return
	}
	s.Report = &Report{Phone: p, say: say}
	s.MakeReport()
	s.Show(Page{Name: ReportPage})
}

// MakeReport has the report written with what the person puts in. It replaces
// the text.
func (s *State) MakeReport() {
	r := s.Report
	if p := s.Find(r.Phone.Dev.UDID); p != nil {
		r.Phone = p // it may have been plugged in again
	}
	r.asked++
	asked, include, dev, say := r.asked, r.Include, r.Phone.Dev, r.say
	go func() {
		text := s.Engine.Report(dev, include).Text(say)
		s.postFor(s.ctx, func() {
			if asked == r.asked {
				r.Text, r.Ready, r.Edited = text, true, false
			}
		})
	}()
}

// ReportPhoneThere reports whether the phone of the report can be asked.
func (s *State) ReportPhoneThere() bool {
	p := s.Find(s.Report.Phone.Dev.UDID)
	return p != nil && !p.Gone && p.State != nil
}

// EditReport takes the text as the person has it.
func (s *State) EditReport(text string) {
	if r := s.Report; r != nil && text != r.Text {
		r.Text, r.Edited = text, true
	}
}

// SaveReport saves the text in the form that the path's extension names, and
// calls saved if that worked.
func (s *State) SaveReport(path string, saved func()) {
	text := s.Report.Text
	s.perform(func(context.Context) error { return s.Engine.SaveReport(path, text) }, saved)
}

// Recording is what is recorded for a bug report: what is said to phones. It
// continues over other pages, until it is stopped or the window closes.
type Recording struct {
	On   bool
	File string // of the recording, or of the last one; "" for none
	Err  error  // why it could not begin or end
}

// Record begins or ends the recording, and calls done then.
func (s *State) Record(on bool, done func()) {
	s.tell(func() {
		file, err := s.Engine.Record(on)
		s.Post(func() {
			s.Recording.Err, s.Recording.On = err, on && err == nil
			if err == nil {
				s.Recording.File = file
			}
			done()
		})
	})
}
