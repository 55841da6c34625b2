#!/bin/sh
# Write the pinned, hashed requirement files anew (needs `uv`). They name no index address, so any mirror serves them.
set -eu
cd "$(dirname "$0")/.."
lock() {
    out="requirements/$1.txt"
    shift
    uv pip compile pyproject.toml "$@" --universal --python-version 3.11 --generate-hashes --quiet \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file "$out" >/dev/null
}
lock run --group build
lock dev --group build --group dev --constraints requirements/run.txt
lock encoder --group build --group dev --group encoder --constraints requirements/dev.txt
lock bench --group build --group dev --group bench --constraints requirements/dev.txt
lock setfit --group build --group dev --group bench --group encoder --group setfit \
    --constraints requirements/encoder.txt --constraints requirements/bench.txt
