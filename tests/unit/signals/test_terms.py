from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from mailsignals.signals.terms import CHARS, WORD, WORDS, Analyse, Terms, Tfidf, char_terms, word_terms
from support.tiny_corpus import tiny_corpus

TEXTS = [
    *(mail.text for mail in tiny_corpus()),
    "",
    "  a\u00a0 b\t\tcc,  \u00bfno?!  I\u0307stanbul \u10d0\u10d1 \U0001f642 it's 1,5 co-op x_y",
    "\u041d\u0443 \u0447\u0442\u043e \u0436\u2026 \u0435\u0449\u0451 \u0440\u0430\u0437?",
]


@pytest.mark.parametrize(
    ("analyse", "options"),
    [
        (char_terms, {"analyzer": "char_wb", "ngram_range": CHARS}),
        (word_terms, {"token_pattern": WORD, "ngram_range": WORDS}),
    ],
    ids=["characters", "words"],
)
def test_terms_weigh_what_scikit_learn_makes_of_them(analyse: Analyse, options: dict[str, object]) -> None:
    learnt = TfidfVectorizer(**options, sublinear_tf=True, dtype=np.float32, min_df=2).fit(TEXTS)
    ours = Tfidf(analyse, learnt.get_feature_names_out().tolist(), learnt.idf_.astype(np.float32))
    others = [*TEXTS, "Words \u2014 never seen, and some of them twice: some, some!"]
    assert np.allclose(ours.transform(others).toarray(), learnt.transform(others).toarray(), atol=1e-6)


def test_a_sentence_without_known_words_weighs_nothing_but_its_marks() -> None:
    counted = np.array(["zz"]), np.ones(1, np.float32)
    row = Terms(counted, counted, words_weight=1.0, marks_weight=0.5).spelling(["Not 5 \u20ac!"]).toarray()[0]
    assert row[:2].tolist() == [0, 0]
    assert set(row[2:]) == {0, 0.5}


def test_reading_mail_does_without_scikit_learn_and_pandas() -> None:
    told = "import sys; from mailsignals.wiring import open_tagger; open_tagger('default').tag_texts(['Hi.']); "
    told += "print(sorted({'sklearn', 'pandas'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
