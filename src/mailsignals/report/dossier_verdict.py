"""The verdict that a dossier carries, sealed into whatever form it has, and what a later one disagrees with."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from mailsignals.behaviour.figures import behaviours
from mailsignals.report.words import clean
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import ClientState

MAX_DIFFERENCES = 12
"""Lines of one kind: with another model every sentence may differ."""

_MARK = "mailsignals-verdict:"
_VERDICT = re.compile(rb"mailsignals-verdict:([A-Za-z0-9+/=]+)")


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


def sealed(verdict: Mapping[str, Any]) -> str:
    """The verdict, in letters that survive in any form."""
    return _MARK + b64encode(json.dumps(verdict, ensure_ascii=False, sort_keys=True).encode()).decode()


def verdict_in(content: bytes) -> dict[str, Any] | None:
    """The verdict that a dossier carries, in whatever form it is; None where there is none."""
    found = _VERDICT.search(content)
    try:
        verdict = json.loads(b64decode(found[1])) if found else None
    except ValueError:
        return None
    return verdict if isinstance(verdict, dict) and {"client", "at", "model"} <= set(verdict) else None


def differences(told: Mapping[str, Any], now: Mapping[str, Any]) -> Sequence[str]:
    """What two verdicts disagree on, a line each; nothing where they are the same.

    >>> told = {"stage": "watch", "signals": {"distrust": 0.5, "aggression": 0.4}}
    >>> differences(told, {"stage": "calm", "signals": {"distrust": 0.5, "aggression": 0.1}})
    ['stage: was watch, is calm', 'signal Aggression: was 0.4, is 0.1']
    """
    return [
        *_plain(told, now),
        *_cut(list(_scores("signal", _mapping(told, "signals"), _mapping(now, "signals")))),
        *_cut(list(_scores("pattern over time", _mapping(told, "behaviour"), _mapping(now, "behaviour")))),
        *_cut(list(_promises(_rows(told, "promises", 3), _rows(now, "promises", 3)))),
        *_cut(list(_evidence(_rows(told, "evidence", 4), _rows(now, "evidence", 4)))),
    ]


def _plain(told: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Single values."""
    for key in ("client", "at", "model", "stage", "score"):
        if told.get(key) != now.get(key):
            yield f"{key}: was {_said(told.get(key))}, is {_said(now.get(key))}"


def _scores(kind: str, told: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*told, *now]):
        if told.get(name) != now.get(name):
            yield f"{kind} {_title(name)}: was {_said(told.get(name))}, is {_said(now.get(name))}"


def _promises(told: Sequence[tuple[str, ...]], now: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """What became of the promises of one kind in one mail."""
    before, after = _by_promise(told), _by_promise(now)
    for mail, matter in dict.fromkeys([*before, *after]):
        was, is_now = before.get((mail, matter)), after.get((mail, matter))
        if was != is_now:
            yield f"promise of {matter} in {mail}: was {_said(was)}, is {_said(is_now)}"


def _by_promise(rows: Sequence[tuple[str, ...]]) -> Mapping[tuple[str, str], str]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mail, matter, state in rows:
        found[mail, matter].append(state)
    return {key: " and ".join(states) for key, states in found.items()}


def _evidence(told: Sequence[tuple[str, ...]], now: Sequence[tuple[str, ...]]) -> Iterator[str]:
    for rows, others, verb in ((told, now, "no longer found"), (now, told, "newly found")):
        for row in rows:
            if row not in others:
                mail, label, start, end = row
                yield f"sentence for {_title(label)} in {mail}, characters {start} to {end}: {verb}"


def _cut(lines: Sequence[str]) -> Sequence[str]:
    more = len(lines) - MAX_DIFFERENCES
    return [*lines[:MAX_DIFFERENCES], f"and {more} more of this kind"] if more > 0 else lines


def _mapping(verdict: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A part of a verdict; a file that somebody changed may hold anything there."""
    found = verdict.get(key)
    return found if isinstance(found, dict) else {}


def _rows(verdict: Mapping[str, Any], key: str, width: int) -> Sequence[tuple[str, ...]]:
    found = verdict.get(key)
    rows = found if isinstance(found, list) else []
    return [tuple(map(str, row)) for row in rows if isinstance(row, list) and len(row) == width]


def _title(name: str) -> str:
    if name in catalogue():
        return catalogue()[name].title
    return behaviours()[name].title if name in behaviours() else clean(name)


def _said(value: Any) -> str:
    return "not there" if value is None else clean(str(value))
