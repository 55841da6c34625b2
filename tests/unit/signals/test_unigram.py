"""Text becomes the pieces that the encoder was trained on."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from mailsignals.signals.unigram import END, START, UNKNOWN, Unigram, normalised

FOLDER = Path(__file__).parents[3] / "models" / "encoder"
KNOWN_CUT = ["▁que", "ry", ":", "▁Baba", "yar", "an", "▁ko", "▁buka", "s", ",", "▁обеща", "ю", "!"]
SPECIAL = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]


@pytest.fixture(scope="module")
def shipped() -> Unigram:
    return Unigram.load(FOLDER / "vocabulary.tsv")


@pytest.fixture(scope="module")
def pieces() -> list[str]:
    lines = (FOLDER / "vocabulary.tsv").read_text(encoding="utf-8").split("\n")
    return [line.split("\t")[0] for line in lines]


def test_the_likeliest_cut_wins_over_the_longest_piece() -> None:
    vocabulary = Unigram([*SPECIAL, ("▁ab", -9.0), ("▁a", -1.0), ("b", -1.0)])
    assert vocabulary.encode("ab") == [START, 5, 6, END]


def test_a_run_of_unknown_characters_is_one_unknown() -> None:
    vocabulary = Unigram([*SPECIAL, ("▁", -1.0), ("a", -1.0)])
    assert vocabulary.encode("a☃☃☃a") == [START, 4, 5, UNKNOWN, 5, END]


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b", "\x00"])
def test_a_text_without_signs_is_start_and_end(shipped: Unigram, text: str) -> None:
    assert shipped.encode(text) == [START, END]


def test_the_limit_counts_start_and_end(shipped: Unigram) -> None:
    whole = shipped.encode("one two three four five six seven eight")
    assert shipped.encode("one two three four five six seven eight", limit=6) == [*whole[:5], END]
    assert shipped.encode("one two three four five six seven eight", limit=len(whole)) == whole


def test_a_known_sentence_is_cut_as_sentencepiece_cuts_it(shipped: Unigram, pieces: list[str]) -> None:
    cut = [pieces[number] for number in shipped.encode("query: Babayaran ko bukas, обещаю!")[1:-1]]
    assert cut == KNOWN_CUT


def test_blanks_around_and_between_words_change_nothing(shipped: Unigram) -> None:
    assert shipped.encode("  Hej\u00a0 Rasmus\r\n") == shipped.encode("Hej Rasmus")


def test_composed_and_decomposed_letters_are_the_same(shipped: Unigram) -> None:
    text = "račun à sjøen, ещё"
    assert shipped.encode(unicodedata.normalize("NFD", text)) == shipped.encode(text)


def test_soft_hyphens_and_direction_marks_are_not_seen(shipped: Unigram) -> None:
    assert shipped.encode("in\u00advoice \u202dnow\u202c") == shipped.encode("invoice now")


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog. THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG!",
        "Съешь же ещё этих мягких французских булок, да выпей чаю. СЪЕШЬ ЖЕ ЕЩЁ ЭТИХ МЯГКИХ БУЛОК?",
        "Љубазни фењерџија чађавог лица хоће да ми покаже штос; жебракують філософи при ґанку в Їжгороді",
        "Gojazni đačić s biciklom drži hmelj i finu vatu u džepu nošnje. ŠĐČĆŽ",
        "Quizdeltagerne spiste jordbær med fløde, mens cirkusklovnen Walther spillede på xylofon. ÆØÅ",
        "Ñaña, jalapeño, çà, Ärger, Öl, Übel, Łódź, ţară, ğüneş, ß",
        "0123456789 3.500,00 € £12 $9.99 ₱750 kr. 50 % № 7 §3 1st 2º ½ ²",
        "«да» „ne“ “yes” ‘no’ – — … • · ! ? ; : / \\ | @ # & * + = < > [ ] { } ( ) ~ ^ ` ´ ¨",
        "🙂😀😂🤣😊😍😡👍👎🙏🔥🎉❤️💔✅❌⚠️😅😭🤔👌💪🏻👏🏽📎📧📅💰",
    ],
)
def test_nothing_latin_cyrillic_or_emoji_is_unknown(shipped: Unigram, text: str) -> None:
    assert UNKNOWN not in shipped.encode(text)


@pytest.mark.parametrize(("first", "last"), [("A", "z"), ("À", "ÿ"), ("А", "я"), ("Ђ", "Џ"), ("ђ", "џ"), ("!", "~")])
def test_every_common_letter_and_sign_has_a_piece_of_its_own(shipped: Unigram, first: str, last: str) -> None:
    characters = [chr(point) for point in range(ord(first), ord(last) + 1)]
    assert [character for character in characters if UNKNOWN in shipped.encode(character)] == []


@pytest.mark.parametrize("text", ["\ud800", "\U0010ffff", "漢字", "\x00\x01", "ﷺ" * 50, "a" * 100_000])
def test_no_text_is_refused(shipped: Unigram, text: str) -> None:
    cut = shipped.encode(text, limit=128)
    assert (cut[0], cut[-1]) == (START, END)
    assert len(cut) <= 128


def test_a_very_long_word_is_not_kept_in_memory(shipped: Unigram) -> None:
    kept = shipped._remembered.cache_info().currsize
    shipped.encode("x" * 5_000)
    assert shipped._remembered.cache_info().currsize == kept


def test_remembered_words_are_bounded(shipped: Unigram) -> None:
    assert shipped._remembered.cache_info().maxsize == 50_000


def test_folding_twice_is_folding_once() -> None:
    text = "ﬁve\u3000½ ㎏…  \u00a0x\u200by"
    assert normalised(normalised(text)) == normalised(text)


def test_a_line_that_is_no_piece_is_an_error() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        Unigram.parse("<s>\t0\n<pad>\t0\n</s>\t0\n<unk>\t0\nword\tmany\n")
