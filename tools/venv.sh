#!/bin/sh
# Makes the environment .venv with the first python that can: at least 3.11, with venv and a way to pip.
# usage: tools/venv.sh FOLDER
set -eu
venv=$1
reason=""

fits() { "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has() { "$1" -c "import $2" >/dev/null 2>&1; }

for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
  command -v "$python" >/dev/null 2>&1 || continue
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo "?")
  if ! fits "$python"; then
    reason="$reason $python is version $version;"
    continue
  fi
  rm -rf "$venv"
  if has "$python" ensurepip && "$python" -m venv "$venv" >/dev/null 2>&1; then
    echo "Python $version ($(command -v "$python")) makes the environment in $venv."
    exit 0
  fi
  rm -rf "$venv"
  if has "$python" pip && "$python" -m venv --without-pip "$venv" >/dev/null 2>&1; then
    if "$python" -m pip --python "$venv/bin/python" install --quiet --require-hashes -r requirements-uv.lock; then
      echo "Python $version ($(command -v "$python")) makes the environment in $venv."
      exit 0
    fi
    rm -rf "$venv"
  fi
  reason="$reason $python ($version) has neither ensurepip nor pip;"
done

cat >&2 <<EOF
No Python that can make an environment was found:${reason:- no python3 on PATH;}
Commongrid needs Python 3.11 or later with its venv module.
  Debian, Ubuntu:  apt-get install python3-venv
  or name another: make run PYTHON=/path/to/python3.12
EOF
exit 1
