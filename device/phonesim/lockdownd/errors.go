package lockdownd

// Error is a failure as lockdownd names it on the wire.
type Error string

func (e Error) Error() string { return "lockdownd: " + string(e) }

// The names that this phone uses.
const (
	MissingKey          Error = "MissingKey"
	MissingValue        Error = "MissingValue"
	GetProhibited       Error = "GetProhibited"
	SetProhibited       Error = "SetProhibited"
	RemoveProhibited    Error = "RemoveProhibited"
	PasswordProtected   Error = "PasswordProtected"
	UserDeniedPairing   Error = "UserDeniedPairing"
	DialogPending       Error = "PairingDialogResponsePending"
	MissingHostID       Error = "MissingHostID"
	InvalidHostID       Error = "InvalidHostID"
	SessionActive       Error = "SessionActive"
	SessionInactive     Error = "SessionInactive"
	MissingSessionID    Error = "MissingSessionID"
	InvalidSessionID    Error = "InvalidSessionID"
	MissingService      Error = "MissingService"
	InvalidService      Error = "InvalidService"
	MissingPairRecord   Error = "MissingPairRecord"
	InvalidPairRecord   Error = "InvalidPairRecord"
	SavePairRecordFail  Error = "SavePairRecordFailed"
	EscrowLocked        Error = "EscrowLocked"
	UnknownRequestError Error = "InvalidRequest"
)
