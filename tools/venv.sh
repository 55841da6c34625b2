#!/bin/sh
# Make .venv and install the pinned, hashed packages of requirements/$1.txt and this package (a working copy) into it.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x .venv/bin/pip ]; then
    python=$(command -v python3.11 || command -v python3)
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "mailsignals needs Python 3.11 or newer; $python is older. Try: apt-get install python3.11 python3.11-venv" >&2
        exit 1
    }
    rm -rf .venv
    # Debian keeps venv's pip in a package of its own.
    "$python" -m venv .venv 2>/dev/null || {
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        [ "$(id -u)" = 0 ] && apt-get update -q && apt-get install -yq "python$version-venv" || {
            echo "Python's venv is missing. Try: apt-get install python$version-venv" >&2
            exit 1
        }
        rm -rf .venv
        "$python" -m venv .venv
    }
fi
echo "Installing the packages of requirements/$1.txt into .venv (about 900 MB) ..."
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$1.txt" 2>&1 |
    { grep -v '^WARNING: Location' || true; }
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
