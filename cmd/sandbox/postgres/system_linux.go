package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// locale sorts by code point and knows upper and lower case of all Unicode letters.
const locale = "C.UTF-8"

// attributes of a child: its own process group, so that Ctrl-C in the terminal reaches only us, who then stop it in
// order; a signal to it when we die; and the account.
func attributes(a account, death syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: death}
	switch a.kind {
	case otherUser:
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	case namespace:
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: int(a.uid), HostID: 0, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: int(a.gid), HostID: 0, Size: 1}}
	}
	return attr
}

// namespacesWork tries one: containers and hardened kernels forbid them.
func namespacesWork(a account) bool {
	program, err := exec.LookPath("true")
	if err != nil {
		return false
	}
	c := exec.Command(program)
	c.SysProcAttr = attributes(a, syscall.SIGKILL)
	return c.Run() == nil
}

// isPostmaster says whether pid lives and works in the data folder, as every postmaster does. A zombie has no folder.
func isPostmaster(pid int, data string) bool {
	here, err := os.Stat(data)
	if err != nil {
		return false
	}
	there, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid))
	return err == nil && os.SameFile(here, there)
}
