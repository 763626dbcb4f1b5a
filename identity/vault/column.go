package vault

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// Column is the place of sealed values or of keyed hashes: table and name, "residents.phone". It is a part of what is sealed, so a
// column that is renamed keeps its old name here.
type Column string

// The values that a store hands to a query, and the targets that it hands to Scan. Only a connection that was taught the keys knows
// what to do with them; to every other they are of no type that it has.
type (
	sealing struct {
		column Column
		row    uuid.UUID
		plain  []byte // nil is NULL: where nothing was said there is nothing to hide
		err    error
	}
	opening struct {
		column Column
		row    *uuid.UUID // filled by the time that the column is scanned: the id stands before it
		to     func(plain []byte) error
	}
	hashing struct {
		column Column
		plain  string
	}
	finding hashing
	current struct{}
)

// hidden is what these print as: pgx shows an argument that it could not send in its error, and errors are logged.
const hidden = "[sealed]"

func (sealing) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }
func (opening) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }
func (hashing) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }
func (finding) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// Text gives s to the column; an empty one is NULL.
func (c Column) Text(row uuid.UUID, s string) any {
	if s == "" {
		return sealing{column: c, row: row}
	}
	return sealing{column: c, row: row, plain: []byte(s)}
}

// JSON gives v to the column, as JSON.
func (c Column) JSON(row uuid.UUID, v any) any {
	plain, err := json.Marshal(v)
	return sealing{column: c, row: row, plain: plain, err: err}
}

// Into reads a text from the column; NULL is the empty one. The row's id must be scanned before it, into row.
func Into[T ~string](c Column, row *uuid.UUID, to *T) any {
	return &opening{c, row, func(plain []byte) error { *to = T(plain); return nil }}
}

// IntoJSON reads what JSON wrote; NULL leaves to as it is.
func (c Column) IntoJSON(row *uuid.UUID, to any) any {
	return &opening{c, row, func(plain []byte) error {
		if plain == nil {
			return nil
		}
		if err := json.Unmarshal(plain, to); err != nil {
			return fmt.Errorf("%w: %s: no JSON in it", ErrSealed, c) // err could show a piece of it
		}
		return nil
	}}
}

// Hash gives the column the hash of s under the current key; NULL for an empty s.
func (c Column) Hash(s string) any { return hashing{c, s} }

// Find gives the hashes of s under every key, for "= any($1)".
func (c Column) Find(s string) any { return finding{c, s} }

// Current is the beginning of all values that are sealed under the current key; what begins otherwise waits to be sealed anew.
func Current() any { return current{} }

// Teach makes a connection seal, open and hash: for pgxpool's AfterConnect.
func (k *Keys) Teach(m *pgtype.Map) {
	encode := func(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
		switch value.(type) {
		case sealing, hashing, current:
			return &encoder{keys: k}, []byte(nil), true
		case finding:
			return &encoder{keys: k}, [][]byte(nil), true
		}
		return nil, nil, false
	}
	scan := func(target any) (pgtype.WrappedScanPlanNextSetter, any, bool) {
		if _, ok := target.(*opening); ok {
			return &scanner{keys: k}, new([]byte), true
		}
		return nil, nil, false
	}
	// In front: the others would take a struct for a row of a composite type.
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{encode}, m.TryWrapEncodePlanFuncs...)
	m.TryWrapScanPlanFuncs = append([]pgtype.TryWrapScanPlanFunc{scan}, m.TryWrapScanPlanFuncs...)
}

// encoder seals or hashes, and leaves the bytes to the next.
type encoder struct {
	keys *Keys
	next pgtype.EncodePlan
}

func (e *encoder) SetNext(next pgtype.EncodePlan) { e.next = next }

func (e *encoder) Encode(value any, buf []byte) ([]byte, error) {
	switch v := value.(type) {
	case sealing:
		if v.err != nil || v.plain == nil {
			return nil, v.err // no bytes are NULL
		}
		return e.next.Encode(e.keys.Seal(v.column, v.row, v.plain), buf)
	case hashing:
		if v.plain == "" {
			return nil, nil
		}
		return e.next.Encode(e.keys.Hash(v.column, v.plain), buf)
	case finding:
		return e.next.Encode(e.keys.hashes(v.column, v.plain), buf)
	default:
		return e.next.Encode(e.keys.head(), buf)
	}
}

// scanner opens what the next has read.
type scanner struct {
	keys *Keys
	next pgtype.ScanPlan
}

func (s *scanner) SetNext(next pgtype.ScanPlan) { s.next = next }

func (s *scanner) Scan(src []byte, target any) error {
	into := target.(*opening)
	var sealed []byte
	if err := s.next.Scan(src, &sealed); err != nil || sealed == nil {
		if err == nil {
			err = into.to(nil)
		}
		return err
	}
	plain, err := s.keys.Open(into.column, *into.row, sealed)
	if err != nil {
		return err
	}
	return into.to(plain)
}
