package heic

import (
	"runtime/debug"
	"syscall"
)

// giveUpRights bounds this process: what it can map, compute, write and leave behind.
func giveUpRights() error {
	debug.SetMemoryLimit(memory / 3) // collect sooner
	for what, most := range map[int]uint64{
		syscall.RLIMIT_DATA:  memory,
		syscall.RLIMIT_AS:    addressSpace,
		syscall.RLIMIT_CPU:   processor,
		syscall.RLIMIT_FSIZE: 0, // pipes are no files
		syscall.RLIMIT_CORE:  0, // a picture in a core dump is a picture on the disk
	} {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}
