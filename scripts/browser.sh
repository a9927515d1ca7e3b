#!/usr/bin/env bash
# The browser of the journey tests: Debian's chromium where it is there or can be installed, else Playwright's own.
# Called with the Python that has Playwright.
set -euo pipefail
command -v chromium > /dev/null && exit 0
if command -v apt-get > /dev/null; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  if { $as_root apt-get install -qq -y --no-install-recommends chromium \
       || { $as_root apt-get update -qq && $as_root apt-get install -qq -y --no-install-recommends chromium; }; } \
       > /dev/null 2>&1 && command -v chromium > /dev/null; then
    exit 0
  fi
fi
echo "No chromium from the system; Playwright fetches its own."
"$1" -m playwright install chromium
