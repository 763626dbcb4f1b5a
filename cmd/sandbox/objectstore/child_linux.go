package objectstore

import "syscall"

// attributes: a process group of its own, so that Ctrl-C in the terminal reaches only the parent, and SIGTERM when the
// parent dies.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
