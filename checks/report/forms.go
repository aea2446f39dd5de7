package report

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/device/facts"
)

// form decides whether a text from a phone, a file or the network is what it
// should be, and words it. A text of another form does not go out.
type form func(text string) (words.Text, bool)

var (
	versionForm = matching(`^[0-9]{1,3}(\.[0-9]{1,3}){1,2}$`) // one more would be an address
	buildForm   = matching(`^[0-9]{1,3}[A-Z][0-9]{1,5}[a-z]?$`)
	productForm = matching(`^iPhone[0-9]{1,3},[0-9]{1,3}$`)
	appForm     = matching(`^v?[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?(-(dev|demo|beta|rc)[0-9]{0,3})?$`)
	numberForm  = matching(`^-?[0-9]{1,11}(\.[0-9]{1,3})?$`)
	packetsForm = matching(`^Wi-Fi [0-9]{1,9}, cellular [0-9]{1,9}, tunnel [0-9]{1,9} in [0-9]{1,6} s$`)

	readinessForm  = oneOf(string(facts.Ready), string(facts.Untrusted), string(facts.Locked), string(facts.SetupUnfinished), string(facts.Silent))
	activationForm = oneOf("Activated", "Unactivated", "FactoryActivated", "WildcardActivated", "SoftActivation", "MismatchedIMEI", "MismatchedICCID", "MissingSIM")
	connectionForm = oneOf("USB", "Network")
	kindForm       = oneOf(string(checks.DestinationFolder), string(checks.DestinationNew), string(checks.DestinationMissing), string(checks.DestinationFile))
	systemForm     = oneOf("linux", "darwin", "windows", "freebsd", "openbsd", "netbsd")
	fileSystemForm = oneOf("apfs", "hfs", "ntfs", "ntfs3", "refs", "exfat", "vfat", "fat", "fat32", "msdos", "ext2", "ext3", "ext4", "xfs",
		"btrfs", "zfs", "f2fs", "bcachefs", "overlay", "overlayfs", "tmpfs", "fuse", "fuseblk", "nfs", "nfs4", "smb", "smb2", "smbfs", "cifs",
		"afpfs", "webdav", "9p", "csvfs", "udf", "jfs", "reiserfs", "ufs", "ecryptfs")
	troubleForm = oneOf("Outage", "Issue", "Maintenance", "Performance")
	// domainForm are the families of Apple's error numbers.
	domainForm = oneOf("MBErrorDomain", "CKErrorDomain", "CKInternalErrorDomain", "NSCocoaErrorDomain", "NSURLErrorDomain", "NSPOSIXErrorDomain",
		"NSOSStatusErrorDomain", "NSMachErrorDomain", "kCFErrorDomainCFNetwork", "AKAuthenticationError", "ACErrorDomain", "SQLiteErrorDomain")
	processForm = oneOf("backupd", "cloudd", "BackupAgent", "BackupAgent2", "akd", "accountsd", "apsd", "nsurlsessiond", "JetsamEvent", "panic-full")
	// reasonForm are the reasons why a datum has no value.
	reasonForm = oneOf(facts.Pending, checks.Offline, checks.SwitchedOff, "GetProhibited", "MissingValue", "WrongType", "PasswordProtected",
		"InvalidService", "timed-out", "untrusted", "nonsense", "permission denied", "drive full", "no phone tells it")
)

// matching is a form by its pattern.
func matching(pattern string) form {
	re := regexp.MustCompile(pattern)
	return func(text string) (words.Text, bool) { return asIs(text), re.MatchString(text) }
}

// oneOf is a form by its words.
func oneOf(all ...string) form {
	return func(text string) (words.Text, bool) { return asIs(text), slices.Contains(all, text) }
}

// yesNoForm words "true" and "false".
func yesNoForm(text string) (words.Text, bool) {
	yes, err := strconv.ParseBool(text)
	return yesNo(yes), err == nil && (text == "true" || text == "false")
}

func yesNo(yes bool) words.Text {
	if yes {
		return say("yes")
	}
	return say("no")
}

// dateForm formats a moment.
func dateForm(text string) (words.Text, bool) {
	t, err := time.Parse(time.RFC3339, text)
	return on(t), err == nil
}

// bytesForm formats a size.
func bytesForm(text string) (words.Text, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return size(n), err == nil
}

func size(n int64) words.Text { return words.T("report.size", words.Args{"Bytes": words.Bytes(n)}) }

// spanForm formats a duration as Go writes it.
func spanForm(text string) (words.Text, bool) {
	d, err := time.ParseDuration(text)
	return asIs(d.Round(time.Second).String()), err == nil
}

