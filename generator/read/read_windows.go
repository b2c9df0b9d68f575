package read

// Windows has neither flag, nor pipes among its files.
const (
	noFollow = 0
	noWait   = 0
)
