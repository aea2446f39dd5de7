package disk

import "syscall"

// guarded is what macOS answers where a person's consent is needed, such as
// Full Disk Access for ~/Library/Application Support/MobileSync, and Files and
// Folders for the desktop and for drives. A folder of another account is
// EACCES instead.
var guarded error = syscall.EPERM
