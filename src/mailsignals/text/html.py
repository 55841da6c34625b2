"""HTML mail to plain text in which quotes carry ``>`` like in any plain mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private-use characters that stand where a quote begins and ends while the tree becomes text."""

_QUOTES = ".gmail_quote, .gmail_quote_container, blockquote[type=cite], .moz-cite-prefix, .yahoo_quoted"
"""Gmail, Apple Mail and Thunderbird, Yahoo. A bare ``blockquote`` is also used by people, so it stays."""

_CUTS = (
    "#appendonsend, #divRplyFwdMsg, #OLK_SRC_BODY_SECTION, "
    "[style*='border-top:solid #E1E1E1'], [style*='border-top:solid #B5C4DF']"
)
"""Outlook, Outlook on the web, Outlook for Mac: from here to the end all is quoted."""

_HIDDEN = "style, script, title, [style*='display:none' i], [style*='display: none' i], [style*='mso-hide:all' i]"


def html_to_text(html: str) -> str:
    """The visible text, one paragraph a block, quotes of the usual mail programs marked with ``>``.

    >>> html_to_text("<p>Fine by us.</p><div class='gmail_quote'>On Monday<br>we wrote</div>")
    'Fine by us.\\n\\n> On Monday\\n> we wrote'
    """
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415  (keeps `mailsignals --help` light)
    from resiliparse.parse.html import HTMLTree  # noqa: PLC0415

    tree = HTMLTree.parse(html.replace(_OPEN, "").replace(_CLOSE, ""))
    if tree.body is None:
        return ""
    _drop_hidden(tree.body)
    _mark_quotes(tree, tree.body)
    text = extract_plain_text(tree, preserve_formatting=True, links=False, alt_texts=False, list_bullets=True)
    return _quoted_lines(text)


def _drop_hidden(body: Any) -> None:
    """Preheaders and other text that the writer's reader never saw."""
    for node in _all_of(body, _HIDDEN):
        node.decompose()


def _mark_quotes(tree: HTMLTree, body: Any) -> None:
    for node in _all_of(body, _QUOTES):
        _insert(tree, node, _OPEN, before=True)
        _insert(tree, node, _CLOSE, before=False)
    cut = body.query_selector(_CUTS)
    if cut is not None:
        _insert(tree, cut, _OPEN, before=True)


def _all_of(body: Any, selector: str) -> list[Any]:
    """The matching nodes as a list: iterating resiliparse's own collection builds it anew at every step."""
    return list(body.query_selector_all(selector).values())


def _insert(tree: HTMLTree, node: Any, mark: str, *, before: bool) -> None:
    """Put a mark of its own paragraph beside a node."""
    paragraph: Any = tree.create_element("p")
    paragraph.append_child(tree.create_text_node(mark))
    parent = node.parent
    if before:
        parent.insert_before(paragraph, node)
    elif node.next is not None:
        parent.insert_before(paragraph, node.next)
    else:
        parent.append_child(paragraph)


def _quoted_lines(text: str) -> str:
    """Turn marks into ``>`` on every line between them, and thin out blank lines."""
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        depth += line.count(_OPEN)
        words = line.replace(_OPEN, "").replace(_CLOSE, "").rstrip()
        lines.append(f"> {words}".rstrip() if depth > 0 and words else words)
        depth = max(0, depth - line.count(_CLOSE))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
