package objectstore

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// parentOf marks this test binary, run again, as a parent that starts a store in that folder and waits to be killed.
const parentOf = "GIAHAN_TEST_STORE_PARENT_OF"

func TestMain(m *testing.M) {
	RunChild()
	if dir := os.Getenv(parentOf); dir != "" {
		s, err := Start(context.Background(), Options{Dir: dir})
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		fmt.Println(s.Endpoint())
		io.Copy(io.Discard, os.Stdin)
		return
	}
	os.Exit(m.Run())
}

func mustStart(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Start(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(context.Background()) })
	return s
}

func client(t *testing.T, s *Store, secret string) *minio.Client {
	t.Helper()
	c, err := minio.New(strings.TrimPrefix(s.Endpoint(), "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey(), secret, ""), Region: Region, MaxRetries: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// put sends the checksum as a header, as media/blob does: the gateway refuses the trailing form.
func put(t *testing.T, c *minio.Client, name string, content []byte) {
	t.Helper()
	sum := sha256.Sum256(content)
	_, err := minio.Core{Client: c}.PutObject(t.Context(), "photos", name, bytes.NewReader(content), int64(len(content)), "", hex.EncodeToString(sum[:]),
		minio.PutObjectOptions{
			ContentType:          "application/octet-stream",
			UserMetadata:         map[string]string{"kind": "portrait", "x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum[:])},
			DisableContentSha256: true,
		})
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, c *minio.Client, name string, want []byte) {
	t.Helper()
	o, err := c.GetObject(t.Context(), "photos", name, minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	got, err := io.ReadAll(o)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, error %v", len(got), err)
	}
	info, err := o.Stat()
	if err != nil || info.ContentType != "application/octet-stream" || info.UserMetadata["Kind"] != "portrait" {
		t.Errorf("type %q, metadata %v, error %v", info.ContentType, info.UserMetadata, err)
	}
}

func TestObjectsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	content := bytes.Repeat([]byte("ảnh chân dung "), 100_000)
	first := mustStart(t, dir)
	c := client(t, first, first.SecretKey())
	if err := c.MakeBucket(t.Context(), "photos", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	put(t, c, "a/b", content)
	check(t, c, "a/b", content)
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := mustStart(t, dir)
	if second.AccessKey() != first.AccessKey() || second.SecretKey() != first.SecretKey() {
		t.Error("the keys changed")
	}
	c = client(t, second, second.SecretKey())
	check(t, c, "a/b", content)
	if err := c.RemoveObject(t.Context(), "photos", "a/b", minio.RemoveObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.StatObject(t.Context(), "photos", "a/b", minio.StatObjectOptions{}); minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		t.Errorf("removed object: %v", err)
	}
}

func TestMetadataInFilesWhereAttributesAreMissing(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "metadata"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := mustStart(t, dir)
	c := client(t, s, s.SecretKey())
	if err := c.MakeBucket(t.Context(), "photos", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	put(t, c, "a", []byte("x"))
	if kept, err := os.ReadDir(filepath.Join(dir, "metadata")); err != nil || len(kept) == 0 {
		t.Errorf("nothing beside the objects: %v", err)
	}
	s.Stop(t.Context())
	s = mustStart(t, dir)
	check(t, client(t, s, s.SecretKey()), "a", []byte("x"))
}

func TestWithoutTheKeyNothingOpens(t *testing.T) {
	dir := t.TempDir()
	s := mustStart(t, dir)
	if _, err := client(t, s, "wrong").ListBuckets(t.Context()); minio.ToErrorResponse(err).Code != minio.SignatureDoesNotMatch {
		t.Errorf("wrong key: %v", err)
	}
	fi, err := os.Stat(filepath.Join(dir, "keys.json"))
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("keys file: %v, %v", fi, err)
	}
}

func TestTwoStoresSideBySide(t *testing.T) {
	a, b := mustStart(t, t.TempDir()), mustStart(t, t.TempDir())
	if a.Endpoint() == b.Endpoint() || a.SecretKey() == b.SecretKey() {
		t.Error("two stores share an address or a key")
	}
}

func TestKilledParentTakesTheGatewayAlong(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	parent := exec.Command(self)
	parent.Env = append(os.Environ(), parentOf+"="+dir)
	in, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		t.Fatalf("parent said %q, error %v", line, err)
	}
	address := strings.TrimPrefix(strings.TrimSpace(line), "http://")
	parent.Process.Kill()
	parent.Wait()
	for deadline := time.Now().Add(10 * time.Second); ; {
		c, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		c.Close()
		if time.Now().After(deadline) {
			t.Fatal("the gateway lives on")
		}
	}
	mustStart(t, dir)
}

func TestUnreadableKeysAreOneClearSentence(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "keys.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "keys.json") {
		t.Errorf("got %v", err)
	}
}
