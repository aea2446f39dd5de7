package report

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// secrets fills every text within a value with a text of its own, and marks
// every datum as read.
type secrets struct {
	style  string // with a %03d
	where  map[string]string
	n      int
	states map[string]bool // paths of texts that keep their value
}

// next makes a secret for a place.
func (s *secrets) next(place string) string {
	s.n++
	secret := fmt.Sprintf(s.style, s.n)
	s.where[secret] = place
	return secret
}

// fill walks over a value; lists and maps get two entries.
func (s *secrets) fill(v reflect.Value, place string) {
	switch v.Kind() {
	case reflect.String:
		if !s.states[place] {
			v.SetString(s.next(place))
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.fill(v.Elem(), place)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			s.fill(v.Index(i), fmt.Sprintf("%s[%d]", place, i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			s.fill(key, place+" key")
			s.fill(value, place+"[]")
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(now.Add(-30 * time.Hour)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				s.fill(v.Field(i), place+"."+v.Type().Field(i).Name)
			}
		}
		if state := v.FieldByName("State"); state.IsValid() && state.Type() == reflect.TypeFor[facts.State]() {
			state.SetInt(int64(facts.Read))
		}
	}
}

// styles are secrets as letters, figures and forms that a careless form could let pass.
var styles = []string{
	"zqsecret%03dz", "35209900176%03d0", "anna%03d@example.com", "F2LXK0AB%03dQ", "a4:83:e7:0b:%03d:1f", "Anna %03d’s phone", "10.0.%03d.17",
	"+49 170 555 %03d1", "/Users/zqanna%03d/x", "\nZQHEADING%03d\n=========\n", "iPhone of zq%03d", "zq%03d.example.com", "ZqErrorDomain%03d",
	"{{.Zq%03d}}", "<b>zq%03d</b>",
}

// knownAnswers are questions that are asked; their answers are secrets, too.
var knownAnswers = []checks.QuestionID{
	"icloud-switch", "last-date", "power-bolt", "icloud-space", "icloud-plan", "next-size", "wifi-symbol", "vpn-on", "servers", "stuck-text", "overnight",
}

// full is an Input whose every text is a secret.
func full(style string) (Input, map[string]string) {
	s := &secrets{style: style, where: map[string]string{}}
	var in Input
	s.fill(reflect.ValueOf(&in.Checks).Elem(), "Checks")
	s.fill(reflect.ValueOf(&in.App).Elem(), "App")
	s.fill(reflect.ValueOf(&in.Steps).Elem(), "Steps")
	s.fill(reflect.ValueOf(&in.FailingSince).Elem(), "FailingSince")
	in.Checks.Now = now
	for _, id := range knownAnswers {
		in.Checks.Answers[id] = checks.Answer{Choice: s.next("choice of " + string(id)), Text: s.next("text of " + string(id)), At: now.Add(-time.Minute)}
	}
	in.Checks.Phone.Readiness, in.Checks.Phone.Connection = facts.Ready, "USB" // so that more is looked at
	in.Checks.Attempt.Outcome = devicelog.Failed
	in.Checks.Host.Destination = "/home/" + s.next("user of the destination") + "/backups"
	in.Results = checks.Run(in.Checks)
	// Evidence, sentences and steps as no check of ours would make them.
	evil := checks.Result{ID: s.next("id"), Status: checks.Fail, Evidence: map[string]string{s.next("evidence key"): s.next("evidence")}}
	for _, a := range allowed {
		evil.Evidence[a.key] = s.next("evidence " + a.key)
	}
	for _, text := range []*words.Text{&evil.Title, &evil.Finding, &evil.Why} {
		*text = words.T("check.backup-size.app", words.Args{"Name": s.next("argument"), "Size": words.Bytes(1)})
	}
	evil.Fix = []checks.Fix{{ID: "power/port", Text: words.T(s.next("key"), words.Args{"Inner": words.T("report.as-is", words.Args{"Text": s.next("inner")})})}}
	given := checks.Answer{Choice: "a", Text: s.next("given"), At: now}
	evil.Questions = []checks.Question{{Ask: words.T("report.as-is", words.Args{"Text": s.next("ask")}), Given: &given, Choices: []checks.Choice{{ID: "a"}}}}
	in.Results = append(in.Results, evil)
	evil.Title, evil.Finding = words.T("check.power.title", nil), words.Text{} // and once as a result that is shown
	in.Results = append(in.Results, evil)
	refused := checks.Result{Status: checks.Pass, Title: words.T("check.power.title", nil), Evidence: map[string]string{}}
	for _, a := range allowed {
		refused.Evidence[a.key] = "not read: " + s.next("reason of "+a.key)
	}
	in.Results = append(in.Results, refused)
	in.Steps = append(in.Steps, Step{FixID: "power/port", At: now})
	raw := []facts.LogLine{
		{At: now, Process: "backupd", Text: "ended " + s.next("log") + " MBErrorDomain Code=303 " + s.next("log")},
		{At: now, Process: s.next("process"), Text: s.next("log")},
	}
	in.Lines = append(devicelog.Redact(raw), s.next("raw line"), "2026-11-23T07:10:00Z "+s.next("raw process")+": "+s.next("raw"))
	return in, s.where
}

// A phone full of secrets: none goes out, and of what is put in only that.
func TestSecretsStayIn(t *testing.T) {
	allowedPlaces := map[string]func(*Include){
		"":                                func(*Include) {},
		"Checks.Phone.Name.Value":         func(i *Include) { i.Name = true },
		"Checks.Phone.Profiles.Value":     func(i *Include) { i.Profiles = true },
		"Checks.Phone.Deep.Apps.Value":    func(i *Include) { i.Apps = true },
		"Checks.Phone.Deep.Crashes.Value": func(i *Include) { i.CrashNames = true },
	}
	for _, style := range styles {
		in, where := full(style)
		if len(where) < 150 {
			t.Fatalf("only %d secrets", len(where))
		}
		for place, set := range allowedPlaces {
			in.Include = Include{}
			set(&in.Include)
			r := Build(in)
			text := r.Text(words.English())
			page, err := PageOf(words.English(), r.Text(words.English()))
			if err != nil {
				t.Fatal(err)
			}
			out := 0
			for secret, from := range where {
				secret = strings.Join(strings.Fields(secret), " ")
				if !strings.Contains(text, secret) && !strings.Contains(string(page), secret) {
					continue
				}
				if place == "" || !strings.HasPrefix(from, place) {
					t.Errorf("%q of %s went out (put in: %q)", secret, from, place)
				}
				out++
			}
			if place != "" && out == 0 {
				t.Errorf("style %q: nothing of %s, which was put in, is there", style, place)
			}
			if strings.Contains(text, "[report.") || strings.Contains(text, "[check.") {
				t.Errorf("a sentence is missing in %s", text)
			}
		}
	}
}

// The reasons of data that were not read come from anywhere.
func TestReasonsStayIn(t *testing.T) {
	in := Input{}
	const secret = "zqreason"
	var visit func(v reflect.Value)
	found := 0
	visit = func(v reflect.Value) {
		if v.Kind() != reflect.Struct {
			return
		}
		if reason := v.FieldByName("Reason"); reason.IsValid() {
			reason.SetString(secret)
			found++
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i))
			}
		}
	}
	visit(reflect.ValueOf(&in.Checks).Elem())
	in.Results = checks.Run(in.Checks)
	in.Include = Include{true, true, true, true}
	if text := Build(in).Text(words.English()); found < 40 || strings.Contains(text, secret) {
		t.Errorf("%d reasons, and one in\n%s", found, text)
	}
}
