package main

import (
	"testing"

	"giahan/cmd/sandbox/objectstore"
	"giahan/migrations/dbtest"
)

// TestMain lets the test binary be the object store's child process, and gives the tests a PostgreSQL.
func TestMain(m *testing.M) {
	objectstore.RunChild()
	dbtest.Main(m)
}
