// Command sandbox is everything that one machine needs to see the service work: a PostgreSQL and an S3 store of its own, every
// partner simulated, and the real giahan binary against them. Data lies in .giahan and survives a restart.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"giahan/cmd/sandbox/objectstore"
	"giahan/cmd/sandbox/partners"
	"giahan/cmd/sandbox/people"
	"giahan/cmd/sandbox/postgres"
	"giahan/licensing"
)

// places are the addresses of the sandbox.
type places struct {
	Site    int // residents and officers, by host name
	Metrics int
	Console int // console and all partners
}

func (p places) public() string  { return fmt.Sprintf("http://localhost:%d", p.Site) }
func (p places) officer() string { return fmt.Sprintf("http://officer.localhost:%d", p.Site) }
func (p places) console() string { return fmt.Sprintf("http://localhost:%d", p.Console) }

func main() {
	objectstore.RunChild()
	dir := flag.String("dir", ".giahan", "folder of the data")
	binary := flag.String("giahan", "", "the giahan binary; empty: beside this one")
	at := places{}
	flag.IntVar(&at.Site, "port", 8080, "port of the service")
	flag.IntVar(&at.Metrics, "metrics", 8081, "port of the metrics")
	flag.IntVar(&at.Console, "console", 8090, "port of the console and the partners")
	follow := flag.Bool("follow", false, "end when the program that started this one ends (make run)")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "sandbox: %q is not understood; sandbox -help lists what is\n", flag.Arg(0))
		os.Exit(2)
	}
	if *follow {
		followParent()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends us at once; the children then end by themselves
	if err := sandbox(ctx, *dir, *binary, at); err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "sandbox: %v\n", err)
		os.Exit(1)
	}
}

// sandbox brings everything up in order, waits, and takes it down in the reverse order.
func sandbox(ctx context.Context, dir, binary string, at places) error {
	start := time.Now()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	console, err := free(at)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	keys, err := loadKeys(filepath.Join(dir, "keys.json"))
	if err != nil {
		return err
	}
	office := filepath.Join(dir, "office-keys.pem") // the service wants it as a file of its own
	if err := writeFile(office, []byte(keys.Office)); err != nil {
		return err
	}
	db, err := openDatabase(ctx, dir, log)
	if err != nil {
		return err
	}
	defer db.stop()
	s3, err := objectstore.Start(ctx, objectstore.Options{Dir: filepath.Join(dir, "objects"), Log: log})
	if err != nil {
		return err
	}
	defer quietly(s3.Done(), s3.Stop)
	today := licensing.DateOf(time.Now())
	world, err := partners.New(partners.Options{Origin: at.console(), PublicURL: at.public(), OfficerURL: at.officer(),
		Dir: filepath.Join(dir, "partners"), Secrets: keys.Partners, Today: today, PrintDelay: 20 * time.Second, PostEvery: 20 * time.Second})
	if err != nil {
		return err
	}
	defer world.Close()
	server := &http.Server{Handler: world, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(console)
	defer server.Close()

	svc := service{binary: binary, dir: dir, env: environment(db.dsn, s3, world, keys, office, at)}
	return svc.run(ctx, at, func() { announce(at, today, time.Since(start)) }, db.ended, s3.Done())
}

// free takes the console's port and looks whether the service's are free, so that a port in use ends with one sentence.
func free(at places) (net.Listener, error) {
	if at.Site == at.Metrics || at.Site == at.Console || at.Metrics == at.Console {
		return nil, errors.New("-port, -metrics and -console must be three different ports")
	}
	for _, port := range []int{at.Site, at.Metrics} {
		l, err := listen("", port)
		if err != nil {
			return nil, err
		}
		l.Close()
	}
	return listen("127.0.0.1", at.Console)
}

func listen(host string, port int) (net.Listener, error) {
	if port < 1 || port > 65535 {
		return nil, fmt.Errorf("%d is not a port: choose one from 1024 to 65535", port)
	}
	l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %d is in use: stop the program that uses it, or choose other ports (make run ARGS=\"-port 9080 -metrics 9081 -console 9090\")", port)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("port %d may only be used by root: choose one from 1024 to 65535", port)
	}
	return l, err
}

