package library

import "lifeboat/assets/words"

// Words say where a folder is, or since when it has not been seen.
func (r Remembered) Words() words.Text {
	args := words.Args{"Path": r.Root, "Drive": words.OneLine(r.Volume), "LastSeen": words.Date(r.LastSeen), "Now": r.Now}
	switch {
	case r.Here:
		return words.T("library.folder.here", args)
	case r.Now != "":
		return words.T("library.folder.moved", args)
	}
	return words.T("library.folder.away", args)
}

// Words say what is known of the backup: of whom, of when, and in whose place it
// lies. Who made it is not said, since no backup tells.
func (f Foreign) Words() words.Text {
	state := "plain"
	switch {
	case f.Err != nil:
		state = "unread"
	case !f.Finished:
		state = "unfinished"
	case f.Encrypted:
		state = "encrypted"
	}
	return words.T("library.foreign."+state, words.Args{
		"Name": f.DeviceName, "UDID": f.UDID, "Date": words.Date(f.Date), "Place": f.PlaceWords(),
	})
}

// PlaceWords name the programs in whose place it lies.
func (f Foreign) PlaceWords() words.Text {
	switch len(f.Of) {
	case 0:
		return words.T("library.place.nobody", nil)
	case 1:
		return words.T("library.place.of-one", words.Args{"A": f.Of[0].Words()})
	case 2:
		return words.T("library.place.of-two", words.Args{"A": f.Of[0].Words(), "B": f.Of[1].Words()})
	}
	return words.T("library.place.of-three", words.Args{"A": f.Of[0].Words(), "B": f.Of[1].Words(), "C": f.Of[2].Words()})
}

// Words name the program.
func (p Program) Words() words.Text { return words.T("library.program."+string(p), nil) }
