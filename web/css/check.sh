#!/bin/sh
# Compiles the style sheet anew and compares it with the committed one.
set -eu
cd "$(dirname "$0")"
if [ ! -d node_modules/sass ]; then
	echo "STYLE SHEET NOT CHECKED: the npm packages are missing" >&2
	if [ "${CI:-}" = true ]; then exit 1; fi
	exit 0
fi
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
node_modules/.bin/sass --load-path=node_modules --style=compressed --no-charset --no-source-map app.scss >"$fresh"
cmp -s "$fresh" ../static/app.css || { echo "web/static/app.css is not what its sources make: run make css" >&2; exit 1; }
