#!/bin/sh
# Builds the console into the folder given (default: dist beside this file). Installs its tools when they are absent.
# Usage: console/build.sh [FOLDER]. SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case "${1:-$here/dist}" in
/*) out=${1:-$here/dist} ;;
*) out=$PWD/$1 ;;
esac
cd "$here"
if ! [ -x node_modules/.bin/tsc ] || ! [ -d node_modules/esbuild ] || ! [ -d node_modules/preact ]; then
	npm ci --no-audit --no-fund
fi
node_modules/.bin/tsc --noEmit
node build.mjs "$out"
