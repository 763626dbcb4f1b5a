// Command giahan is the service: serve answers pages and does jobs, work does jobs alone, migrate brings the database up to
// date, seed writes staff, doctor says what is wrong. Configuration is the environment, see README.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata"

	"giahan/media/heic"
	"giahan/media/pdf"
)

const usage = `giahan serve    answer pages and do jobs
giahan work     do jobs only
giahan migrate  bring the database up to date
giahan seed F   write the staff of file F (JSON; - is standard input), sign out who has left
giahan audit verify -keys F [-published F]
                check every history against the list that was published and kept; wants only DATABASE_URL, for reading
giahan rewrap   bring every picture and sealed column under the newest master key; then the old one may go
giahan hold C N W
                keep the case with code C whatever its age; N is who says so, W names the paper that demands it;
                giahan release C N W ends that
giahan doctor   check configuration, database, object store, partners, rules and every history
giahan doctor D check the rules of folder D alone; needs no configuration
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(command(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// convertHEIC and renderPDF are the words with which the service starts itself to make a picture of one; they are for no person. Behind
// renderPDF stands the tool that it becomes.
const (
	convertHEIC = "convert-heic"
	renderPDF   = "render-pdf"
)

// errUsage says that the words of the call are off.
var errUsage = errors.New("usage")

// command runs one command and answers the exit code: 0 done, 1 failed, 2 wrong words or configuration.
func command(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return 2
	}
	if args[0] == convertHEIC { // before anything is read: this process gives up its rights
		return report(args[0], heic.Serve(os.Stdin, os.Stdout), stderr)
	}
	if args[0] == renderPDF && len(args) == 2 {
		return report(args[0], pdf.Serve(args[1]), stderr)
	}
	if args[0] == "audit" {
		return report(args[0], auditVerify(ctx, args[1:], getenv("DATABASE_URL"), stdout), stderr)
	}
	if args[0] == "doctor" && len(args) == 2 {
		return report(args[0], doctorRules(args[1], stdout), stderr)
	}
	cfg, err := readConfig(getenv)
	if err != nil && args[0] != "help" {
		fmt.Fprintf(stderr, "giahan: configuration:\n%v\n", err)
		return 2
	}
	log := slog.New(slog.NewJSONHandler(stdout, nil))
	return report(args[0], dispatch(ctx, args, cfg, log, stdout), stderr)
}

// report says how a command ended and gives the exit code.
func report(name string, err error, stderr io.Writer) int {
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprint(stderr, usage)
		return 2
	}
	fmt.Fprintf(stderr, "giahan %s: %v\n", name, err)
	return 1
}

func dispatch(ctx context.Context, args []string, cfg config, log *slog.Logger, stdout io.Writer) error {
	switch args[0] {
	case "serve":
		listener, err := net.Listen("tcp", cfg.Listen)
		if err != nil {
			return fmt.Errorf("cannot listen on %s: %w", cfg.Listen, err)
		}
		return run(ctx, cfg, log, listener)
	case "work":
		cfg.Workers = true
		return run(ctx, cfg, log, nil)
	case "migrate":
		return migrate(ctx, cfg)
	case "seed":
		if len(args) != 2 {
			return errUsage
		}
		return seed(ctx, cfg, args[1])
	case "rewrap":
		return rewrap(ctx, cfg, stdout)
	case "hold", "release":
		if len(args) != 4 || strings.TrimSpace(args[2]) == "" || strings.TrimSpace(args[3]) == "" {
			return errUsage
		}
		return hold(ctx, cfg, args[1:], args[0] == "hold", stdout)
	case "doctor":
		if len(args) != 1 {
			return errUsage
		}
		return doctor(ctx, cfg, stdout)
	}
	return errUsage
}
