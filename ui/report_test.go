package ui

import (
	"strings"
	"testing"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2/test"

	"lifeboat/device/fault"
)

// writesReport opens the report and returns its field.
func (r *rig) writesReport() *widgets.TextBox {
	r.t.Helper()
	r.plug(phoneA)
	r.tap("Report for Apple Support")
	return find(r, func(*widgets.TextBox) bool { return true })
}

// tickBox ticks or unticks the box with a text.
func (r *rig) tickBox(text string) {
	r.t.Helper()
	box := find(r, func(c *widgets.TickBox) bool { return c.Text == text })
	if box.Disabled() {
		r.t.Fatalf("box %q is disabled", text)
	}
	test.Tap(box)
	r.drain()
}

// TestReport leaves personal data out until their boxes are ticked.
func TestReport(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		box := r.writesReport()
		if !strings.Contains(box.Text, "iOS 18.7.1") || strings.Contains(box.Text, "Anna") {
			t.Errorf("the report is %q", box.Text)
		}
		r.tickBox("the iPhone's name")
		if !strings.Contains(box.Text, "Anna") || strings.Contains(box.Text, "Chess") {
			t.Errorf("with the name the report is %q", box.Text)
		}
		r.tickBox("the iPhone's name")
		r.tickBox("largest apps")
		if strings.Contains(box.Text, "Anna") || !strings.Contains(box.Text, "Chess") {
			t.Errorf("with the apps in place of the name the report is %q", box.Text)
		}
		r.tap("Copy")
		if r.copied != box.Text {
			t.Errorf("copied %q", r.copied)
		}
		r.sees("Copied.")
		r.tap("Back")
		r.sees("Back Up Now")
	})
}

// TestEditedReport is copied and saved as the person has it, and no box throws
// the person's own words away.
func TestEditedReport(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		box := r.writesReport()
		box.SetText("my own words")
		r.drain()
		for _, c := range r.page.(*reportPage).boxes {
			if !c.Disabled() {
				t.Errorf("%q would throw the person's words away", c.Text)
			}
		}
		r.tap("Copy")
		if r.copied != "my own words" {
			t.Errorf("copied %q", r.copied)
		}
		s := r.page.(*reportPage)
		s.saveTo("/home/anna/report.txt", ".txt")
		r.drain()
		s.saveTo("/home/anna/report", ".html")
		r.drain()
		want := []string{"/home/anna/report.txt\nmy own words", "/home/anna/report.html\nmy own words"}
		if strings.Join(r.engine.saved, "|") != strings.Join(want, "|") {
			t.Errorf("saved %q", r.engine.saved)
		}
		r.sees("Saved as /home/anna/report.html")
		r.hears(healthy())
		if box.Text != "my own words" {
			t.Errorf("news of the phone changed the text to %q", box.Text)
		}
		r.tap("Start over")
		if !strings.Contains(box.Text, "iOS 18.7.1") {
			t.Errorf("starting over leaves %q", box.Text)
		}
		r.tickBox("largest apps")
	})
}

// TestReportOutlivesPhone keeps what was typed when the cable comes out.
func TestReportOutlivesPhone(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		box := r.writesReport()
		box.SetText("my own words")
		r.plug()
		r.sees("Report for Apple Support")
		if box.Text != "my own words" {
			t.Errorf("the text is %q", box.Text)
		}
		if !r.button("Start over").Disabled() {
			t.Error("a report of a phone that is gone can be asked for")
		}
		r.tap("Back")
		r.sees("Connect your iPhone")
	})
}

// TestReportNotSaved says why.
func TestReportNotSaved(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.writesReport()
		r.engine.saveErr = fault.New(fault.DestFull, "save the report", nil)
		r.page.(*reportPage).saveTo("/full/report.txt", ".txt")
		r.drain()
		r.sees(r.explain(r.engine.saveErr).Happened)
		r.tap("Close")
		r.sees("Report for Apple Support")
	})
}
