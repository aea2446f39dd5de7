package knowledge

// CauseOfText finds the id of the check that an error text on the phone's
// screen speaks about.
func CauseOfText(text string) (cause string, known bool) { return "", false }
