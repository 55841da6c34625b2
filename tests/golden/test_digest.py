"""Whole digests as they leave, beside files that a person has looked at.

After a wanted change run ``UPDATE_GOLDEN=1 pytest tests/golden/test_digest.py``, then read the difference in git and
open the pages in a browser. Advice and reply drafts are the catalogue's, and tested there; here they are placeholders,
so that these files change with the digest only.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from mailsignals.report.digest import Digest, render_html, render_text
from mailsignals.report.digest_view import ClientSection
from support.digest_example import calm_digest, example_digest

FOLDER = Path(__file__).parent / "digest"
DIGESTS = {
    "full": example_digest,
    "hidden": lambda: example_digest(hide_text=True),
    "first": lambda: example_digest(since=None, earlier={}),
    "calm": calm_digest,
}


@pytest.mark.parametrize("name", DIGESTS)
def test_plain_text_is_as_it_was_approved(name: str) -> None:
    compare(FOLDER / f"{name}.txt", render_text(without_playbook(DIGESTS[name]())))


@pytest.mark.parametrize("name", DIGESTS)
def test_the_page_is_as_it_was_approved(name: str) -> None:
    compare(FOLDER / f"{name}.html", render_html(without_playbook(DIGESTS[name]())))


def compare(file: Path, shown: str) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(shown, "utf-8")
    assert shown == file.read_text("utf-8")


def without_playbook(digest: Digest) -> Digest:
    return replace(digest, sections=tuple(map(section_without_playbook, digest.sections)))


def section_without_playbook(section: ClientSection) -> ClientSection:
    assert section.reply
    return replace(
        section,
        signals=tuple(replace(signal, advice=f"[Advice on {signal.title}.]") for signal in section.signals),
        reply=replace(section.reply, lines=("[First line of the reply.]", "[Second line of the reply.]")),
    )
