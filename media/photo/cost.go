package photo

// What a decoder will need is known from the header, and asked before it runs: one picture may cost media.MaxDecoded.

// costPNG reads depth, colour type and interlacing of the header chunk. An interlaced picture is put together from passes; a grey one with
// a transparent shade (tRNS) is delivered in four channels.
func costPNG(b []byte, w, h int) int {
	const depthAt, typeAt, interlaceAt = 24, 25, 28
	if len(b) <= interlaceAt {
		return w * h * 8
	}
	kind := b[typeAt]
	if kind == 0 && chunkPNG(b, "tRNS") != nil {
		kind = 4 // grey with transparency
	}
	per := map[byte]int{0: 1, 2: 4, 3: 1, 4: 4, 6: 4}[kind]
	if b[depthAt] == 16 {
		per = map[byte]int{0: 2}[kind]
		if per == 0 {
			per = 8
		}
	}
	if b[interlaceAt] != 0 {
		per *= 2
	}
	return w * h * max(1, per)
}

// costWebP: a lossy picture is a sample and a half per pixel and perhaps an alpha plane made of a lossless one; a lossless one is
// held twice while its transforms are undone.
func costWebP(b []byte, w, h int) int {
	if len(b) >= 16 && string(b[12:16]) == "VP8 " {
		return w * h * 3 / 2
	}
	return w * h * 8
}
