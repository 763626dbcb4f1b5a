package heic_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"giahan/media"
	"giahan/media/heic"
	"giahan/media/heic/heictest"
)

// TestMain plays the program: the converter starts this binary with a word.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "convert":
			if err := heic.Serve(os.Stdin, os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		case "gorge":
			if err := heic.GiveUpRights(); err != nil {
				os.Exit(0) // the test fails: it wants an end for want of memory
			}
			debug.SetGCPercent(-1) // nothing is given back
			var eaten [20][]byte
			for i := range eaten {
				eaten[i] = make([]byte, 100<<20)
			}
			runtime.KeepAlive(eaten)
			os.Exit(0)
		case "map":
			if err := heic.GiveUpRights(); err != nil {
				os.Exit(0)
			}
			fmt.Print(mapped(1000), mapped(1500))
			os.Exit(0)
		case "hang":
			time.Sleep(time.Hour)
		case "flood":
			for {
				if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
					os.Exit(1)
				}
			}
		case "print-environment":
			fmt.Print(os.Environ())
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// mapped says whether the process may have so many MB to write to, and gives them back.
func mapped(mb int) bool {
	b, err := syscall.Mmap(-1, 0, mb<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err == nil {
		err = syscall.Munmap(b)
	}
	return err == nil
}

func converter(as string) *heic.Converter { return heic.New(os.Args[0], as) }

func TestConverts(t *testing.T) {
	for _, name := range []string{"test.heic", "gray.heic"} {
		made, err := converter("convert").JPEG(t.Context(), loaded(heictest.Sample(t, name)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(made)); err != nil || c.Width < media.MinSide {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
}

// TestColoursOfAPhone: an iPhone writes Display P3, and says so in a profile that must not get lost.
func TestColoursOfAPhone(t *testing.T) {
	_ = heictest.Sample(t, "test.heic") // the decoder is there
	phone, err := os.ReadFile("../../../shared/photos/iphone.heic")
	if err != nil {
		t.Skip("NOT TESTED: there is no picture of a phone here")
	}
	made, err := converter("convert").JPEG(t.Context(), loaded(phone))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(made, append([]byte("ICC_PROFILE\x00\x01\x01"), heic.Profile(phone)...)) || len(heic.Profile(phone)) == 0 {
		t.Error("the profile is lost")
	}
	for _, private := range []string{"Exif", "GPS"} {
		if bytes.Contains(made[:4096], []byte(private)) {
			t.Errorf("%s is left", private)
		}
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(made))
	t.Logf("%d x %d, %d bytes, %v", c.Width, c.Height, len(made), err)
}

// TestNoMoreMemory: a conversion may write to less than 1,500 MB, though it may map more. How a program of Go ends whose memory is refused
// depends on which piece that is: its own, the stack of a thread, or something of the runtime's. That it ends does not.
func TestNoMoreMemory(t *testing.T) {
	if said, err := converter("map").JPEG(t.Context(), loaded(heictest.Sample(t, "test.heic"))); err != nil || string(said) != "true false" {
		t.Errorf("1,000 and 1,500 MB: %q, %v", said, err)
	}
	if _, err := converter("gorge").JPEG(t.Context(), loaded(heictest.Sample(t, "test.heic"))); !errors.Is(err, media.ErrHEIC) {
		t.Errorf("2,000 MB piece by piece: it ends with %v", err)
	}
}

// TestWhatIsNoPicture: none of these ends anything but its own conversion.
func TestWhatIsNoPicture(t *testing.T) {
	good := heictest.Sample(t, "test.heic")
	strange := bytes.Clone(good)
	for i := len(strange) / 2; i < len(strange); i++ {
		strange[i] = byte(i * 7)
	}
	huge := bytes.Clone(good)
	at := bytes.Index(huge, []byte("ispe"))
	binary.BigEndian.PutUint32(huge[at+8:], 60_000)
	for name, c := range map[string]struct {
		picture []byte
		want    error
	}{
		"nothing":        {nil, media.ErrHEIC},
		"its head alone": {good[:24], media.ErrHEIC},
		"cut off":        {good[:len(good)/2], media.ErrHEIC},
		"filled anew":    {strange, media.ErrHEIC},
		"60,000 wide":    {huge, media.ErrDimensions},
		"nine wide":      {hollow(ispe(9, 9)), media.ErrDimensions},
	} {
		made, err := converter("convert").JPEG(t.Context(), loaded(c.picture))
		if name == "filled anew" && err == nil && len(made) > 0 {
			continue // a decoder may make something of it; it only must end
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %d bytes, %v", name, len(made), err)
		}
	}
}

func TestTheProcessIsBounded(t *testing.T) {
	picture := hollow(ispe(1000, 800))
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if _, err := converter("hang").JPEG(ctx, loaded(picture)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one that hangs: %v", err)
	}
	if _, err := converter("flood").JPEG(t.Context(), loaded(picture)); !errors.Is(err, media.ErrHEIC) {
		t.Errorf("one that writes without end: %v", err)
	}
	t.Setenv("GIAHAN_MASTER_KEY", "secret")
	if out, err := converter("print-environment").JPEG(t.Context(), loaded(picture)); err != nil || string(out) != "[]" {
		t.Errorf("its environment is %s, %v", out, err)
	}
	if _, err := heic.New("/nowhere/giahan").JPEG(t.Context(), loaded(picture)); !errors.Is(err, media.ErrHEIC) {
		t.Errorf("a program that is not there: %v", err)
	}
}

func TestIs(t *testing.T) {
	for head, want := range map[string]bool{
		"\x00\x00\x00\x24ftypheic": true, "\x00\x00\x00\x18ftypmif1": true, "\x00\x00\x00\x18ftypavif": false,
		"\x00\x00\x00\x18ftypisom": false, "ftypheic": false, "": false,
	} {
		if heic.Is([]byte(head)) != want {
			t.Errorf("%q: %v", head, !want)
		}
	}
}

func FuzzBoxes(f *testing.F) {
	f.Add(hollow(ispe(4032, 3024), box("colr", []byte("prof"), []byte("icc"))))
	f.Add([]byte("\x00\x00\x00\x01meta\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		err := heic.Bounded(b)
		if err != nil && !errors.Is(err, media.ErrHEIC) && !errors.Is(err, media.ErrDimensions) {
			t.Error(err)
		}
		if icc := heic.Profile(b); len(icc) > len(b) {
			t.Error("a profile longer than its file")
		}
	})
}

func box(name string, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), name...), content...)
}

func loaded(b []byte) func() ([]byte, error) { return func() ([]byte, error) { return b, nil } }

// hollow is a file with these properties and no picture.
func hollow(properties ...[]byte) []byte {
	return append(box("ftyp", []byte("heic\x00\x00\x00\x00")), box("meta", make([]byte, 4), box("iprp", box("ipco", properties...)))...)
}

func ispe(w, h uint32) []byte {
	return box("ispe", make([]byte, 4), binary.BigEndian.AppendUint32(nil, w), binary.BigEndian.AppendUint32(nil, h))
}
