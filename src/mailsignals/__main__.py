"""``python -m mailsignals``."""

from mailsignals.cli import main

main()
