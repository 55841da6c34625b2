"""The record of one client: stage, evidence, promises, invoices, timeline; as a page, a PDF or a table.

Every form carries the verdict itself, so that it can be judged again later and compared.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mailsignals.behaviour.figures import behaviours
from mailsignals.clients.alerts import is_mirror
from mailsignals.report.charts import LEAST_POINTS, Course, draw_record, turns
from mailsignals.report.table import to_csv
from mailsignals.report.words import LocalTime, calendar_day, clean
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Ask, ClientState, Message, Tagging, WorkingTime

FORMATS = (".html", ".pdf", ".csv")
_MARK = "mailsignals-verdict:"
_VERDICT = re.compile(rb"mailsignals-verdict:([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the record tells.

    Args:
        at: The moment of the judgement.
        model: Name and version of the model, for people.
        fingerprint: Identity of its files.
        mails: Every mail of both directions, oldest first, with whether it is ours.
        course: The client's score week by week since the first mail.
    """

    state: ClientState
    at: datetime
    model: str
    fingerprint: str
    mails: Sequence[tuple[Message, bool]]
    taggings: Mapping[str, Tagging]
    work: WorkingTime
    course: Course = ()

    @property
    def picture(self) -> bytes:
        """The course as PNG."""
        return draw_record(self.course)


def verdict_of(state: ClientState, at: datetime, fingerprint: str) -> dict[str, Any]:
    """All verdicts on a client as plain values: the same mail, ledger, settings and model give the same."""
    return {
        "client": state.client,
        "at": at.isoformat(),
        "model": fingerprint,
        "stage": state.verdict.stage.value,
        "score": round(state.score, 4),
        "signals": {signal.tag: round(signal.score, 4) for signal in state.signals},
        "behaviour": {measured.signal: measured.score for measured in state.behaviour},
        "promises": [[promise.message_id, promise.matter.value, promise.state.value] for promise in state.promises],
        "evidence": sorted(
            [quote.message_id, quote.label, quote.start, quote.end] for s in state.signals for quote in s.quotes
        ),
    }


def verdict_in(content: bytes) -> dict[str, Any] | None:
    """The verdict that a dossier carries, in whatever form it is; None where there is none."""
    found = _VERDICT.search(content)
    try:
        verdict = json.loads(b64decode(found[1])) if found else None
    except ValueError:
        return None
    return verdict if isinstance(verdict, dict) and {"client", "at", "model"} <= set(verdict) else None


