package main

import (
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// drawn writes a JPEG that the picture check likes: a sharp pattern for paper, a figure on blue for a portrait.
func drawn(t testing.TB, name string, w, h int, at func(x, y int) color.RGBA) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, at(x, y))
		}
	}
	file := filepath.Join(t.TempDir(), name+".jpg")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := jpeg.Encode(f, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return file
}

// paper looks like lines of writing on a sheet.
func paper(t testing.TB) string {
	return drawn(t, "paper", 1200, 1600, func(x, y int) color.RGBA {
		if x > 100 && x < 1100 && y%48 < 14 && (x/9+y/48*5)%7 < 4 {
			return color.RGBA{40, 45, 60, 255}
		}
		return color.RGBA{222, 220, 212, 255}
	})
}

// portrait looks like head and shoulders before a blue wall.
func portrait(t testing.TB) string {
	return drawn(t, "portrait", 900, 1200, func(x, y int) color.RGBA {
		dx, dy := float64(x-450)/230, float64(y-480)/300
		switch {
		case dx*dx+dy*dy < 1:
			if (x/12+y/12)%9 == 0 {
				return color.RGBA{120, 80, 60, 255}
			}
			return color.RGBA{224, 180, 150, 255}
		case y > 820 && x > 120 && x < 780:
			if (x/10+y/14)%5 == 0 {
				return color.RGBA{230, 230, 235, 255}
			}
			return color.RGBA{70, 70, 90, 255}
		}
		return color.RGBA{60, 130, 205, 255}
	})
}
