#!/bin/sh
# Builds the front-end assets with the system's node >= 20, else with the node that pip can install.
# usage: tools/assets.sh BIN [npm script, default build]
set -eu
bin=$(cd "$1" && pwd)
script=${2:-build}

new_enough() { command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
  node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' >/dev/null 2>&1; }

if ! new_enough; then
  PATH="$bin:$PATH"
  if ! new_enough; then
    echo "No node of version 20 or later was found: installing one into the environment."
    "$bin/uv" pip install --quiet --python "$bin/python" --require-hashes -r requirements-node.lock
  fi
fi

cd assets
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
npm run --silent "$script"
