from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from mailsignals.learning.evaluate import judge, mistakes
from mailsignals.types import Evidence, LabelledMail, Tagging
from support.tiny_corpus import labelled

TAGS = ("distrust", "appreciation")
DOUBT = ("Show me the hours.", "distrust")
PRAISE = ("Lovely work.", "appreciation")
PLAIN = ("See you.", "")


def answer(mail: LabelledMail, **scores: float) -> Tagging:
    """A tagging that shows the mail's own spans of the tags that score above a half, and else the first word."""
    spans = {span.label: span for span in mail.spans}
    shown = [
        Evidence(tag, spans[tag].start, spans[tag].end, score) if tag in spans else Evidence(tag, 0, 3, score)
        for tag, score in scores.items()
        if score > 0.5
    ]
    return Tagging("", "m", dict.fromkeys(TAGS, 0.0) | scores, tuple(shown))


MAILS = [
    labelled(1, DOUBT, PLAIN),
    labelled(2, PLAIN, DOUBT),
    labelled(3, PRAISE),
    replace(labelled(4, PLAIN), lang="da"),
]


def test_a_perfect_tagger_has_only_ones() -> None:
    taggings = [answer(mail, **dict.fromkeys(mail.labels, 1.0)) for mail in MAILS]
    report = judge(MAILS, taggings, TAGS)
    assert [figure["value"] for figure in (report.macro_f1, report.micro_f1, report.evidence_precision)] == [1, 1, 1]
    assert report.calibration_error == 0


def test_precision_recall_and_f1_are_counted_by_message() -> None:
    taggings = [answer(MAILS[0], distrust=0.9), answer(MAILS[1]), answer(MAILS[2]), answer(MAILS[3], distrust=0.9)]
    report = judge(MAILS, taggings, TAGS)
    doubt = report.per_tag["distrust"]
    assert (doubt["precision"], doubt["recall"], doubt["f1"], doubt["support"], doubt["found"]) == (0.5, 0.5, 0.5, 2, 2)
    assert report.macro_f1["value"] == pytest.approx(0.25)
    assert report.micro_f1["value"] == pytest.approx(0.4)


def test_evidence_must_overlap_the_labelled_words() -> None:
    right = answer(MAILS[1], distrust=0.9)
    wrong = replace(right, evidence=(Evidence("distrust", 0, 8, 0.9),))
    assert judge(MAILS[1:2], [right], TAGS).evidence_precision["value"] == 1
    report = judge(MAILS[1:2], [wrong], TAGS)
    assert (report.evidence_precision["value"], report.evidence_recall["value"]) == (0, 0)
    assert report.per_tag["distrust"]["f1"] == 1


def test_half_of_the_shorter_span_is_not_enough() -> None:
    start, end = MAILS[0].spans[0].start, MAILS[0].spans[0].end
    half = replace(answer(MAILS[0]), evidence=(Evidence("distrust", (start + end) // 2, end + 9, 0.9),))
    assert judge(MAILS[:1], [half], TAGS).evidence_precision["value"] == 0


def test_a_tag_outside_the_asked_ones_is_ignored() -> None:
    taggings = [answer(mail, **dict.fromkeys(mail.labels, 1.0)) for mail in MAILS]
    report = judge(MAILS, taggings, ("distrust",))
    assert list(report.per_tag) == ["distrust"]
    assert report.evidence_precision["value"] == 1


def test_sure_and_wrong_scores_are_a_calibration_error() -> None:
    taggings = [answer(mail, distrust=1.0, appreciation=1.0) for mail in MAILS[3:]]
    assert judge(MAILS[3:], taggings, TAGS).calibration_error == 1


def test_each_language_has_its_own_figures() -> None:
    taggings = [answer(mail, **dict.fromkeys(mail.labels, 1.0)) for mail in MAILS]
    report = judge(MAILS, taggings, TAGS)
    assert {lang: own["messages"] for lang, own in report.per_language.items()} == {"da": 1, "en": 3}
    assert report.per_language["en"]["macro_f1"] == 1


def test_intervals_hold_the_value_and_repeat() -> None:
    taggings = [answer(MAILS[0], distrust=0.9), *(answer(mail) for mail in MAILS[1:])]
    one, other = (judge(MAILS * 5, taggings * 5, TAGS) for _ in range(2))
    low, high = one.micro_f1["interval"]
    assert low < one.micro_f1["value"] < high
    assert one == other


def test_no_mail_at_all_can_be_judged_and_written_as_json() -> None:
    assert json.loads(json.dumps(asdict(judge([], [], TAGS))))["messages"] == 0


def test_the_surest_false_span_and_the_weakest_missed_one_are_the_worst() -> None:
    false, surer = (answer(MAILS[3], distrust=score) for score in (0.6, 0.9))
    missed = answer(MAILS[0], distrust=0.1)
    found = mistakes([MAILS[0], MAILS[1], MAILS[3], MAILS[3]], [missed, answer(MAILS[1], distrust=0.3), false, surer])
    assert [(one.lang, one.is_missed, one.score) for one in found] == [("da", False, 0.9), ("en", True, 0.1)]
    assert found[1].words == DOUBT[0]


def test_what_is_unsure_counts_for_the_message_and_not_for_what_is_quoted() -> None:
    right = answer(MAILS[0], distrust=0.9)
    unsure = replace(right, evidence=tuple(replace(span, is_sure=False) for span in right.evidence))
    report = judge(MAILS[:1], [unsure], TAGS)
    assert (report.per_tag["distrust"]["f1"], report.evidence_precision["value"]) == (1, 0)
    assert report.evidence_overlap["value"] == 1
