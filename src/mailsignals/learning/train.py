"""Labelled mail becomes a model, with figures from writers that the model did not see."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from mailsignals.errors import LabelsInvalid
from mailsignals.learning.classifier import SignalClassifier
from mailsignals.learning.evaluate import judge, mistakes, tag_mails
from mailsignals.signals.catalogue import tags as catalogue_tags
from mailsignals.signals.heads import Heads
from mailsignals.signals.memory import BriefMemory, RememberingEncoder
from mailsignals.signals.model import Example, Model, SentenceEncoder
from mailsignals.signals.modelfile import make_model
from mailsignals.signals.segment import Sentence, in_context, sentences
from mailsignals.signals.tagger import ModelTagger
from mailsignals.types import LabelledMail, Tagging

HELD_OUT = ("dev", "test")
"""Splits that a model is never fitted on."""

EXAMPLES = 25
"""Sentences kept of every tag and language."""

_TELLING = 4
"""Words that a sentence needs to be worth showing."""

_LOOK_ALIKE = "hard_negative"

MINIMUM_MAILS = 5
"""Mails that must show a tag before a head for it is fitted."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Sentences as the classifier wants them.

    Args:
        sentences: The sentences of all mails, in order.
        groups: Writer of each.
        labels: Bool array (sentences, tags).
        known: Bool array (sentences, tags): where the tag was looked for.
    """

    sentences: tuple[Sentence, ...]
    groups: tuple[str, ...]
    labels: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def texts(self) -> list[str]:
        """The sentences' own words."""
        return [sentence.text for sentence in self.sentences]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model and what is known of how good it is."""

    model: Model
    metrics: Mapping[str, Any]


def train(
    mails: Sequence[LabelledMail],
    encoder: SentenceEncoder,
    *,
    name: str,
    now: datetime,
    classifier: SignalClassifier | None = None,
    folds: int = 5,
) -> Trained:
    """Fit a model on every mail whose split is not held out; the ``dev`` part calibrates it, ``test`` only judges it.

    Without a ``dev`` part, cross-validation over writers calibrates and judges. Our own mail, which carries cues
    instead of tags, is passed over. A tag that fewer than five mails show gets no head; ``metrics["untrained"]`` names
    it. The same mails, encoder and libraries give the same model.

    Args:
        now: Time of the training; it makes the version.
        classifier: Unfitted settings, for trying others than the usual ones.
        folds: Folds of the cross-validation; in each, a model is fitted from scratch without the fold's writers. 0
            leaves the figures of the cross-validation out.

    Raises:
        LabelsInvalid: No mail is left to learn from, or no tag has five mails.
    """
    parts = {split: [mail for mail in mails if mail.split == split and not mail.outgoing] for split in HELD_OUT}
    seen = [mail for mail in mails if mail.split not in HELD_OUT and not mail.outgoing]
    known = _tags_with_examples(seen)
    settings = clone(classifier or SignalClassifier(n_jobs=-1)).set_params(tags=known)
    memory = RememberingEncoder(encoder, BriefMemory())
    fitted = _fit(seen, settings, memory, parts["dev"])
    facts = {
        "created_at": now.isoformat(),
        "data": _data_facts(seen),
        "calibrated_on": f"{len(parts['dev'])} mails of the dev part" if parts["dev"] else "cross-validation",
    }
    model = make_model(name, f"{now:%Y.%m.%d}", fitted, encoder, facts, examples=examples_of(seen, known))
    metrics: dict[str, Any] = {"untrained": [tag for tag in catalogue_tags() if tag not in known]}
    if folds and not parts["dev"]:
        metrics["cross_validation"] = {"folds": folds, **_cross_validate(seen, settings, memory, folds)}
    tagger = ModelTagger(model)
    for split, held in parts.items():
        if not held:
            continue
        taggings = tag_mails(tagger, held)
        metrics[split] = asdict(judge(held, taggings, tagger.tags))
        if split == "dev":
            metrics["mistakes"] = [asdict(mistake) for mistake in mistakes(held, taggings)]
    return Trained(model, metrics)


def examples_of(mails: Sequence[LabelledMail], tags: Sequence[str]) -> tuple[Example, ...]:
    """Sentences to show beside what a model finds: some of every tag and language, and some that only look like one.

    They are spread evenly over the mails, and so over the writers.
    """
    told: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for mail in mails:
        for start, end in sentences(mail.text):
            labels = tuple(sorted(_shown(mail, start, end) & set(tags)))
            example = Example(mail.id, mail.lang, mail.text[start:end], labels)
            if len(example.text.split()) >= _TELLING:
                for kind in labels or (("",) if mail.kind == _LOOK_ALIKE else ()):
                    told[kind, mail.lang].append(example)
    spread = ([own[i * len(own) // EXAMPLES] for i in range(EXAMPLES)] for own in told.values())
    return tuple(dict.fromkeys(example for own in spread for example in own))


def rows_of(mails: Sequence[LabelledMail], tags: Sequence[str]) -> Rows:
    """The sentences of labelled mails, with the tags whose spans cover them."""
    read, groups, labels, known = [], [], [], []
    for mail, writer in zip(mails, _writers(mails), strict=True):
        ranges = sentences(mail.text)
        read += in_context(mail.text, ranges, mail.context)
        groups += [writer] * len(ranges)
        labels += [[tag in shown for tag in tags] for shown in (_shown(mail, *span) for span in ranges)]
        known += [[mail.is_asked(tag) for tag in tags]] * len(ranges)
    shape = len(read), len(tags)
    return Rows(tuple(read), tuple(groups), np.array(labels, bool).reshape(shape), np.array(known, bool).reshape(shape))


def some_alone(rows: Rows) -> Rows:
    """The rows, and behind them every third once more without the sentence before it: a line is often all there is."""
    picked = [row for row in range(0, len(rows.sentences), 3) if rows.sentences[row].before]
    return Rows(
        rows.sentences + tuple(Sentence(rows.sentences[row].text) for row in picked),
        rows.groups + tuple(rows.groups[row] for row in picked),
        np.concatenate([rows.labels, rows.labels[picked]]),
        np.concatenate([rows.known, rows.known[picked]]),
    )


def _shown(mail: LabelledMail, start: int, end: int) -> set[str]:
    """Tags of a sentence: a span covers more than half of it, or lies more than half inside it."""
    overlaps = ((span, min(span.end, end) - max(span.start, start)) for span in mail.spans)
    return {span.label for span, shared in overlaps if 2 * shared > end - start or 2 * shared > span.end - span.start}


def _writers(mails: Sequence[LabelledMail]) -> list[str]:
    """Who wrote each mail; where fewer than two writers are named, every mail counts as a writer of its own."""
    named = {mail.writer for mail in mails if mail.writer}
    return [mail.writer if len(named) > 1 and mail.writer else f"mail {mail.id}" for mail in mails]


def _tags_with_examples(mails: Sequence[LabelledMail]) -> tuple[str, ...]:
    counts = Counter(label for mail in mails for label in mail.labels)
    known = tuple(tag for tag in catalogue_tags() if counts[tag] >= MINIMUM_MAILS)
    if not known:
        raise LabelsInvalid(
            f"None of the {len(mails)} mails to learn from makes a tag learnable.",
            why=f"a tag is learnt from at least {MINIMUM_MAILS} mails that show it; dev and test mails are held out.",
            remedy="label more mail; data/README.md tells how.",
        )
    return known


def _fit(
    mails: Sequence[LabelledMail],
    settings: SignalClassifier,
    encoder: SentenceEncoder,
    held_back: Sequence[LabelledMail] = (),
) -> Heads:
    rows, others = some_alone(rows_of(mails, settings.tags)), rows_of(held_back, settings.tags)
    calibration = (others.texts, encoder.encode(others.sentences), others.labels) if held_back else None
    vectors = encoder.encode(rows.sentences)
    fitted: SignalClassifier = clone(settings)
    return fitted.fit(rows.texts, vectors, rows.labels, rows.groups, known=rows.known, held_back=calibration).heads_


def _cross_validate(
    mails: Sequence[LabelledMail], settings: SignalClassifier, encoder: SentenceEncoder, folds: int
) -> dict[str, Any]:
    """Figures over all mails, each tagged by a model that saw nothing of its writer, thresholds included."""
    order: list[LabelledMail] = []
    taggings: list[Tagging] = []
    for seen, unseen in _folds(mails, folds):
        model = make_model("fold", "0", _fit(seen, settings, encoder), encoder, {})
        order += unseen
        taggings += tag_mails(ModelTagger(model), unseen)
    return asdict(judge(order, taggings, settings.tags))


def _folds(mails: Sequence[LabelledMail], folds: int) -> Iterator[tuple[list[LabelledMail], list[LabelledMail]]]:
    writers = _writers(mails)
    for seen, unseen in GroupKFold(min(folds, len(set(writers)))).split(mails, groups=writers):
        yield [mails[i] for i in seen], [mails[i] for i in unseen]


def _data_facts(mails: Sequence[LabelledMail]) -> dict[str, Any]:
    """Identity and make-up of the mails that were learnt from."""
    digest = hashlib.sha256("\n".join(repr(mail) for mail in mails).encode("utf-8", "surrogatepass"))
    return {
        "sha256": digest.hexdigest(),
        "mails": len(mails),
        "writers": len(set(_writers(mails))),
        "languages": dict(sorted(Counter(mail.lang for mail in mails).items())),
        "sources": dict(sorted(Counter(mail.source or "not told" for mail in mails).items())),
        "per_tag": dict(sorted(Counter(label for mail in mails for label in mail.labels).items())),
    }
