package identity

import (
	"errors"
	"fmt"
	"testing"
)

type sqlError struct{ code, text string }

func (e sqlError) Error() string    { return "ERROR: " + e.text + " (SQLSTATE " + e.code + ")" }
func (e sqlError) SQLState() string { return e.code }

func TestDiscreet(t *testing.T) {
	cause := sqlError{"22007", `invalid input syntax for type date: "12 đường Mẫu"`}
	err := Discreet(fmt.Errorf("save contact: %w", cause))
	if err.Error() != "save contact: SQLSTATE 22007" || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
	if err := Discreet(sqlError{"P0001", "042176003218"}); err.Error() != "SQLSTATE P0001" {
		t.Errorf("what a trigger says: %v", err)
	}
	for _, plain := range []error{errors.New("x"), sqlError{"42703", `column "y" does not exist`}} {
		if err := Discreet(plain); err.Error() != plain.Error() {
			t.Errorf("%v became %v", plain, err)
		}
	}
	if Discreet(nil) != nil {
		t.Error("nothing became something")
	}
}
