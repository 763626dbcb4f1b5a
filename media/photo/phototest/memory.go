package phototest

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// Memory measures what work needs beside what the process held before: MB of resident memory at the peak. It is the kernel's own
// count (proc(5): clear_refs, VmHWM, VmRSS), so it holds for everything in the process.
func Memory(b testing.TB, work func()) (megabytes float64) {
	b.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Skipf("PEAK MEMORY IS NOT MEASURED: %v", err)
	}
	idle := memoryLine(b, "VmRSS:")
	work()
	return (memoryLine(b, "VmHWM:") - idle) / 1024
}

// memoryLine is a value of the process's status, in kB.
func memoryLine(b testing.TB, name string) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb
		}
	}
	b.Fatalf("no %s", name)
	return 0
}

// Grainy is a portrait as a phone's camera makes one in poor light: its JPEG is as large as they are.
func Grainy(w, h, quality int) []byte {
	img := Portrait(w, h, Blue)
	grain := uint32(1)
	for i := range img.Pix {
		if i%4 == 3 {
			continue
		}
		grain = grain*1664525 + 1013904223
		img.Pix[i] = uint8(max(0, min(255, int(img.Pix[i])+int(grain>>27)-16)))
	}
	return encode(img, quality)
}
