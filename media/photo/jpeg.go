package photo

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// Markers of a JPEG (ITU-T T.81, table B.1).
const (
	markerBaseline    = 0xc0
	markerExtended    = 0xc1
	markerProgressive = 0xc2
	markerEnd         = 0xd9
	markerScan        = 0xda
	markerAPP1        = 0xe1
	markerAPP2        = 0xe2
	markerAPP14       = 0xee
)

// segments walks a JPEG from marker to marker, over the data of its scans and over whatever image/jpeg steps over too: what we
// do not see must not be there for the decoder either. It allocates nothing.
func segments(b []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for i := 2; i+4 <= len(b); {
			marker := b[i+1]
			switch {
			case b[i] != 0xff || marker == 0xff: // rubbish, or a fill byte
				i++
				continue
			case marker == 0 || isRestart(marker):
				i += 2
				continue
			}
			size := int(binary.BigEndian.Uint16(b[i+2:]))
			if marker == markerEnd || size < 2 || i+2+size > len(b) || !yield(marker, b[i+4:i+2+size]) {
				return
			}
			if i += 2 + size; marker == markerScan {
				i += scanData(b[i:])
			}
		}
	}
}

func isRestart(marker byte) bool { return marker >= 0xd0 && marker <= 0xd7 }

// scanData gives how many bytes a scan's data takes: up to a marker that is neither a stuffed byte nor a restart.
func scanData(b []byte) int {
	for i := 0; ; i += 2 {
		n := bytes.IndexByte(b[i:], 0xff)
		if n < 0 || i+n+1 >= len(b) {
			return len(b)
		}
		if i += n; b[i+1] != 0 && !isRestart(b[i+1]) {
			return i
		}
	}
}

// metadata is what of a JPEG comes before the first scan.
func metadata(b []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for marker, body := range segments(b) {
			if marker == markerScan || !yield(marker, body) {
				return
			}
		}
	}
}

// orientationJPEG looks for the Exif segment.
func orientationJPEG(b []byte) int {
	for marker, body := range metadata(b) {
		if exif, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == markerAPP1 {
			return orientationTIFF(exif)
		}
	}
	return uprightAlready
}

// profileJPEG collects the ICC profile from its segments; number and count are not needed, for writers keep the order.
func profileJPEG(b []byte) []byte {
	var out []byte
	for marker, body := range metadata(b) {
		part, ok := bytes.CutPrefix(body, []byte("ICC_PROFILE\x00"))
		if ok && marker == markerAPP2 && len(part) > 2 && len(out)+len(part) <= maxProfile {
			out = append(out, part[2:]...)
		}
	}
	return out
}

// A JPEG of a few megabytes can hold a hundred thousand scans, each of which walks the whole picture; encoders write ten.
const maxScans = 32

// costJPEG gives the bytes that image/jpeg sets aside: a byte for each sample, four more for each coefficient of a progressive
// picture, and a copy of four bytes a pixel where the colours are four, or red, green and blue. Below zero: it has too many scans.
func costJPEG(b []byte, w, h int) int {
	samples, progressive, copied, scans := 64, true, false, 0 // samples of 16 pixels; where no frame header is found, the worst
	for marker, body := range segments(b) {
		switch marker {
		case markerBaseline, markerExtended, markerProgressive:
			samples, progressive = samplesJPEG(body), marker == markerProgressive
			copied = copied || copiedJPEG(body)
		case markerAPP14: // of Adobe: colours that are not transformed, which is what a file of red, green and blue says
			copied = copied || len(body) >= 12 && string(body[:5]) == "Adobe" && body[11] == 0
		case markerScan:
			if scans++; scans > maxScans {
				return -1
			}
		}
	}
	bytes := samples
	if progressive {
		bytes += 4 * samples
	}
	if copied || samples > 3*16 {
		bytes += 4 * 16
	}
	return w * h / 16 * bytes
}

// copiedJPEG says whether a frame header names four colours, or three by the letters of red, green and blue.
func copiedJPEG(frame []byte) bool {
	const count, components, each = 5, 6, 3
	if len(frame) <= count || frame[count] == 4 {
		return true
	}
	return frame[count] == 3 && len(frame) >= components+3*each && frame[components] == 'R' && frame[components+each] == 'G' && frame[components+2*each] == 'B'
}

// samplesJPEG reads the sampling factors of a frame header: how many samples 16 pixels have, 64 at most.
func samplesJPEG(frame []byte) int {
	const components, each = 6, 3
	wide, high, sum := 1, 1, 0
	for i := components; i+each <= len(frame) && i < components+4*each; i += each {
		h, v := int(frame[i+1]>>4), int(frame[i+1]&15)
		wide, high, sum = max(wide, h), max(high, v), sum+h*v
	}
	if sum == 0 || len(frame) < components+each {
		return 64
	}
	return min(64, (16*sum+wide*high-1)/(wide*high))
}
