package main

import (
	"context"
	"os"
	"testing"

	"giahan/cmd/sandbox/objectstore"
	"giahan/migrations/dbtest"
)

// TestMain lets the test binary be the object store's child process, the one that converts pictures and a service to be killed, and gives the tests a PostgreSQL.
// What the whole process writes to standard error is judged too.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && (os.Args[1] == convertHEIC || os.Args[1] == serveAlone) || len(os.Args) == 3 && os.Args[1] == renderPDF {
		os.Exit(command(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
	}
	objectstore.RunChild()
	stop := stderr.listen()
	os.Exit(stop(dbtest.Run(m)))
}
