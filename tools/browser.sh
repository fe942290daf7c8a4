#!/bin/sh
# Sees to a Chromium for the browser tests, and to a font with Chinese characters for their screenshots.
set -eu
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then
    found=$name
    break
  fi
done
fonts=yes
if command -v fc-list >/dev/null 2>&1 && [ -z "$(fc-list :lang=zh family 2>/dev/null | head -n 1)" ]; then
  fonts=no
fi
[ -n "${found:-}" ] && [ "$fonts" = yes ] && exit 0

packages=""
[ -n "${found:-}" ] || packages="chromium"
[ "$fonts" = yes ] && [ -n "${found:-}" ] || packages="$packages fonts-noto-cjk"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the browser tests: $packages"
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  # the headless shell is smaller and quicker; an older system has only the whole browser
  shell=$(echo "$packages" | sed 's/^chromium/chromium-headless-shell/')
  if (apt-get update -qq && { apt-get install -y -qq --no-install-recommends $shell \
      || apt-get install -y -qq --no-install-recommends $packages; }) >"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  tail -n 5 "$log" >&2
fi
if [ -n "${found:-}" ]; then
  echo "No font with Chinese characters was found; screenshots will show boxes." >&2
  exit 0
fi
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium) and run make test again." >&2
exit 1
