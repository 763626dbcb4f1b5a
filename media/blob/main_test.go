package blob

import (
	"context"
	"fmt"
	"os"
	"testing"

	"giahan/cmd/sandbox/objectstore"
)

// One real S3 store for all tests; each test has a bucket of its own.
var endpoint, accessKey, secretKey string

func TestMain(m *testing.M) {
	objectstore.RunChild()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "giahan-blob-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	s, err := objectstore.Start(context.Background(), objectstore.Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer s.Stop(context.Background())
	endpoint, accessKey, secretKey = s.Endpoint(), s.AccessKey(), s.SecretKey()
	return m.Run()
}
