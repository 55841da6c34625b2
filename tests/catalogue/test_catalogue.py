"""The catalogue is knowledge, and knowledge can be incomplete: every tag is looked through in five languages."""

from __future__ import annotations

import re
from collections import Counter
from importlib import resources

import pytest

from mailsignals.behaviour.figures import Behaviour, behaviours
from mailsignals.report.reply import Play, plays
from mailsignals.signals.catalogue import Example, Signal, catalogue
from mailsignals.signals.segment import sentences
from mailsignals.text.language import language_of

LANGUAGES = {"en", "ru", "hr", "da", "tl"}
ALONE = {"aggression", "deception_request"}
PROTECTIVE = {"constructive_criticism", "appreciation"}
SURE_MESSAGE = 0.55 * 0.9
"""What one message scores today that is just sure enough to stand alone; 0.55 is ``clients.aggregate.TRUST``."""
ADVICE_LIMIT = 420

SIGNALS = [pytest.param(signal, id=tag) for tag, signal in catalogue().items()]
SOURCES: dict[str, Signal | Behaviour | Play] = {
    **catalogue(),
    **{name: known for name, known in behaviours().items() if known.reply},
    **{stage.value: play for stage, play in plays().items() if play.reply},
}
"""All that has drafts, by its name."""

WITHOUT_QUOTE = {"aggression", "antipathy", "consider parting", *behaviours()}
"""One does not repeat an insult, gives no reasons at parting, and behaviour has no sentence."""

DRAFTS = [
    pytest.param(name, lang, draft, id=f"{name}-{lang}-{manner}")
    for name, source in SOURCES.items()
    for manner, drafts in (("reply", source.reply), ("familiar", source.familiar))
    for lang, draft in drafts.items()
]


def examples() -> list[tuple[str, Example]]:
    """Every example with its tag, in the order of the file; for parametrising."""
    return [(tag, example) for tag, signal in catalogue().items() for example in signal.examples]


EXAMPLES = [pytest.param(example, id=f"{tag}-{n}-{example.lang}") for n, (tag, example) in enumerate(examples())]


def counting(signal: Signal, *, counts: bool) -> Counter[str]:
    """Language -> number of examples that count, or that do not."""
    return Counter(example.lang for example in signal.examples if example.counts is counts)


def test_nothing_is_left_to_do() -> None:
    text = resources.files("mailsignals.signals").joinpath("catalogue.toml").read_text("utf-8")
    assert "TODO" not in text


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_tag_has_words_for_every_place_they_are_shown_in(signal: Signal) -> None:
    for words in (signal.title, signal.does, signal.meaning, signal.meaning_not, signal.source):
        assert words.strip()
        assert words == words.strip()
    assert signal.title[0].isupper()
    assert signal.does[0].islower()
    assert not signal.does.endswith(".")


@pytest.mark.parametrize("signal", SIGNALS)
def test_shares_and_scores_are_shares_and_scores(signal: Signal) -> None:
    assert 0 <= signal.weight <= 1
    assert 0 < signal.alert_at <= 1
    assert signal.half_life_days > 0


@pytest.mark.parametrize("signal", SIGNALS)
def test_only_what_harms_at_once_alerts_on_a_single_message(signal: Signal) -> None:
    if signal.tag in ALONE:
        assert 0.5 < signal.alone_at <= 1
        assert signal.alert_at < SURE_MESSAGE
    else:
        assert signal.alone_at > 1
        assert signal.alert_at >= 0.55


def test_praise_and_honest_criticism_weigh_nothing_against_a_client() -> None:
    protective = {tag for tag, signal in catalogue().items() if signal.protective}
    assert protective == PROTECTIVE
    assert {tag for tag, signal in catalogue().items() if signal.weight == 0} == PROTECTIVE


@pytest.mark.parametrize("signal", SIGNALS)
def test_advice_is_two_or_more_sentences_that_a_tired_person_can_read(signal: Signal) -> None:
    assert len(signal.advice) <= ADVICE_LIMIT
    assert signal.advice.endswith(".")
    assert 2 <= len(sentences(signal.advice)) <= 4


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_what_has_a_draft_has_it_in_every_language_and_manner(source: Signal | Behaviour | Play) -> None:
    assert set(source.reply) == LANGUAGES
    assert set(source.familiar) == LANGUAGES - {"da"}, "Danish says du to everybody"


def test_what_a_mail_does_not_help_with_has_no_draft() -> None:
    assert {name for name, known in behaviours().items() if not known.reply} == {"hostile_contact", "our_side"}


@pytest.mark.parametrize(("name", "lang", "draft"), DRAFTS)
def test_a_draft_is_in_its_language(name: str, lang: str, draft: str) -> None:
    assert language_of(draft.removeprefix("[quote]")) == lang, name


@pytest.mark.parametrize(("name", "lang", "draft"), DRAFTS)
def test_a_draft_is_three_to_five_sentences_without_greeting(name: str, lang: str, draft: str) -> None:
    assert "\n" not in draft, (name, lang)
    assert 3 <= len(sentences(draft)) <= 5
    assert draft.count("[") == draft.count("]") <= 4


@pytest.mark.parametrize(("name", "lang", "draft"), DRAFTS)
def test_a_draft_begins_with_their_sentence_where_that_helps(name: str, lang: str, draft: str) -> None:
    assert draft.startswith("[quote] ") == (name not in WITHOUT_QUOTE), lang
    assert draft.count("[quote]") <= 1


@pytest.mark.parametrize(("name", "lang", "draft"), DRAFTS)
def test_a_draft_asks_for_no_sum_but_that_of_a_bill(name: str, lang: str, draft: str) -> None:
    sums, numbers = r"\[(?:amount|сумма|iznos|beløb|halaga)\]", r"\[(?:number|номер|broj|nummer)\]"
    assert bool(re.search(sums, draft)) == bool(re.search(numbers, draft)), (name, lang)


@pytest.mark.parametrize(("name", "lang", "draft"), DRAFTS)
def test_a_draft_keeps_to_words_that_natives_use(name: str, lang: str, draft: str) -> None:
    wrong = {
        "ru": r"\w\((?:а|ла)\)|Спасибо, что пишешь|Спасибо за время, которое",
        "hr": r"\w+o/\w+la\b|\bna iznos od\b|\bna \[iznos\]",
        "tl": r"\bniyo\b|unang araw ng trabaho|pakibigay|personal na salita",
    }.get(lang)
    assert not (wrong and re.search(wrong, draft)), name


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_in_one_of_our_languages(example: Example) -> None:
    assert example.lang in LANGUAGES


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_language_shows_what_counts_and_three_examples_show_what_does_not(signal: Signal) -> None:
    assert set(counting(signal, counts=True)) == LANGUAGES
    assert counting(signal, counts=False).total() >= 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_one_or_two_sentences(example: Example) -> None:
    assert 1 <= len(sentences(example.text)) <= 2
    assert example.text == example.text.strip()


def test_no_example_is_given_twice() -> None:
    times = Counter(example.text for _, example in examples())
    assert [text for text, count in times.items() if count > 1] == []
