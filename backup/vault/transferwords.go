package vault

import "lifeboat/assets/words"

// Words say what would be copied and what that takes, and what is special about
// the place.
func (p TransferPlan) Words() words.Text {
	return words.T("vault.transfer.plan", words.Args{
		"Versions": words.Count(p.Versions), "Bytes": words.Bytes(p.Bytes), "Need": words.Bytes(p.Need),
		"Free": room(p.Free), "Arrived": room(p.Arrived), "Note": p.note(),
	})
}

// room is a number of bytes in words, "" for none.
func room(bytes int64) any {
	if bytes == 0 {
		return ""
	}
	return words.Bytes(bytes)
}

// note says what is special about the place; "" is nothing.
func (p TransferPlan) note() any {
	switch {
	case p.Remote:
		return words.T("vault.transfer.network", nil)
	case p.System == "exfat":
		return words.T("vault.transfer.exfat", nil)
	}
	return ""
}
