"""A dossier on A4."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING

from mailsignals.report.dossier_story import blocks
from mailsignals.report.dossier_view import Dossier

if TYPE_CHECKING:
    from fpdf import FPDF

_LOOKS = {
    "title": ("DejaVuSans", "B", 17, 9, 0),
    "heading": ("DejaVuSans", "B", 12, 7, 5),
    "line": ("DejaVuSans", "", 10, 5.5, 1),
    "quote": ("DejaVuSerif", "", 10.5, 5.8, 1),
    "small": ("DejaVuSans", "", 7.5, 4.5, 0),
    "picture": ("DejaVuSans", "", 7.5, 4.5, 4),
}
"""Font, style, size in points, height of a line and gap above in millimetres."""


def pdf(dossier: Dossier, seal: str) -> bytes:
    """The same as the page.

    Args:
        seal: The verdict; it stands in the file's keywords.
    """
    file = _empty_file()
    file.set_creation_date(dossier.at)
    file.set_keywords(seal)
    file.set_title(f"{dossier.state.client}: the record")
    file.set_margins(22, 20)
    file.add_page()
    for block in blocks(dossier):
        family, style, size, height, above = _LOOKS[block.kind]
        file.ln(above)
        file.set_font(family, style, size)
        file.set_text_color(*((92, 101, 109) if block.kind in {"small", "picture"} else (34, 39, 43)))
        file.set_x(file.l_margin + (5 if block.kind == "quote" else 0))
        if block.kind == "picture":
            file.image(dossier.picture, w=file.epw)
        text = printable(block.text, _glyphs(file))
        file.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT", align="L")
    return bytes(file.output())


def printable(text: str, glyphs: Container[int]) -> str:
    """A text in letters that a font has: of a sign that it lacks the name, of what only shapes a sign nothing.

    >>> printable("isama n'yo na lang \U0001f60a\ufe0f", range(0x250))
    "isama n'yo na lang [smiling face with smiling eyes]"
    """
    return "".join(letter if ord(letter) in glyphs else _named(letter) for letter in text)


def _glyphs(file: FPDF) -> Container[int]:
    """Code points that the present font has."""
    from fpdf.fonts import TTFFont  # noqa: PLC0415

    assert isinstance(file.current_font, TTFFont)
    return file.current_font.cmap


def _named(letter: str) -> str:
    """Marks, joiners and selectors (M, C) and the tones of skin (Sk) only shape the sign before them."""
    if unicodedata.category(letter)[0] in "MC" or unicodedata.category(letter) == "Sk":
        return ""
    return f"[{unicodedata.name(letter, 'sign').lower()}]"


def _empty_file() -> FPDF:
    import matplotlib as mpl  # noqa: PLC0415  # it brings DejaVu, which has Latin and Cyrillic
    from fpdf import FPDF  # noqa: PLC0415

    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    file = FPDF()
    for name, style in (("DejaVuSans", ""), ("DejaVuSans-Bold", "B"), ("DejaVuSerif", "")):
        file.add_font(name.split("-")[0], style, fonts / f"{name}.ttf")
    return file
