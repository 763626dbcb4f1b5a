#!/bin/sh
# Brings in what the tests need beside Go, but for PostgreSQL, which the tests fetch themselves: Chromium and exiftool from Debian's packages,
# axe-core, sass and a second OpenID provider from npm. It asks nothing. Where something cannot be had it says so: the tests that need it then skip loudly,
# and with CI=true they fail.
set -eu

say() { printf 'tools: %s\n' "$1" >&2; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi </dev/null
}

debian() {
	command -v apt-get >/dev/null 2>&1 || return 1
	as_root sh -c 'apt-get update -qq >/dev/null 2>&1
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "$@" >/dev/null' sh "$@"
}

have() { command -v "$1" >/dev/null 2>&1; }

have chromium || have chromium-browser || have google-chrome || {
	say "installing Chromium for the browser journeys"
	debian chromium fonts-dejavu-core || say "CHROMIUM IS MISSING and cannot be installed here: the browser journeys will be skipped"
}

have exiftool || {
	say "installing exiftool for the check that no metadata is left in a picture"
	debian libimage-exiftool-perl || say "EXIFTOOL IS MISSING and cannot be installed here: that check will be skipped"
}

have pdftoppm || {
	say "installing pdftoppm, which makes pictures of scanned certificates"
	debian poppler-utils || say "PDFTOPPM IS MISSING and cannot be installed here: certificates are not taken as PDF, and the tests of that will be skipped"
}

# What only the benchmarks compare with.
[ "${1-}" != bench ] || have vipsthumbnail || {
	say "installing vipsthumbnail to compare with"
	debian libvips-tools || say "VIPSTHUMBNAIL IS MISSING and cannot be installed here: there is nothing to compare with"
}

# npm_ci FOLDER WHAT CONSEQUENCE: what the folder's lock names, unless it is there.
npm_ci() (
	cd "$1"
	[ -d node_modules ] && ! [ package-lock.json -nt node_modules/.package-lock.json ] && return 0
	have npm || { say "installing npm"; debian npm; } || true
	npm ci --no-audit --no-fund --no-update-notifier --loglevel=error </dev/null >/dev/null ||
		say "$2 and npm cannot fetch it here: $3 will be skipped"
)

npm_ci web/css "AXE-CORE OR SASS IS MISSING" "the accessibility checks and the check of the style sheet"
npm_ci integrations/portal/portalsim/testdata/second "THE SECOND OPENID PROVIDER IS MISSING" "the sign-in against it"
