#!/bin/sh
# Brings in what the tests need beside Go: PostgreSQL and Chromium from Debian's packages, axe-core and sass from npm. Where this
# user may not install, it says so: the tests that need the tool then skip loudly, and in CI they fail.
set -eu

say() { printf 'tools: %s\n' "$1" >&2; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

debian() {
	command -v apt-get >/dev/null 2>&1 || return 1
	as_root sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "$@"
}

if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
	say "installing Chromium for the browser journeys"
	debian chromium || say "CHROMIUM IS MISSING and cannot be installed here: the browser journeys will be skipped"
fi

if [ ! -f web/css/node_modules/axe-core/axe.min.js ] || [ ! -d web/css/node_modules/sass ]; then
	if command -v npm >/dev/null 2>&1; then
		(cd web/css && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
	else
		say "NPM IS MISSING: the accessibility checks and the check of the style sheet will be skipped"
	fi
fi
