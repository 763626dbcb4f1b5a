package resident

import (
	"context"
	"fmt"
	"os"
	"testing"

	"giahan/cmd/sandbox/objectstore"
	"giahan/migrations/dbtest"
)

// One real S3 store for all tests; each house has a bucket of its own.
var objects *objectstore.Store

func TestMain(m *testing.M) {
	objectstore.RunChild()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "giahan-resident-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if objects, err = objectstore.Start(context.Background(), objectstore.Options{Dir: dir}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer objects.Stop(context.Background())
	return dbtest.Run(m)
}
