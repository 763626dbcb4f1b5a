package blob

import (
	"context"
	"fmt"
	"os"
	"testing"

	"giahan/cmd/sandbox/objectstore"
)

// One real S3 store for all tests; each test has a bucket of its own. It is the embedded one, or the service that GIAHAN_S3_ENDPOINT and its
// account name: what these tests show of one holds for the other then.
var endpoint, accessKey, secretKey = os.Getenv("GIAHAN_S3_ENDPOINT"), os.Getenv("GIAHAN_S3_ACCESS_KEY"), os.Getenv("GIAHAN_S3_SECRET_KEY")

func TestMain(m *testing.M) {
	objectstore.RunChild()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if endpoint != "" {
		return m.Run()
	}
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
