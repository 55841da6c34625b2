#!/bin/sh
# Scan the sample mailbox as it stood on the evening of 13 March 2026. No account, no server, no network.
set -eu
cd "$(dirname "$0")/.."
rm -rf demo-out
export MAILSIGNALS_SETTINGS=data/sample/mailsignals.toml
.venv/bin/mailsignals ledger import data/sample/invoices.csv
.venv/bin/mailsignals --now 2026-03-13T18:00+01:00 scan --preview demo-out/digest.html
cat <<'END'

Open demo-out/digest.html in a browser, or read demo-out/digest.txt. Then try:

  export MAILSIGNALS_SETTINGS=data/sample/mailsignals.toml
  .venv/bin/mailsignals --now 2026-03-13T18:00+01:00 show "Hotel Galeb"
  .venv/bin/mailsignals --now 2026-03-13T18:00+01:00 backtest --months 3
  .venv/bin/mailsignals --now 2026-03-13T18:00+01:00 dossier "Hotel Galeb" --out demo-out/galeb.html
  echo '{"id": 1, "text": "We will pay when the project is finished and we like it."}' | .venv/bin/mailsignals classify
  .venv/bin/mailsignals init --help
END