def render(dossier: Dossier, form: str) -> bytes:
    """The dossier in one of ``FORMATS``.

    Raises:
        KeyError: Another form.
    """
    return {".html": _page, ".pdf": _pdf, ".csv": _table}[form](dossier)


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of the page: ``title``, ``heading``, ``line``, ``quote``, ``small``, or ``picture`` with its words."""

    kind: str
    text: str


def _blocks(dossier: Dossier) -> Iterator[_Block]:
    """The dossier from top to bottom."""
    state, time = dossier.state, LocalTime(dossier.work.zone, dossier.at)
    yield _Block("title", f"{state.client}: the record")
    yield _Block("small", f"{time.date(dossier.at)}, times in {dossier.work.zone}; model {dossier.model}.")
    yield _Block("line", f"Stage: {state.verdict.stage.value}. Urgency {state.score:.2f} of 1.")
    for reason in state.verdict.reasons:
        yield _Block("line", f"– {reason}")
    if len(dossier.course) >= LEAST_POINTS:
        yield _Block("picture", _course_words(dossier.course))
    yield from _mirror_blocks(state)
    yield _Block("heading", "What they wrote")
    for signal in state.signals:
        known = catalogue()[signal.tag]
        yield _Block("line", f"{known.title}, {signal.score:.2f}: {state.client} {known.does}.")
        for quote in sorted(signal.quotes, key=lambda quote: quote.sent_at):
            yield _Block("quote", clean(quote.words))
            yield _Block("small", f"{_when(quote.sent_at, time)} · {quote.sender.email} · {quote.message_id}")
    yield from _ledger_blocks(state)
    yield _Block("heading", "Every mail")
    for message, is_ours in dossier.mails:
        yield _Block("line", _mail_line(message, is_ours, dossier, time))
        yield _Block("small", message.message_id)


def _course_words(course: Course) -> str:
    turned = ", ".join(f"{calendar_day(moment)} {moment.year}" for moment in turns(course))
    ends = " to ".join(f"{score:.2f} on {calendar_day(at)} {at.year}" for at, score in (course[0], course[-1]))
    return f"Urgency week by week, by mail alone: {ends}. {f'It turned on {turned}.' if turned else 'No lasting turn.'}"


def _mirror_blocks(state: ClientState) -> Iterator[_Block]:
    yield _Block("heading", "Patterns over time, our own side included")
    for measured in state.behaviour:
        if measured.score or is_mirror(measured):
            yield _Block("line", f"{behaviours()[measured.signal].title}: {measured.words}")


def _ledger_blocks(state: ClientState) -> Iterator[_Block]:
    yield _Block("heading", "Promises")
    for promise in state.promises:
        due = f" for {calendar_day(promise.due)} {promise.due.year}" if promise.due else ""
        side = "We" if promise.is_ours else promise.who
        yield _Block("line", f"{side} promised {promise.matter.value}{due}: {promise.state.value}.")
        yield _Block("quote", clean(promise.words))
    if state.asks:
        yield _Block("heading", "Requests beyond the agreement")
    for ask in state.asks:
        yield _Block("quote", clean(ask.words))
        yield _Block("small", f"{ask.asked_at:%Y-%m-%d} · {ask.who} · {_what_for(ask)}")
    yield _Block("heading", "Invoices")
    for invoice in state.invoices:
        paid = f"paid {invoice.paid_amount:,.2f}" + (f" on {invoice.paid_at}" if invoice.paid_at else "")
        due = f"due {invoice.due}" if invoice.due else "no due date"
        yield _Block(
            "line", f"{invoice.number} of {invoice.issued}: {invoice.amount:,.2f} {invoice.currency}, {due}, {paid}."
        )


def _what_for(ask: Ask) -> str:
    if ask.offered:
        return f"they offered: {clean(ask.offered)}"
    return f"we named a price on {ask.priced_at:%Y-%m-%d}: {clean(ask.priced)}" if ask.priced_at else "no offer found"


def _mail_line(message: Message, is_ours: bool, dossier: Dossier, time: LocalTime) -> str:
    files = ", ".join(part.name for part in message.attachments if part.name)
    tagging = dossier.taggings.get(message.message_id)
    labels = ", ".join(sorted({span.label for span in tagging.sure})) if tagging and not is_ours else ""
    parts = [_when(message.sent_at, time), "we wrote" if is_ours else f"{message.sender.email} wrote"]
    parts += [clean(message.subject) or "no subject"]
    parts += [f"with {clean(files)}"] if files else []
    return " · ".join(parts + ([f"[{labels}]"] if labels else []))


def _when(moment: datetime, time: LocalTime) -> str:
    return f"{moment.astimezone(time.zone):%Y-%m-%d %H:%M}"


_STYLE = """
body { max-width: 46rem; margin: 3rem auto; padding: 0 1.2rem; color: #22272b; background: #fff;
  font: 16px/1.55 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
p { margin: .45rem 0; } img { width: 100%; margin: 1.2rem 0 .2rem; }
.small { color: #5c656d; font-size: .82rem; overflow-wrap: anywhere; margin-top: 0; }
blockquote { margin: .6rem 0 .1rem; padding-left: 1rem; border-left: 3px solid #0b6b6b; font-family: Georgia, serif; }
"""


def _page(dossier: Dossier) -> bytes:
    body = "\n".join(_element(block, dossier) for block in _blocks(dossier))
    title = html.escape(f"{dossier.state.client}: the record")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="verdict" content="{_sealed(dossier)}"><style>{_STYLE}</style></head>'
        f"<body>\n{body}\n</body></html>\n"
    ).encode()


def _element(block: _Block, dossier: Dossier) -> str:
    words = html.escape(block.text)
    if block.kind == "picture":
        png = b64encode(dossier.picture).decode()
        return f'<img alt="" src="data:image/png;base64,{png}">\n<p class="small">{words}</p>'
    if block.kind == "small":
        return f'<p class="small">{words}</p>'
    tag = {"title": "h1", "heading": "h2", "line": "p", "quote": "blockquote"}[block.kind]
    return f"<{tag}>{words}</{tag}>"


def _table(dossier: Dossier) -> bytes:
    """One row a fact, by time, and the verdict in the last one."""
    rows: list[dict[str, Any]] = []
    for message, is_ours in dossier.mails:
        tagging = dossier.taggings.get(message.message_id)
        row = {"kind": "mail", "at": message.sent_at.isoformat(), "who": message.sender.email}
        rows.append(row | {"what": clean(message.subject), "message_id": message.message_id})
        for span in tagging.sure if tagging and not is_ours else ():
            words = clean(message.own_text[span.start : span.end])
            rows.append(row | {"kind": span.label, "what": words, "message_id": message.message_id})
    for promise in dossier.state.promises:
        due = promise.due.isoformat() if promise.due else ""
        state = f"{promise.matter.value}, due {due or 'no day'}, {promise.state.value}: {clean(promise.words)}"
        row = {"kind": "promise", "at": promise.made_at.isoformat(), "who": promise.who, "what": state}
        rows.append(row | {"message_id": promise.message_id})
    for invoice in dossier.state.invoices:
        sums = f"{invoice.amount:.2f} {invoice.currency}, paid {invoice.paid_amount:.2f}"
        what = f"{invoice.number}: {sums}, due {invoice.due}"
        rows.append({"kind": "invoice", "at": invoice.issued.isoformat(), "who": invoice.client, "what": what})
    rows.sort(key=lambda row: str(row["at"]))
    verdict = {"kind": "verdict", "at": dossier.at.isoformat(), "who": dossier.model, "what": _sealed(dossier)}
    return b"\xef\xbb\xbf" + to_csv([*rows, verdict]).encode()


def _pdf(dossier: Dossier) -> bytes:
    """The same as the page, on A4."""
    import matplotlib as mpl  # noqa: PLC0415  # it brings DejaVu, which has Latin and Cyrillic
    from fpdf import FPDF  # noqa: PLC0415

    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    pdf = FPDF()
    pdf.set_creation_date(dossier.at)
    pdf.set_keywords(_sealed(dossier))
    pdf.set_title(f"{dossier.state.client}: the record")
    for name, style in (("DejaVuSans", ""), ("DejaVuSans-Bold", "B"), ("DejaVuSerif", "")):
        pdf.add_font(name.split("-")[0], style, fonts / f"{name}.ttf")
    pdf.set_margins(22, 20)
    pdf.add_page()
    looks = {
        "title": ("DejaVuSans", "B", 17, 9, 0),
        "heading": ("DejaVuSans", "B", 12, 7, 5),
        "line": ("DejaVuSans", "", 10, 5.5, 1),
        "quote": ("DejaVuSerif", "", 10.5, 5.8, 1),
        "small": ("DejaVuSans", "", 7.5, 4.5, 0),
        "picture": ("DejaVuSans", "", 7.5, 4.5, 4),
    }
    for block in _blocks(dossier):
        family, style, size, height, above = looks[block.kind]
        pdf.ln(above)
        pdf.set_font(family, style, size)
        pdf.set_text_color(*((92, 101, 109) if block.kind in {"small", "picture"} else (34, 39, 43)))
        pdf.set_x(pdf.l_margin + (5 if block.kind == "quote" else 0))
        if block.kind == "picture":
            pdf.image(dossier.picture, w=pdf.epw)
        pdf.multi_cell(0, height, block.text, new_x="LMARGIN", new_y="NEXT", align="L")
    return bytes(pdf.output())


def _sealed(dossier: Dossier) -> str:
    """The verdict, in letters that survive in any form."""
    verdict = verdict_of(dossier.state, dossier.at, dossier.fingerprint)
    return _MARK + b64encode(json.dumps(verdict, ensure_ascii=False, sort_keys=True).encode()).decode()
