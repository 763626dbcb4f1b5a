package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// openRules opens the rule book with which the service runs. A broken folder stops the start: to run on with other rules than the
// operator wrote would be worse.
func openRules(cfg config) (*rules.Source, error) {
	book, err := rules.Open(cfg.RulesDir)
	if err != nil {
		return nil, fmt.Errorf("the rules of %s are broken:\n%w", cfg.RulesDir, err)
	}
	return book, nil
}

// reloadRules loads the rule book again at each SIGHUP, until ctx ends.
func (p *parts) reloadRules(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			reload(p.book, p.cfg.RulesDir, p.log)
		}
	}
}

// reload loads the book again and logs what came of it, each problem as a line.
func reload(book *rules.Source, dir string, log *slog.Logger) {
	if dir == "" {
		log.Warn("rules not loaded: GIAHAN_RULES_DIR names no folder, the embedded ones hold")
		return
	}
	err := book.Reload()
	if err == nil {
		log.Info("rules loaded", "folder", dir)
		return
	}
	list := problemsOf(err)
	for _, line := range list {
		log.Error("rules are broken", "problem", line)
	}
	log.Error("rules not loaded: the old ones hold", "folder", dir, "problems", len(list))
}

// problemsOf is every problem of a book, one line each.
func problemsOf(err error) (out []string) {
	var list rules.Problems
	if !errors.As(err, &list) {
		return []string{err.Error()}
	}
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

// doctorRules checks a folder of rules alone, before a service is told of it: it needs no configuration.
func doctorRules(dir string, out io.Writer) error {
	book, err := rules.Load(os.DirFS(dir))
	return sayRules(out, "rules of "+strings.TrimSuffix(dir, "/"), book, err)
}

// sayRules says what is wrong with a book, or what an operator must confirm in it.
func sayRules(out io.Writer, what string, book *licensing.Rules, err error) error {
	if err != nil {
		list := problemsOf(err)
		fmt.Fprintf(out, "FAIL  %-28s %d problems\n", what, len(list))
		for _, line := range list {
			fmt.Fprintf(out, "      %s\n", line)
		}
		return errSick
	}
	fmt.Fprintf(out, "ok    %s\n", what)
	for _, line := range rules.Unsure(book) {
		fmt.Fprintf(out, "check %s\n", line)
	}
	return nil
}
