#!/bin/sh
# Install Debian's Dovecot for the tests on a real IMAP server. Where that is not possible, they are skipped and say so.
command -v dovecot >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends dovecot-imapd) \
        >/dev/null 2>&1 && exit 0
fi
echo "dovecot-imapd is not installed: the tests that need an IMAP server will be skipped." >&2
