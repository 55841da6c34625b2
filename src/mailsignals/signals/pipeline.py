"""The spaCy pipeline: own words in, ``doc.spans["signals"]`` out.

spaCy imports this module wherever it is installed beside mailsignals, to know the factory. The numeric libraries
therefore wait until a model is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from mailsignals.types import Evidence

if TYPE_CHECKING:
    from mailsignals.signals.model import Model

SPANS_KEY = "signals"
_SCORES_KEY = "mailsignals_scores"
_BATCH = 64
"""Texts whose sentences are encoded together."""


def build_pipeline(model: Model) -> Language:
    """A blank multi-language pipeline with the model's sentences and signals. It takes texts of any length."""
    nlp = spacy.blank("xx")
    nlp.max_length = sys.maxsize  # spaCy's limit guards parsers; this pipeline has none
    nlp.add_pipe("mailsignals_sentences")
    component = nlp.add_pipe("mailsignals_signals", config={"model": model.name})
    assert isinstance(component, SignalsComponent)
    component.use(model)
    return nlp


class SignalsComponent:
    """Sets the spans of ``doc.spans["signals"]`` and the probabilities of ``doc._.signal_scores``.

    Where ``doc._.answered`` holds the words of the message answered, it reads the first sentences beside them.

    Args:
        place: Name or folder of the model, which is read when the first text comes.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._model: Model | None = None

    def use(self, model: Model) -> None:
        """Read with this model instead of the one at the component's place."""
        self._model = model

    def load(self) -> Model:
        """The model, read on first use.

        No property called ``model``: spaCy asks every component for that name whenever one is added, and a question
        must not read 40 MB.

        Raises:
            ModelUnreadable: Its files are damaged, foreign or of another version.
        """
        if self._model is None:
            from mailsignals.signals.modelfile import open_model  # noqa: PLC0415  (see the module's first words)

            self._model = open_model(self._place)
        return self._model

    def __call__(self, doc: Doc) -> Doc:
        """Tag one document."""
        self._tag([doc])
        return doc

    def pipe(self, docs: Iterable[Doc], *, batch_size: int = _BATCH) -> Iterator[Doc]:
        """Tag documents batch by batch, in order."""
        waiting = iter(docs)
        while batch := list(islice(waiting, batch_size)):
            self._tag(batch)
            yield from batch

    def _tag(self, docs: list[Doc]) -> None:
        from mailsignals.signals.evidence import find_evidence  # noqa: PLC0415
        from mailsignals.signals.segment import in_context  # noqa: PLC0415

        model = self.load()
        ranges = [_sentence_ranges(doc) for doc in docs]
        rows = model.probabilities(
            [
                sentence
                for doc, sents in zip(docs, ranges, strict=True)
                for sentence in in_context(doc.text, sents, doc._.answered)
            ]
        )
        for doc, sents in zip(docs, ranges, strict=True):
            own, rows = rows[: len(sents)], rows[len(sents) :]
            strongest = own.max(axis=0, initial=0.0).tolist()
            evidence = find_evidence(sents, own, model.tags, model.heads.thresholds, model.heads.sure)
            doc._.signal_scores = dict(zip(model.tags, strongest, strict=True))
            doc.user_data[_SCORES_KEY] = [
                (span.label, span.start, span.end, span.score, span.is_sure) for span in evidence
            ]
            doc.spans[SPANS_KEY] = [_span(doc, found) for found in evidence]


@Language.factory(
    "mailsignals_signals", default_config={"model": "default"}, assigns=["doc.spans", "doc._.signal_scores"]
)
def make_signals(nlp: Language, name: str, model: str) -> SignalsComponent:
    """The spaCy component ``mailsignals_signals``; it needs ``doc.sents``, best from ``mailsignals_sentences``.

    Args:
        model: Name of a shipped model, or the path of a model's folder.
    """
    return SignalsComponent(model)


def _sentence_ranges(doc: Doc) -> list[tuple[int, int]]:
    """The document's sentences without blanks at their ends; those that are all blank left out."""
    ranges = []
    for sent in doc.sents:
        words = sent.text.strip()
        start = sent.start_char + sent.text.find(words)
        if words:
            ranges.append((start, start + len(words)))
    return ranges


def _span(doc: Doc, evidence: Evidence) -> Span:
    span = doc.char_span(evidence.start, evidence.end, label=evidence.label)
    assert span is not None  # a sentence begins and ends at white space, and so does a token
    return span


def _told(span: Span) -> tuple[float, bool] | tuple[None, None]:
    """What is known of a span of ``doc.spans["signals"]``; spaCy would let two labels of one span share a value."""
    wanted = (span.label_, span.start_char, span.end_char)
    rows = span.doc.user_data.get(_SCORES_KEY, ())
    return next(((row[3], row[4]) for row in rows if tuple(row[:3]) == wanted), (None, None))


Span.set_extension("score", getter=lambda span: _told(span)[0], force=True)
Span.set_extension("is_sure", getter=lambda span: _told(span)[1], force=True)
Doc.set_extension("signal_scores", default=None, force=True)
Doc.set_extension("answered", default="", force=True)
