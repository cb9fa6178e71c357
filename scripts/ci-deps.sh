#!/usr/bin/env bash
# Install what the tests read our files with, besides Python: Debian's rapper, and the npm packages of tests/*/package-lock.json and frontend/.
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

# The compiler of tests/faults/faults.c.
if ! command -v cc >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null || echo "gcc could not be installed"
  else
    echo "A C compiler is missing: install the packages gcc and libc6-dev"
  fi
fi

# Triple stores that `kg load` is tested with.
if ! command -v virtuoso-t >/dev/null || [ ! -e /usr/share/java/jena-tdb2.jar ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      virtuoso-opensource-7-bin libapache-jena-java default-jre-headless >/dev/null || echo "Virtuoso and Jena could not be installed"
  else
    echo "Virtuoso or Jena is missing: install the packages virtuoso-opensource-7-bin and libapache-jena-java"
  fi
fi

# The browser that the explorer page is tested with, and a Chinese font for it.
if ! command -v chromium >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      chromium fonts-wqy-microhei >/dev/null || echo "Chromium could not be installed"
  else
    echo "Chromium is missing: install the packages chromium and fonts-wqy-microhei"
  fi
fi

if command -v npm >/dev/null; then
  for lock in tests/*/package-lock.json frontend/package-lock.json; do
    [ -e "$lock" ] || continue
    npm ci --prefix "$(dirname "$lock")" --no-audit --no-fund --silent || echo "npm ci failed for $(dirname "$lock")"
  done
else
  echo "npm is missing: install the packages nodejs and npm"
fi
