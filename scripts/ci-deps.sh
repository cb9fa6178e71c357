#!/usr/bin/env bash
# Install what the tests read our files with, besides Python: Debian's rapper, and the npm packages of tests/*/package-lock.json.
# Does what it may: without root or a network it says so and goes on; the tests then skip (or, with CI=true, fail).
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v rapper >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends raptor2-utils >/dev/null || echo "rapper could not be installed"
  else
    echo "rapper is missing: install the package raptor2-utils"
  fi
fi

if command -v npm >/dev/null; then
  for lock in tests/*/package-lock.json; do
    [ -e "$lock" ] || continue
    npm ci --prefix "$(dirname "$lock")" --no-audit --no-fund --silent || echo "npm ci failed for $(dirname "$lock")"
  done
else
  echo "npm is missing: install the packages nodejs and npm"
fi
