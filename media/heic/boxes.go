package heic

import (
	"encoding/binary"
	"fmt"

	"giahan/media"
)

// A file is a tree of boxes: four bytes of length, four of name, then the content (ISO/IEC 14496-12, 4.2). The properties of its pictures
// are in meta/iprp/ipco: each ispe says how large one is, a colr of the type prof or rICC has the ICC profile.

// each calls visit for every box of b, in order, until it answers false; what does not fit together ends the walk.
func each(b []byte, visit func(name string, content []byte) bool) {
	for len(b) >= 8 {
		size, from := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		switch size {
		case 0: // to the end
			size = uint64(len(b))
		case 1: // a long one
			if len(b) < 16 {
				return
			}
			size, from = binary.BigEndian.Uint64(b[8:]), 16
		}
		if size < from || size > uint64(len(b)) || !visit(string(b[4:8]), b[from:size]) {
			return
		}
		b = b[size:]
	}
}

// inside is the content of the first box of that name.
func inside(b []byte, name string) (found []byte) {
	each(b, func(n string, content []byte) bool {
		if n == name {
			found = content
		}
		return n != name
	})
	return found
}

// properties is the content of ipco.
func properties(picture []byte) []byte {
	meta := inside(picture, "meta")
	if len(meta) < 4 { // version and flags come first
		return nil
	}
	return inside(inside(meta[4:], "iprp"), "ipco")
}

// bounded refuses a file whose pictures are larger than those we decode, before anything is decoded. It answers media.ErrHEIC where the file
// does not say how large they are.
func bounded(picture []byte) error {
	widest := 0
	var err error
	each(properties(picture), func(name string, content []byte) bool {
		if name != "ispe" || len(content) < 12 {
			return true
		}
		w, h := int64(binary.BigEndian.Uint32(content[4:])), int64(binary.BigEndian.Uint32(content[8:]))
		if w > media.MaxSide || h > media.MaxSide || w*h > media.MaxPixels {
			err = fmt.Errorf("%w: %d x %d", media.ErrDimensions, w, h)
		}
		widest = max(widest, int(min(w, h)))
		return err == nil
	})
	switch {
	case err != nil:
		return err
	case widest == 0:
		return fmt.Errorf("%w: no size", media.ErrHEIC)
	case widest < media.MinSide:
		return fmt.Errorf("%w: %d wide", media.ErrDimensions, widest)
	}
	return nil
}

// profile is the first ICC profile; nil where there is none.
func profile(picture []byte) (icc []byte) {
	each(properties(picture), func(name string, content []byte) bool {
		if name == "colr" && len(content) > 4 && (string(content[:4]) == "prof" || string(content[:4]) == "rICC") {
			icc = content[4:]
		}
		return icc == nil
	})
	return icc
}
