# make run    everything on this machine: database, object store, partners, the service (ARGS="-port 9080 …" for other ports)
# make test   all checks and tests; installs what they need where it may
# make long   the long proofs: tampering with histories, a million lines of them verified, 100 kills in an upload, a million requests
# make bench  the benchmarks
# make css    the style sheet from its sources; make generate: the pages from their templates

GO  ?= go
BIN := .giahan/bin
# No stamp of the repository's state: git refuses to tell it where the clone belongs to another user.
# The tag keeps the HEIC decoder inside its WebAssembly: without it pictures of iPhones are not decoded at all.
export GOFLAGS += -mod=readonly -buildvcs=false -tags=nodynamic

.NOTPARALLEL:
.PHONY: run build test check unit tools long bench css generate clean

run: build
	@exec $(BIN)/sandbox -follow $(ARGS)

build:
	@test -e $(BIN)/sandbox || echo "building; the first time this takes two or three minutes"
	@$(GO) build -trimpath -o $(BIN)/ ./cmd/giahan ./cmd/sandbox

test: tools check unit
	@echo "make test: all passed"

check:
	@echo "== format"; files=$$(gofmt -l cmd identity integrations licensing media migrations web) && test -z "$$files" || { echo "gofmt: $$files"; exit 1; }
	@echo "== modules"; $(GO) mod verify >/dev/null
	@out=$$($(GO) mod tidy -diff 2>&1) && exit 0; echo "$$out"; \
	  case "$$out" in *"+++ tidy/"*) echo "go.mod and go.sum do not fit the code: commit what go mod tidy makes"; exit 1;; esac; \
	  echo "NOT CHECKED: whether go.mod is tidy, because a module could not be had"; test "$$CI" != true
	@echo "== generated pages"; before=$$(find web -name '*_templ.go' | sort | xargs sha256sum); $(GO) tool templ generate -path web -log-level error; \
	  after=$$(find web -name '*_templ.go' | sort | xargs sha256sum); test "$$before" = "$$after" || { echo "pages were not up to date: commit what make generate made"; exit 1; }
	@echo "== style sheet"; sh web/css/check.sh
	@echo "== vet"; $(GO) vet ./...
	@echo "== staticcheck"; $(GO) tool staticcheck ./...

unit:
	@echo "== tests"; GIAHAN_AXE=$$PWD/web/css/node_modules/axe-core/axe.min.js $(GO) test -timeout 9m ./...

# What the tests need beside Go. Where it cannot be installed the tests that want it say so loudly, and in CI they fail.
tools:
	@sh cmd/sandbox/tools.sh

# What make test tries in small, whole. One after the other: each wants the machine for itself.
long:
	$(GO) test ./licensing/audit -run Tamperings -tampering 10000 -count 1 -v -timeout 20m
	$(GO) test ./cmd/giahan -run KilledInTheMiddle -kills 100 -count 1 -v -timeout 30m
	$(GO) test ./licensing/audit -run '^$$' -bench Verify -benchtime 1x -timeout 20m
	GIAHAN_REQUESTS=1000000 $(GO) test ./cmd/giahan -run NobodyReads -count 1 -v -timeout 2h

# Only packages that have one: the others would start a database for nothing.
bench:
	@sh cmd/sandbox/tools.sh bench
	@$(GO) test -run '^$$' -bench . -benchmem -timeout 20m \
	  $$(grep -rl --include='*_test.go' '^func Benchmark' cmd identity integrations licensing media migrations web | xargs -n1 dirname | sort -u | sed 's|^|./|')

css:
	cd web/css && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build

generate:
	$(GO) tool templ generate -path web
	$(GO) test ./licensing ./migrations -run 'Diagram|Schema' -update

clean:
	rm -rf $(BIN)
