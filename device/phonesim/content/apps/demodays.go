package apps

import (
	"fmt"
	"time"
)

// tuesday is the last Tuesday before a day, or one so many weeks earlier.
func tuesday(now time.Time, weeks, hour int) time.Time {
	back := (int(now.Weekday())-int(time.Tuesday)+6)%7 + 1
	return clock(now, back+7*weeks, hour, 0)
}

// secondTuesday is that of the month of a day.
func secondTuesday(now time.Time, hour int) time.Time {
	first := time.Date(now.Year(), now.Month(), 1, hour, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(time.Tuesday)-int(first.Weekday())+7)%7+7)
}

func demoCalendars(now time.Time) []CalendarAccount {
	const home, ghent = "America/New_York", "Europe/Brussels"
	event := func(n int, title string, start time.Time, length time.Duration, zone string) CalendarEvent {
		return CalendarEvent{ID: fmt.Sprintf("E7E27000-0000-4000-8000-%012d", n), Title: title, Start: start, End: start.Add(length), Zone: zone,
			Created: clock(now, 90, 10, n), Modified: clock(now, 40, 10, n)}
	}
	day := func(n int, title string, ago, days int) CalendarEvent {
		e := event(n, title, clock(now, ago, 0, 0), time.Duration(days)*24*time.Hour-time.Second, "")
		e.AllDay = true
		return e
	}
	swim := event(1, "Swimming, Mila", tuesday(now, 2, 20), time.Hour, home)
	swim.Repeat = &Recurrence{Every: Weekly, Days: []string{"TU", "TH"}}
	swim.Except = []time.Time{tuesday(now, 1, 20)}
	swim.Alarms = []Alarm{{Before: 30 * time.Minute}, {Before: 24 * time.Hour}}
	swim.Place = &EventPlace{Title: "Pool at the park", Address: "12 Park Way\nBoston", Latitude: 42.36, Longitude: -71.06}
	moved := event(2, "Swimming, Mila (with Ben)", tuesday(now, 0, 20).Add(90*time.Minute), time.Hour, home)
	moved.Instead, moved.InsteadOf = swim.ID, tuesday(now, 0, 20)
	talk := event(3, "Talk in Ghent", clock(now, -6, 9, 0), 90*time.Minute, ghent)
	talk.URL, talk.Notes = "https://example.com/talks/42", "Slides are with Sam.\nTrain 7:12, platform 3."
	talk.Participants = []Participant{{Name: "Sam Okafor", Mail: "sam.okafor@example.com", Status: Accepted, Organizer: true}, {Name: "Anna Keller", Mail: "anna@example.com", Status: Accepted, Self: true},
		{Name: "Жанна Петрова", Mail: "zhanna@example.org", Status: Tentative}, {Mail: "room4@example.com", Status: Declined}}
	board := event(4, "Board", secondTuesday(now, 14), time.Hour, home)
	board.Repeat = &Recurrence{Every: Monthly, Days: []string{"2TU"}, Count: 12}
	bell := event(5, "Feed the cat", clock(now, 3, 7, 0), 10*time.Minute, "")
	bell.Repeat = &Recurrence{Every: Daily, Interval: 2, Until: clock(now, -30, 7, 0)}
	fair := event(6, "Street fair", clock(now, 50, 10, 0), 8*time.Hour, home)
	fair.Cancelled = true
	wedding := day(7, "Ruth and Thomas, 40 years", -20, 1)
	wedding.Repeat = &Recurrence{Every: Yearly}
	wedding.Alarms = []Alarm{{At: clock(now, -13, 9, 0)}}
	birthday := day(8, "Elsie’s 95th Birthday", 0, 1)
	birthday.Start = time.Date(now.Year(), time.June, 11, 0, 0, 0, 0, time.UTC)
	birthday.End = birthday.Start.Add(24*time.Hour - time.Second)
	holiday := day(10, "New Year", 0, 1)
	holiday.Start = time.Date(now.Year()+1, time.January, 1, 0, 0, 0, 0, time.UTC)
	holiday.End = holiday.Start.Add(24*time.Hour - time.Second)
	birthday.Birthday, birthday.Repeat = true, &Recurrence{Every: Yearly}
	return []CalendarAccount{
		{Name: "iCloud", Type: StoreCalDAV, Calendars: []Calendar{
			{Title: "Home", Color: "#1BADF8", Events: []CalendarEvent{swim, moved, bell, fair, wedding, day(9, "At the lake", 25, 9)}},
			{Title: "Work", Color: "#CC73E1", Events: []CalendarEvent{talk, board}},
			{Title: "Empty", Color: "#63DA38"}}},
		{Name: "Holidays", Type: StoreSubscribed, Calendars: []Calendar{{Title: "Public holidays", Color: "#FF2968", Events: []CalendarEvent{holiday}}}},
		{Name: "Birthdays", Type: StoreBirthdays, Calendars: []Calendar{{Title: "Birthdays", Color: "#A2845E", Events: []CalendarEvent{birthday}}}},
	}
}

func demoReminders(now time.Time) []ReminderStore {
	reminder := func(n int, title string, ago int) Reminder {
		return Reminder{ID: fmt.Sprintf("4E311DE4-0000-4000-8000-%012d", n), Title: title, Created: clock(now, ago, 8, n), Modified: clock(now, ago/2, 9, n)}
	}
	rent := reminder(1, "Pay the mooring", 60)
	rent.Due, rent.Zone, rent.Priority, rent.Flagged = clock(now, -2, 8, 0), "America/New_York", 1, true
	rent.Alarm, rent.Repeat = rent.Due, &Recurrence{Every: Monthly}
	rent.Notes = "Berth 14. Reference: BOAT-2026 ⚓\nAsk for the receipt."
	cards := reminder(2, "Thank-you cards", 20)
	cards.Due, cards.AllDay, cards.Tags = clock(now, -5, 0, 0), true, []string{"family", "mail"}
	elsie, sam := reminder(3, "Elsie", 20), reminder(4, "Sam", 20)
	elsie.Parent, sam.Parent = cards.ID, cards.ID
	elsie.Done, elsie.Completed = true, clock(now, 1, 20, 15)
	form := reminder(5, "Form for the school", 33)
	form.URL, form.Done, form.Completed = "https://example.org/forms/school", true, clock(now, 30, 17, 45)
	gone := reminder(6, "Call the old number", 300)
	gone.Deleted = true
	milk, bread := reminder(7, "Milk", 2), reminder(8, "Brot, das dunkle", 2)
	milk.Done, milk.Completed = true, clock(now, 0, 10, 1)
	local := reminder(9, "Water the fern 🌿", 15)
	local.Priority = 9
	return []ReminderStore{
		{File: "Data-6D0E5F4C-1B77-4E53-9F2C-0A1B2C3D4E5F.sqlite", Account: "iCloud", Lists: []ReminderList{
			{ID: "list-group", Title: "Household", Group: true},
			{ID: "list-family", Title: "Family", Parent: "list-group", Reminders: []Reminder{rent, cards, elsie, sam, form, gone}},
			{ID: "list-shop", Title: "Groceries", Parent: "list-group", Reminders: []Reminder{milk, bread}},
			{ID: "list-old", Title: "Last year", Deleted: true},
		}},
		{File: "Data-local.sqlite", Account: "On My iPhone", Lists: []ReminderList{{ID: "list-local", Title: "Reminders", Reminders: []Reminder{local}}}},
		{File: "Data-empty.sqlite", Account: "Exchange"},
	}
}
