package transcript

import (
	_ "embed"
	"maps"
	"regexp"
	"strings"
)

//go:embed words.txt
var wordsFile string

// vocabulary is every word that may ever be written as it is.
var vocabulary = func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(wordsFile) {
		if !strings.HasPrefix(line, "#") {
			maps.Copy(words, set(line))
		}
	}
	return words
}()

// vocabularyOfShapes are the names that [Recorder.Shape] writes.
var vocabularyOfShapes = set(`
	rows files no-content folders links other-flags no-domain no-path no-record bad-record no-size size-differs size-shorter size-longer
	empty empty-with-key no-key odd-key digest extended target odd-id odd-keys db-bytes db-page db-wal db-padded encrypted
	class-0 class-1 class-2 class-3 class-4 class-other mode-odd owner-odd`)

// set is the set of the words of a text.
func set(text string) map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.Fields(text) {
		words[word] = true
	}
	return words
}

// form is what a value must be, to be written as it is.
type form int

const (
	hidden  form = iota // never
	word                // a word of the list
	number              // any number or boolean
	version             // "18.4.1"
	model               // "iPhone15,2"
	build               // "22E252"
	age                 // seconds since 2001, written as seconds before now
	secret              // not even its length
	failure             // an error's text: words of the list
)

// allowed says what may be shown of the value under a key. Booleans may stand
// under every key of the list of words; all else that is not here is hidden.
var allowed = map[string]form{
	"Password": secret, "NewPassword": secret, "OldPassword": secret, "EscrowBag": secret,
	"HostPrivateKey": secret, "RootPrivateKey": secret,
	"ErrorDescription": failure, "DLFileErrorString": failure,
	"ProductVersion": version, "Version": version, "ProtocolVersion": version, "HumanReadableProductVersionString": version, "MinITunesVersion": version,
	"ProductType": model, "BuildVersion": build,
	"LastCloudBackupDate": age, "LastiTunesBackupDate": age,
}

func init() {
	for _, key := range strings.Fields(`
		ActivationState ApplicationType BackupState ClientVersionString Command ConnectionType DLFileType DeviceClass
		Domain EntryClass EntryName Error ErrorDomain Key Label MessageName MessageType MobileGestaltKeys Name PartitionType ProgName
		Request RequestType Result ReturnAttributes SIMStatus Service SnapshotState Sources Status Type command IOClass`) {
		allowed[key] = word
	}
	for _, key := range strings.Fields(`
		AdapterVoltage AmountDataAvailable AmountDataReserved AmountRestoreAvailable AppleRawCurrentCapacity AppleRawMaxCapacity
		BatteryCurrentCapacity BatteryPollInterval ConnType ConnectionSpeed Current CurrentAmount CurrentCapacity CurrentIndex CycleCount
		DBVersion DLFileErrorCode DLFileSize DesignCapacity DeviceID ErrorCode FamilyID IO80211Channel InstantAmperage KeyTypeSupportVersion
		MaxCapacity NominalChargeCapacity Number ProductID RequiresEncryption IsSupervised SupportedProtocolVersions Temperature Total
		TotalDataAvailable TotalDataCapacity TotalDiskCapacity TotalSystemAvailable TotalSystemCapacity Voltage Watts
		kLibUSBMuxVersion CloudBackupEnabled WillEncrypt ProtocolVersion ConfigurationSource`) {
		if _, other := allowed[key]; !other {
			allowed[key] = number
		}
	}
}

var (
	versionText = regexp.MustCompile(`^\d{1,2}(\.\d{1,2}){0,3}$`)
	modelText   = regexp.MustCompile(`^(iPhone|iPad|iPod)\d{1,2},\d{1,2}$`)
	buildText   = regexp.MustCompile(`^\d{2}[A-Z]\d{1,5}[a-z]?$`)
)

// mayStand reports whether a text has the form that its key asks for.
func (f form) mayStand(s string) bool {
	switch f {
	case word:
		return vocabulary[s]
	case version:
		return versionText.MatchString(s)
	case model:
		return modelText.MatchString(s)
	case build:
		return buildText.MatchString(s)
	}
	return false
}
