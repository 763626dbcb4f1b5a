package main

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes of a child: a process group of its own, so that Ctrl-C reaches only us, and SIGTERM to it when we die.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// followParent asks the kernel for SIGTERM when our parent dies, however it dies. The wish belongs to the thread that makes it.
func followParent() {
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0, 0, 0) // without it Ctrl-C still works
}