// serviceForm formats one of Apple's services that a backup to iCloud needs.
func serviceForm(text string) (words.Text, bool) {
	return asIs(text), slices.Contains(knowledge.HostTable().Services, text)
}

// hostForm formats one of Apple's hosts.
func hostForm(text string) (words.Text, bool) {
	table := knowledge.HostTable()
	return asIs(text), text == table.Control || slices.Contains(table.Hosts, text)
}

// chainForm formats a chain of codes: "MBErrorDomain 303, CKErrorDomain 25".
func chainForm(text string) (words.Text, bool) {
	for _, part := range strings.Split(text, ", ") {
		domain, number, _ := strings.Cut(part, " ")
		if _, known := domainForm(domain); !known {
			return words.Text{}, false
		}
		if _, err := strconv.ParseInt(number, 10, 32); err != nil {
			return words.Text{}, false
		}
	}
	return asIs(text), true
}

// programsForm formats a list of programs: "backupd, cloudd".
func programsForm(text string) (words.Text, bool) {
	return asIs(text), !slices.ContainsFunc(strings.Split(text, ", "), func(name string) bool { _, ok := processForm(name); return !ok })
}

// modelForm formats a product type as it is sold.
func modelForm(text string) (words.Text, bool) {
	if m, ok := knowledge.ModelOf(text); ok {
		return asIs(m.Name + " (" + text + ")"), true
	}
	return productForm(text)
}

// nameForm is the name under which a model is sold.
func nameForm(text string) (words.Text, bool) {
	return asIs(text), slices.ContainsFunc(knowledge.Models().Models, func(m knowledge.Model) bool { return m.Name == text })
}

// stateForm words that a datum has no value, and why.
func stateForm(text string) (words.Text, bool) {
	state, reason, _ := strings.Cut(text, ": ")
	key := map[string]string{
		facts.NotRead.String(): "not-read", facts.Absent.String(): "absent", facts.Refused.String(): "refused", "not heard": "not-heard",
	}[state]
	if key == "" {
		return words.Text{}, false
	}
	if _, known := reasonForm(reason); known {
		return words.T("report.state.because", words.Args{"State": say("state." + key), "Reason": reason}), true
	}
	return say("state." + key), true
}

// checked formats a text by a form, or says that it had another.
func (f form) checked(text string) words.Text {
	if text == "" {
		return say("state.not-read")
	}
	if t, ok := f(text); ok {
		return t
	}
	return say("state.odd")
}

// known formats a datum: its value, or why it has none.
func known[T any](d facts.Datum[T], word func(T) words.Text) words.Text {
	if v, ok := d.Known(); ok {
		return word(v)
	}
	text := d.State.String()
	if d.Reason != "" {
		text += ": " + d.Reason
	}
	return form(stateForm).checked(text)
}

// number formats a number of something.
func number[T int | int64](n T) words.Text { return asIs(strconv.FormatInt(int64(n), 10)) }

// argForms are the forms of texts that may stand within a sentence of a check.
var argForms = []form{
	versionForm, chainForm, nameForm, serviceForm, programsForm, oneOf(""), matching(`^\$[0-9]{1,3}\.[0-9]{2}$`),
}

// safe reports whether a sentence may go out: it exists, and nothing was put
// into it but numbers, dates, sizes, sentences of ours, and texts of a known form.
func safe(t words.Text) bool {
	if t.Key == "" {
		return true
	}
	if !words.English().Has(t.Key) {
		return false
	}
	for _, arg := range t.Args {
		if !safeArg(arg) {
			return false
		}
	}
	return true
}

func safeArg(arg any) bool {
	switch v := arg.(type) {
	case words.Text:
		return safe(v)
	case []words.Text:
		return !slices.ContainsFunc(v, func(t words.Text) bool { return !safe(t) })
	case string:
		return slices.ContainsFunc(argForms, func(f form) bool { _, ok := f(v); return ok })
	case bool, int, int64, float64, words.Bytes, words.Count, words.Date, words.Span:
		return true
	}
	return false
}

// Code formats an error number of a phone or of usbmuxd, such as "MBErrorDomain 303",
// if its domain may go out.
func Code(domain string, number int) (text string, ok bool) {
	text = domain + " " + strconv.Itoa(number)
	if slices.Contains([]string{"lockdownd", "usbmuxd", "DeviceLink"}, domain) {
		return text, true
	}
	_, ok = chainForm(text)
	return text, ok
}
