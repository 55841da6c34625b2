"""The tagger of the product: messages in, taggings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spacy.tokens import Doc

from mailsignals.signals.model import Model
from mailsignals.signals.pipeline import SPANS_KEY, build_pipeline
from mailsignals.types import Evidence, Message, Origin, Tagging


class ModelTagger:
    """Fulfils ``ports.Tagger`` with a model.

    Args:
        model: The model to read with.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._nlp = build_pipeline(model)

    @property
    def fingerprint(self) -> str:
        """Identity of the model's files."""
        return self._model.fingerprint

    @property
    def name(self) -> str:
        """The model's name and version."""
        return f"{self._model.name} {self._model.version}"

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that it can find."""
        return self._model.tags

    def tag(self, messages: Sequence[Message], answered: Mapping[str, str]) -> list[Tagging]:
        """One tagging a message, in order. Mail that no person wrote gets one without evidence.

        Args:
            answered: Message-ID -> own words of the message that it answers, where they are known.
        """
        words = [message.own_text if message.origin is Origin.HUMAN else "" for message in messages]
        before = [answered.get(message.message_id, "") for message in messages]
        return [
            replace(tagging, message_id=message.message_id)
            for message, tagging in zip(messages, self.tag_texts(words, before), strict=True)
        ]

    def tag_texts(self, texts: Sequence[str], answered: Sequence[str] = ()) -> list[Tagging]:
        """One tagging a text, in order, with an empty ``message_id``. Offsets count in the text as given.

        Args:
            answered: What each text answers, an empty string where it is not known; none at all for all of them.
        """
        docs = (self._doc(*pair) for pair in zip(texts, answered or [""] * len(texts), strict=True))
        return [self._tagging(doc) for doc in self._nlp.pipe(docs)]

    def _doc(self, text: str, answered: str) -> Doc:
        doc = self._nlp.make_doc(text)
        doc._.answered = answered
        return doc

    def _tagging(self, doc: Doc) -> Tagging:
        evidence = tuple(
            Evidence(span.label_, span.start_char, span.end_char, span._.score, span._.is_sure)
            for span in doc.spans[SPANS_KEY]
        )
        return Tagging("", self.fingerprint, doc._.signal_scores, evidence)
