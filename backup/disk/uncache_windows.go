package disk

// Uncache does nothing here: Windows reads past its memory only in whole sectors,
// from a handle that was opened for that.
func Uncache(any) {}
