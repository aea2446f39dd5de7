package services

import "golang.org/x/sys/windows"

// ownStatuses are of errors that Go has no common name for.
var ownStatuses = []status{
	{windows.ERROR_DIR_NOT_EMPTY, afcNotEmpty},
}
