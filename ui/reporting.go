package ui

import (
	"lifeboat/checks/report"
)

// reporting is the report for Apple Support while the user looks at it.
type reporting struct {
	phone   *phone
	include report.Include
	report  report.Report
	text    string // as the user has it now
	ready   bool   // the report is there
	edited  bool   // the user changed the text
	asked   int    // counts the reports asked for, so that an old one is not taken
}

// writeReport opens the report.
func (w *Window) writeReport(p *phone) {
	if w.flow != nil || p.state == nil {
		return
	}
	w.report = &reporting{phone: p}
	w.makeReport(w.report)
	w.refresh()
}

// makeReport has the report written with what the user puts in. It replaces
// the text, which the user therefore must not have changed.
func (w *Window) makeReport(r *reporting) {
	r.asked++
	asked, include, dev, say := r.asked, r.include, r.phone.dev, w.Words
	go func() {
		made := w.Engine.Report(dev, include)
		text := made.Text(say)
		w.postFor(w.ctx, func() {
			if asked == r.asked {
				r.report, r.text, r.ready, r.edited = made, text, true, false
			}
		})
	}()
}

// leaveReport goes back to the phone.
func (w *Window) leaveReport() {
	w.report = nil
	w.refresh()
}
