package apps

import (
	"fmt"
	"time"
)

func demoSafari(now time.Time) Safari {
	s := Safari{
		Bookmarks: []Bookmark{
			{ID: 10, Parent: BookmarksBar, Title: "Weather at the lake", URL: "https://example.org/weather?place=lake&units=metric"},
			{ID: 11, Parent: BookmarksBar, Title: "School", URL: "https://example.org/school/"},
			{ID: 12, Parent: BookmarksMenu, Folder: true, Title: "Boat"},
			{ID: 13, Parent: 12, Title: "Tides & moon", URL: "https://example.com/tides#today"},
			{ID: 14, Parent: 12, Folder: true, Title: "Repairs"},
			{ID: 15, Parent: 14, Title: "How to splice a rope", URL: "https://example.net/rope/splice"},
			{ID: 16, Parent: 14, Title: "ニスの塗り方", URL: "https://example.net/%E3%83%8B%E3%82%B9"},
			{ID: 17, Parent: 12, Folder: true, Title: "Empty folder"},
			{ID: 18, Parent: BookmarksMenu, Title: "Old shop", URL: "http://example.com/shop", Deleted: true},
			{ID: 19, Parent: BookmarksMenu, Title: "com.apple.WebFilter", Folder: true, Special: 4, Hidden: true},
			{ID: 20, Parent: 19, Title: "Allowed page", URL: "https://example.org/kids", Hidden: true},
		},
		Profiles: []SafariProfile{{ID: "0F11E000-0000-4000-8000-000000000001", Visits: []Visit{
			{URL: "https://example.com/work/plan", Title: "Plan", At: clock(now, 1, 9, 0)}, {URL: "https://example.com/work/plan", Title: "Plan", At: clock(now, 0, 9, 2)}}}},
	}
	for i, title := range []string{"The last lighthouse keeper", "Why bread rises", "Ten walks with children", "Фары и огни", "A short history of knots"} {
		b := Bookmark{ID: 30 + i, Parent: ReadingList, Title: title, URL: fmt.Sprintf("https://example.org/read/%d", i+1), Added: clock(now, 3+9*i, 21, 10+i),
			Preview: "It begins, as such things do, on a rainy day " + []string{"in March.", "in a kitchen.", "by the lake.", "у моря.", "at sea."}[i]}
		if i%2 == 1 {
			b.Seen = clock(now, 2+9*i, 7, 30)
		}
		s.Bookmarks = append(s.Bookmarks, b)
	}
	pages := []Visit{{URL: "https://example.org/weather?place=lake&units=metric", Title: "Weather at the lake"}, {URL: "https://example.org/school/", Title: "School: news"},
		{URL: "https://example.net/rope/splice", Title: "How to splice a rope"}, {URL: "https://example.com/trains/ghent", Title: "Trains to Ghent", Elsewhere: true},
		{URL: "https://example.org/apple-cake?year=1962&lang=sv", Title: "Mormors äppelkaka"}, {URL: "https://example.com/missing", Failed: true}}
	for i := range 60 {
		v := pages[(i*i+i/7)%len(pages)]
		v.At = clock(now, i/2, 7+(i*5)%16, (i*37)%60).Add(time.Duration(i%4) * 250 * time.Millisecond)
		s.Visits = append(s.Visits, v)
	}
	return s
}

// demoHealth has a phone and a watch that both count steps, so that who adds
// them up counts twice.
func demoHealth(now time.Time) Health {
	const phone, watch, scale = 0, 1, 2
	h := Health{Sources: []HealthSource{
		{Name: "Anna’s iPhone", Bundle: "com.apple.health.1", Product: "iPhone15,4", Zone: "America/New_York"},
		{Name: "Anna’s Apple Watch", Bundle: "com.apple.health.2", Product: "Watch7,1", Zone: "America/New_York"},
		{Name: "Sleep Diary", Bundle: "com.example.sleepdiary", Product: "iPhone15,4"},
	}}
	add := func(kind, source int, start time.Time, length time.Duration, value float64) {
		h.Samples = append(h.Samples, Sample{Type: kind, Start: start, End: start.Add(length), Value: value, Source: source})
	}
	for d := 30; d >= 1; d-- {
		for hour := 7; hour < 20; hour += 3 {
			steps := float64(420 + (d*131+hour*57)%1900)
			start := clock(now, d, hour, 10)
			add(Steps, phone, start, 40*time.Minute, steps)
			add(Steps, watch, start, 40*time.Minute, steps+13)
			add(Distance, phone, start, 40*time.Minute, steps*0.72)
			if d <= 7 {
				add(HeartRate, watch, start, 0, float64(58+(d*7+hour*3)%60)/60)
				add(ActiveEnergy, watch, start, 40*time.Minute, steps/25)
			}
		}
		add(Floors, phone, clock(now, d, 9, 0), 10*time.Minute, float64(d%9))
		if d <= 14 {
			night := clock(now, d, 21, 30)
			add(Sleep, scale, night, 9*time.Hour, SleepInBed)
			for i, phase := range []float64{SleepCore, SleepDeep, SleepCore, SleepREM, SleepAwake, SleepCore} {
				add(Sleep, watch, night.Add(time.Duration(20+85*i)*time.Minute), 85*time.Minute, phase)
			}
		}
	}
	for i, activity := range []int{37, 52, 46, 13, 37} { // running, walking, swimming, cycling
		start := clock(now, 2+5*i, 17, 15)
		h.Workouts = append(h.Workouts, Workout{Activity: activity, Start: start, End: start.Add(50 * time.Minute), Seconds: 2700 + 30*float64(i),
			Metres: 5200 + 800*float64(i), Kilocalories: 310.5 + 20*float64(i), Source: watch})
	}
	return h
}