// database is the one of DATABASE_URL where that is set, else our own.
type database struct {
	dsn   string
	ended <-chan struct{} // never closed for a given one: that is somebody else's
	stop  func()
}

func openDatabase(ctx context.Context, dir string, log *slog.Logger) (database, error) {
	if dsn := os.Getenv("DATABASE_URL"); dsn != "" {
		return database{dsn: dsn, stop: func() {}}, nil
	}
	srv, err := postgres.Start(ctx, postgres.Options{Dir: filepath.Join(dir, "postgres"), Log: log})
	if errors.Is(err, postgres.ErrRunning) {
		return database{}, fmt.Errorf("another sandbox runs on %s: stop it, or choose another folder (make run ARGS=\"-dir /tmp/other …\")", dir)
	}
	if err != nil {
		return database{}, err
	}
	return database{srv.DSN(), srv.Done(), func() { quietly(srv.Done(), srv.Stop) }}, nil
}

// quietly stops a part. What has ended by itself gives back what it held; that it ended is said elsewhere.
func quietly(ended <-chan struct{}, stop func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	gone := false
	select {
	case <-ended:
		gone = true
	default:
	}
	if err := stop(ctx); err != nil && !gone {
		fmt.Fprintf(os.Stderr, "sandbox: %v\n", err)
	}
}

// announce says that everything is ready, with the addresses and whom to sign in as.
func announce(at places, today licensing.Date, took time.Duration) {
	fmt.Println("\nResidents, sign in as:")
	for _, r := range people.Residents(today) {
		fmt.Printf("  %-28s %s\n", r.FullName, r.AboutEnglish)
	}
	fmt.Println("Officers, sign in as:")
	for _, o := range people.Staff() {
		fmt.Printf("  %-28s %s\n", o.FullName, o.Roles)
	}
	fmt.Printf("\nready in %s: residents %s | officers %s | console %s | health %s/healthz %s/readyz | metrics http://localhost:%d/metrics\n",
		took.Round(10*time.Millisecond), at.public(), at.officer(), at.console(), at.public(), at.public(), at.Metrics)
}

// environment is what the service is told, as in production but for the mode.
func environment(dsn string, s3 *objectstore.Store, world *partners.World, k keys, office string, at places) []string {
	env := map[string]string{
		"GIAHAN_MODE": "sandbox", "DATABASE_URL": dsn, "GIAHAN_LISTEN": fmt.Sprintf(":%d", at.Site),
		"GIAHAN_METRICS_LISTEN": fmt.Sprintf("127.0.0.1:%d", at.Metrics), "GIAHAN_PUBLIC_URL": at.public(), "GIAHAN_OFFICER_URL": at.officer(),
		"GIAHAN_POLL": "2s", "GIAHAN_S3_ENDPOINT": s3.Endpoint(), "GIAHAN_S3_ACCESS_KEY": s3.AccessKey(), "GIAHAN_S3_SECRET_KEY": s3.SecretKey(),
		"GIAHAN_MASTER_KEY": k.Master, "GIAHAN_OFFICE_KEYS": office, "GIAHAN_OFFICE_CODE": people.Office, "GIAHAN_OFFICE_NAME": "Sở Giao thông vận tải Hà Tĩnh",
		"GIAHAN_OFFICE_PHONE": "02393000000", "GIAHAN_OFFICE_ADDRESS": "Số 1 đường Mẫu, phường Thành Sen, tỉnh Hà Tĩnh",
		"GIAHAN_OFFICE_HOURS":    "thứ Hai đến thứ Sáu, 7:30 đến 17:00",
		"GIAHAN_OFFICE_HOURS_EN": "Monday to Friday, 7:30 to 17:00",
	}
	for k, v := range world.Env() {
		env[k] = v
	}
	if tool, err := exec.LookPath("pdftoppm"); err == nil {
		env["GIAHAN_PDFTOPPM"] = tool
	}
	out := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	for k, v := range env {
		out = append(out, k+"="+v)
	}
	return out
}
