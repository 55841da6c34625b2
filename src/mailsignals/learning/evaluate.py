"""How good a tagger is on labelled mail: per message, per sentence shown, per language, each figure with its interval.

Intervals are 95 % percentile bootstraps over messages. A message's tags are those of its evidence, sure or not; what
a client is judged by is the sure evidence alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mailsignals.types import Evidence, LabelledMail, Tagging

_RESAMPLES = 1000
_BINS = 15

_Counts = NDArray[np.float64]
Figure = Mapping[str, float | list[float]]
"""``value`` and, where it has one, ``interval`` as [low, high]."""


class TextTagger(Protocol):
    """What is judged."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that it can find."""
        ...

    def tag_texts(self, texts: Sequence[str], answered: Sequence[str] = ()) -> Sequence[Tagging]:
        """One tagging a text, in order; ``answered`` holds what each of them answers."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """The figures, ready for JSON through ``dataclasses.asdict``. Shares lie in [0, 1].

    Args:
        messages: Messages that were judged.
        macro_f1: Mean F1 of the tags that occur; ``value`` and ``interval``.
        micro_f1: F1 over all pairs of message and tag.
        evidence_precision: Share of sure spans that overlap a labelled span of their tag by more than half of the
            shorter one.
        evidence_recall: Share of labelled spans that a span, sure or not, overlaps so.
        evidence_overlap: Of the spans whose tag the message does have, the share that covers more than half of a
            labelled one.
        calibration_error: Expected calibration error of the messages' scores, 15 bins, mean over the tags.
        per_tag: Tag -> precision, recall, f1, f1_interval, support (messages that have it), found (messages given it).
        per_language: Language -> messages, macro_f1, micro_f1, evidence_precision, calibration_error.
    """

    messages: int
    macro_f1: Figure
    micro_f1: Figure
    evidence_precision: Figure
    evidence_recall: Figure
    evidence_overlap: Figure
    calibration_error: float
    per_tag: Mapping[str, Mapping[str, object]]
    per_language: Mapping[str, Mapping[str, object]]


def evaluate(tagger: TextTagger, mails: Sequence[LabelledMail], *, seed: int = 0) -> Report:
    """Tag the mails' texts and compare with their labels; our own mail, which carries cues, is passed over.

    Args:
        seed: Of the bootstrap.
    """
    mails = [mail for mail in mails if not mail.outgoing]
    return judge(mails, tag_mails(tagger, mails), tagger.tags, seed=seed)


def tag_mails(tagger: TextTagger, mails: Sequence[LabelledMail]) -> Sequence[Tagging]:
    """One tagging a labelled mail, in order, each read with the mail that it answers."""
    return tagger.tag_texts([mail.text for mail in mails], [mail.context for mail in mails])


def judge(mails: Sequence[LabelledMail], taggings: Sequence[Tagging], tags: Sequence[str], *, seed: int = 0) -> Report:
    """Compare taggings with labels; a label outside ``tags`` is not asked for.

    Args:
        taggings: One a mail, in the same order.
        tags: The tags to judge, in the order of the report.
    """
    gold = _flags([mail.labels for mail in mails], tags)
    asked = np.array([[mail.is_asked(tag) for tag in tags] for mail in mails], bool).reshape(gold.shape)
    found = _flags([tagging.labels for tagging in taggings], tags) & asked
    scores = np.array([[tagging.scores[tag] for tag in tags] for tagging in taggings]).reshape(gold.shape)
    spans = np.array([_span_counts(mail, tagging, tags) for mail, tagging in zip(mails, taggings, strict=True)])
    spans = spans.reshape(len(mails), 6)
    draws = _draws(len(mails), seed)
    return Report(
        messages=len(mails),
        macro_f1=_figure(_macro_f1(gold, found, draws)),
        micro_f1=_figure(_micro_f1(gold, found, draws)),
        evidence_precision=_figure(_ratio(draws @ spans[:, 0], draws @ spans[:, 1])),
        evidence_recall=_figure(_ratio(draws @ spans[:, 2], draws @ spans[:, 3])),
        evidence_overlap=_figure(_ratio(draws @ spans[:, 4], draws @ spans[:, 5])),
        calibration_error=_calibration_error(scores, gold, asked),
        per_tag=_per_tag(gold, found, draws, tags),
        per_language={
            language: {
                "messages": int(own.sum()),
                "macro_f1": _round(_macro_f1(gold[own], found[own], np.ones((1, own.sum())))[0]),
                "micro_f1": _round(_micro_f1(gold[own], found[own], np.ones((1, own.sum())))[0]),
                "evidence_precision": _round(_ratio(*np.split(spans[own, :2].sum(axis=0).astype(np.float64), 2))[0]),
                "calibration_error": _calibration_error(scores[own], gold[own], asked[own]),
            }
            for language, own in _rows_by_language(mails).items()
        },
    )


@dataclass(frozen=True, slots=True)
class Mistake:
    """A span that a tagger got wrong.

    Args:
        id: The labelled mail.
        is_missed: A labelled span that was not found; otherwise one that was shown and is not labelled.
        score: Of a shown span; of a missed one the message's score for the tag.
    """

    id: str
    lang: str
    label: str
    words: str
    is_missed: bool
    score: float


def mistakes(mails: Sequence[LabelledMail], taggings: Sequence[Tagging]) -> list[Mistake]:
    """The worst mistake of each kind and language: the surest false span, and the labelled one that scored least."""
    worst: dict[tuple[str, bool], Mistake] = {}
    for mail, tagging in zip(mails, taggings, strict=True):
        for one in _mistakes_of(mail, tagging):
            key = one.lang, one.is_missed
            if key not in worst or (one.score < worst[key].score) == one.is_missed:
                worst[key] = one
    return [worst[key] for key in sorted(worst)]


def _mistakes_of(mail: LabelledMail, tagging: Tagging) -> Iterator[Mistake]:
    for one in tagging.evidence:
        if mail.is_asked(one.label) and one.label not in mail.labels:
            yield Mistake(mail.id, mail.lang, one.label, mail.text[one.start : one.end], False, one.score)
    for other in mail.spans:
        if other.label in tagging.scores and other.label not in tagging.labels:
            words = mail.text[other.start : other.end]
            yield Mistake(mail.id, mail.lang, other.label, words, True, tagging.scores[other.label])


def _flags(labels: Sequence[Sequence[str] | frozenset[str]], tags: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([[tag in own for tag in tags] for own in labels], bool).reshape(len(labels), len(tags))


def _draws(messages: int, seed: int) -> _Counts:
    """How often each message counts: once each in the first row, resampled in the others."""
    picked = np.random.default_rng(seed).integers(max(messages, 1), size=(_RESAMPLES, messages))
    drawn = [np.bincount(row, minlength=messages) for row in picked]
    return np.vstack([np.ones(messages), *drawn])


def _span_counts(mail: LabelledMail, tagging: Tagging, tags: Sequence[str]) -> tuple[int, ...]:
    """Right and all sure spans, found and all labelled spans, covering spans and all of tags that the mail has."""
    gold = [Evidence(span.label, span.start, span.end, 1.0) for span in mail.spans if span.label in tags]
    shown = [span for span in tagging.evidence if span.label in tags and mail.is_asked(span.label)]
    right = [any(_agree(one, other) for other in gold) for one in shown if one.is_sure]
    met = [any(_agree(one, other) for other in shown) for one in gold]
    covers = [any(_covers(one, other) for other in gold) for one in shown if one.label in mail.labels]
    return sum(right), len(right), sum(met), len(met), sum(covers), len(covers)


def _agree(one: Evidence, other: Evidence) -> bool:
    """Whether two spans of one tag overlap by more than half of the shorter."""
    return one.label == other.label and 2 * _shared(one, other) > min(one.end - one.start, other.end - other.start)


def _covers(one: Evidence, other: Evidence) -> bool:
    """Whether a span covers more than half of another of its tag."""
    return one.label == other.label and 2 * _shared(one, other) > other.end - other.start


def _shared(one: Evidence, other: Evidence) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def _ratio(part: _Counts, whole: _Counts) -> _Counts:
    """Share, and 0 where there is nothing to share."""
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)


def _f1(gold: NDArray[np.bool_], found: NDArray[np.bool_], draws: _Counts) -> _Counts:
    """F1 per draw and tag; NaN where the draw has no message with the tag."""
    right, wanted, given = draws @ (gold & found), draws @ gold, draws @ found
    return np.where(wanted > 0, _ratio(2 * right, wanted + given), np.nan)


def _macro_f1(gold: NDArray[np.bool_], found: NDArray[np.bool_], draws: _Counts) -> _Counts:
    f1 = _f1(gold, found, draws)
    return _ratio(np.nansum(f1, axis=1), (~np.isnan(f1)).sum(axis=1).astype(np.float64))


def _micro_f1(gold: NDArray[np.bool_], found: NDArray[np.bool_], draws: _Counts) -> _Counts:
    return _ratio(2 * draws @ (gold & found).sum(axis=1), draws @ (gold.sum(axis=1) + found.sum(axis=1)))


def _figure(values: _Counts) -> Figure:
    """The value over all messages, and the interval of the resamples."""
    return {"value": _round(values[0]), "interval": [_round(end) for end in np.percentile(values[1:], [2.5, 97.5])]}


def _round(value: float) -> float:
    return round(float(value), 4)


def _calibration_error(scores: NDArray[np.float64], gold: NDArray[np.bool_], asked: NDArray[np.bool_]) -> float:
    """Mean over the tags of the gap between score and truth, over bins of equal width, weighted by what lies in each.

    Source: Naeini, Cooper, Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015.
    """
    errors = []
    for k, rows in enumerate(asked.T):
        own, truth = scores[rows, k], gold[rows, k]
        bins = np.minimum((own * _BINS).astype(int), _BINS - 1)
        gaps = [abs((own[bins == number] - truth[bins == number]).sum()) for number in range(_BINS)]
        if len(own):
            errors.append(sum(gaps) / len(own))
    return _round(np.mean(errors)) if errors else 0.0


def _per_tag(
    gold: NDArray[np.bool_], found: NDArray[np.bool_], draws: _Counts, tags: Sequence[str]
) -> dict[str, dict[str, object]]:
    f1 = _f1(gold, found, draws)
    right, wanted, given = (flags.sum(axis=0).astype(np.float64) for flags in (gold & found, gold, found))
    precision, recall = _ratio(right, given), _ratio(right, wanted)
    return {
        tag: {
            "precision": _round(precision[k]),
            "recall": _round(recall[k]),
            "f1": _round(np.nan_to_num(f1[0, k])),
            "f1_interval": _interval(f1[1:, k]),
            "support": int(wanted[k]),
            "found": int(given[k]),
        }
        for k, tag in enumerate(tags)
    }


def _interval(values: _Counts) -> list[float]:
    known = values[~np.isnan(values)]
    return [_round(end) for end in np.percentile(known, [2.5, 97.5])] if len(known) else [0.0, 0.0]


def _rows_by_language(mails: Sequence[LabelledMail]) -> dict[str, NDArray[np.bool_]]:
    languages = [mail.lang for mail in mails]
    return {language: np.array([own == language for own in languages]) for language in sorted(set(languages))}
