"""The record of one client: stage, evidence, promises, invoices, work, timeline; as a page, a PDF or a table.

Every form carries the verdict itself, so that it can be judged again later and compared.
"""

from __future__ import annotations

import html
from base64 import b64encode

from mailsignals.report.dossier_pdf import pdf
from mailsignals.report.dossier_story import PICTURE_WORDS, Block, blocks
from mailsignals.report.dossier_table import rows
from mailsignals.report.dossier_verdict import differences, sealed, verdict_in, verdict_of
from mailsignals.report.dossier_view import Dossier
from mailsignals.report.table import to_csv

__all__ = ["FORMATS", "Dossier", "differences", "render", "verdict_in", "verdict_of"]

FORMATS = (".html", ".pdf", ".csv")


def render(dossier: Dossier, form: str) -> bytes:
    """The dossier in one of ``FORMATS``.

    Raises:
        KeyError: Another form.
    """
    return {".html": _page, ".pdf": _file, ".csv": _table}[form](dossier)


_STYLE = """
body { max-width: 46rem; margin: 3rem auto; padding: 0 1.2rem; color: #22272b; background: #fff;
  font: 16px/1.55 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
p { margin: .45rem 0; } img { width: 100%; margin: 1.2rem 0 .2rem; }
.small { color: #5c656d; font-size: .82rem; overflow-wrap: anywhere; margin-top: 0; }
blockquote { margin: .6rem 0 .1rem; padding-left: 1rem; border-left: 3px solid #0b6b6b; font-family: Georgia, serif; }
"""


def _page(dossier: Dossier) -> bytes:
    body = "\n".join(_element(block, dossier) for block in blocks(dossier))
    title = html.escape(f"{dossier.state.client}: the record")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="verdict" content="{_seal(dossier)}"><style>{_STYLE}</style></head>'
        f"<body>\n{body}\n</body></html>\n"
    ).encode()


def _element(block: Block, dossier: Dossier) -> str:
    words = html.escape(block.text)
    if block.kind == "picture":
        png = b64encode(dossier.picture).decode()
        return f'<img alt="{PICTURE_WORDS}" src="data:image/png;base64,{png}">\n<p class="small">{words}</p>'
    if block.kind == "small":
        return f'<p class="small">{words}</p>'
    if block.kind == "quote":
        return f'<blockquote lang="{html.escape(block.lang)}" dir="auto">{words}</blockquote>'
    tag = {"title": "h1", "heading": "h2", "line": "p"}[block.kind]
    return f"<{tag}>{words}</{tag}>"


def _file(dossier: Dossier) -> bytes:
    return pdf(dossier, _seal(dossier))


def _table(dossier: Dossier) -> bytes:
    """One row a fact, by time, and the verdict in the last one."""
    verdict = {"kind": "verdict", "at": dossier.at.isoformat(), "who": dossier.model, "what": _seal(dossier)}
    return b"\xef\xbb\xbf" + to_csv([*rows(dossier), verdict]).encode()


def _seal(dossier: Dossier) -> str:
    return sealed(verdict_of(dossier.state, dossier.at, dossier.fingerprint))
