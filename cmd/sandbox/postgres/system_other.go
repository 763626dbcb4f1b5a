//go:build !linux

package postgres

import "syscall"

const locale = "en_US.UTF-8"

// attributes without a death signal, which only Linux has: after a kill -9 the server lives until the next start
// finds and stops it.
func attributes(a account, _ syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.kind == otherUser {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

func namespacesWork(account) bool { return false }

// isPostmaster believes the file where the system cannot tell more.
func isPostmaster(pid int, _ string) bool { return syscall.Kill(pid, 0) == nil }
