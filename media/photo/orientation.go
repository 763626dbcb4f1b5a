package photo

import (
	"bytes"
	"encoding/binary"
)

// Which way up a picture was taken is the one thing that we read from its metadata; all of it is then left behind.
// The readers below never allocate, never follow more than one offset, and answer 1 (upright) to anything odd.

const (
	uprightAlready = 1
	tagOrientation = 0x0112
	typeShort      = 3
	maxTags        = 512 // in the first directory; cameras write about fifteen
)

// orientationPNG looks for the eXIf chunk (PNG third edition, 11.3.3.7).
func orientationPNG(b []byte) int { return orientationTIFF(chunkPNG(b, "eXIf")) }

// chunkPNG gives the data of the first chunk of a name; nil where there is none.
func chunkPNG(b []byte, name string) []byte {
	for i := 8; i+12 <= len(b); {
		size := int(binary.BigEndian.Uint32(b[i:]))
		if size > len(b)-i-12 {
			break
		}
		if string(b[i+4:i+8]) == name {
			return b[i+8 : i+8+size]
		}
		i += 12 + size
	}
	return nil
}

// orientationWebP looks for the EXIF chunk; some writers put the JPEG prefix before it.
func orientationWebP(b []byte) int {
	for i := 12; i+8 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[i+4:]))
		if size > len(b)-i-8 {
			break
		}
		if string(b[i:i+4]) == "EXIF" {
			return orientationTIFF(bytes.TrimPrefix(b[i+8:i+8+size], []byte("Exif\x00\x00")))
		}
		i += 8 + size + size&1
	}
	return uprightAlready
}

// orientationTIFF reads tag 0x0112 of the first directory.
func orientationTIFF(b []byte) int {
	if len(b) < 8 {
		return uprightAlready
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return uprightAlready
	}
	start := int(order.Uint32(b[4:]))
	if start < 8 || start+2 > len(b) {
		return uprightAlready
	}
	entries := b[start+2:]
	for range min(int(order.Uint16(b[start:])), maxTags, len(entries)/12) {
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return uprightAlready
		}
		entries = entries[12:]
	}
	return uprightAlready
}
