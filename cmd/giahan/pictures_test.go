package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"giahan/media/photo/phototest"
)

// drawn is a JPEG of what at paints.
func drawn(w, h int, at func(x, y int) color.RGBA) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, at(x, y))
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		panic(err) // into memory, of a picture of our own
	}
	return b.Bytes()
}

// saved puts a picture where a browser can choose it.
func saved(t testing.TB, name string, jpeg []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".jpg")
	if err := os.WriteFile(file, jpeg, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func paper(t testing.TB) string    { return saved(t, "paper", paperJPEG()) }
func portrait(t testing.TB) string { return saved(t, "portrait", portraitJPEG()) }

// paperJPEG looks like lines of writing on a sheet: the picture check likes it.
var paperJPEG = sync.OnceValue(func() []byte {
	return drawn(1200, 1600, func(x, y int) color.RGBA {
		if x > 100 && x < 1100 && y%48 < 14 && (x/9+y/48*5)%7 < 4 {
			return color.RGBA{40, 45, 60, 255}
		}
		return color.RGBA{222, 220, 212, 255}
	})
})

// portraitJPEG is head and shoulders before a blue wall.
var portraitJPEG = sync.OnceValue(func() []byte { return phototest.JPEG(phototest.Portrait(900, 1200, phototest.Blue)) })
