"""Do the alerts come early, seldom and to the right clients? 1,500 simulated histories of twelve months.

    python benchmarks/alert_quality.py [--histories 1500] [--json docs/figures/alert_quality.json]

Twelve kinds of client write for a year. What they truly do is known; what is seen of it passes through the model's
own errors, drawn from the test writers of the corpus: a true signal is seen as it was in some test message that has
it, or missed as it was there, and beside it stands whatever false was seen in some test message without a risk signal.
That is an everyday one, or one that was written to be mistaken: of a good client's mails one in ten is such a
look-alike, of a blunt one's three in ten. Who is asked answers within days. Clients greet by first name, with slips;
who sours slowly grows stiff as well, or shows it in words alone. The product's judgement is set beside three simple
rules over the same nights, as they come and set so that they sound as seldom as it does. Twenty clients make one
agency, since a client is judged beside the others.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import joblib
import numpy as np

from mailsignals.behaviour.people import is_difficult
from mailsignals.clients.alerts import AlertRules, due_alerts
from mailsignals.clients.identity import Roster
from mailsignals.clients.state import Judge
from mailsignals.learning.corpus import read_labels
from mailsignals.learning.evaluate import tag_mails
from mailsignals.types import (
    LANGUAGES,
    Address,
    Alert,
    AlertChange,
    Cue,
    CueKind,
    Evidence,
    Invoice,
    Message,
    Stage,
    Tagging,
    WorkingTime,
)
from mailsignals.wiring import open_tagger

ROOT = Path(__file__).parents[1]
START = datetime(2025, 1, 6, 9, tzinfo=UTC)
YEAR = 364
ONSET = 180
AGENCY = 20
OURS = Address("ana@studio.example")
WORK = WorkingTime(ZoneInfo("UTC"), time(9), time(17), frozenset(range(5)))
WORDS = "Sentence {number} of the client, whatever it is."
FAMILIAR, STIFF = "Hi Ana,\n", "Dear Ms Novak,\n"
NO_GREETING, SLIP = 0.1, 0.02
"""Share of mails without a greeting, and of stiff ones among those of a client who is not turning."""

GOOD = ("steady good", "blunt but good", "busy season")
LOOK_ALIKES = {"blunt but good": 0.3}
FEW_LOOK_ALIKES = 0.1
"""Share of mails without a risk signal that look as if they had one, by kind of client and for all others."""

SOURING = (("distrust", 0.25), ("advice_rejection", 0.2), ("blame_shifting", 0.2), ("antipathy", 0.1))
"""Tag -> share of the mails of who has turned sour that carry it."""

KINDS = (
    "steady good",
    "blunt but good",
    "slow souring",
    "souring in words alone",
    "sudden conflict",
    "late payer",
    "micromanager",
    "scope creeper",
    "busy season",
    "hostile person",
    "our side slow",
    "beyond repair",
)


Seen = tuple[Evidence, ...]


@dataclass(frozen=True)
class Confusion:
    """What the model makes of the test writers' messages.

    Args:
        hits: Tag -> for each message that has it, its strongest evidence, or none.
        everyday: For each everyday message, all that is seen in it; none of it is there.
        fooled: The same of messages that were written to look as if they had a risk signal.
    """

    hits: Mapping[str, Sequence[Seen]]
    everyday: Sequence[Seen]
    fooled: Sequence[Seen]


def measure_confusion() -> Confusion:
    """Run the shipped model over the test part of the corpus."""
    mails = [
        mail
        for mail in read_labels(ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES)
        if mail.split == "test" and not mail.outgoing
    ]
    hits: dict[str, list[Seen]] = defaultdict(list)
    false: dict[str, list[Seen]] = defaultdict(list)
    for mail, tagging in zip(mails, tag_mails(open_tagger("default"), mails), strict=True):
        seen = {span.label: span for span in sorted(tagging.evidence, key=lambda span: span.score)}
        for tag in mail.labels:
            hits[tag].append((seen[tag],) if tag in seen else ())
        false[mail.kind].append(tuple(span for tag, span in sorted(seen.items()) if tag not in mail.labels))
    return Confusion(hits, false["benign"], false["hard_negative"])


@dataclass
class History:
    """One client's year.

    Args:
        onset: Day from which it is difficult; None for never.
        truth: Message-ID -> the tags that it truly has.
    """

    client: str
    kind: str
    onset: int | None = None
    mails: list[Message] = field(default_factory=list)
    truth: dict[str, frozenset[str]] = field(default_factory=dict)
    readings: dict[str, tuple[Cue, ...]] = field(default_factory=dict)
    invoices: list[Invoice] = field(default_factory=list)


class Writer:
    """Writes one client's history.

    Args:
        number: Makes the client's name and its draws.
    """

    def __init__(self, number: int, kind: str, seed: int) -> None:
        self.random = random.Random(seed * 100_003 + number)
        self.history = History(f"client{number:03}.example", kind)
        self.people = [Address(f"{name}@{self.history.client}", name.title()) for name in ("iva", "tomo", "tea")]
        self.count = self.turns = 0
        self.threads: dict[str, str] = {}

    def write(self) -> History:
        """The whole year: their mail with our answers, and a bill a month."""
        kind, rng, history = self.history.kind, self.random, self.history
        history.onset = {
            "slow souring": ONSET,
            "souring in words alone": ONSET,
            "sudden conflict": ONSET,
            "late payer": ONSET,
            "beyond repair": ONSET,
        }.get(kind)
        if kind in ("micromanager", "scope creeper", "hostile person"):
            history.onset = 0
        day = rng.expovariate(0.25)
        while day < YEAR:
            self._turn(day)
            busy = kind == "busy season" and 240 < day < 300
            day += rng.expovariate(0.9 if busy else 0.265)
        for month in range(12):
            self._bill(month)
        return history

    def _turn(self, day: float) -> None:
        """A mail of theirs, our answer, and theirs to that where we ask, under one subject."""
        rng = self.random
        self.turns += 1
        asked = (Cue(CueKind.THEIR_QUESTION, 0, 9),) if rng.random() < 0.4 else ()
        self._theirs(day, asked)
        slow = self.history.kind == "our side slow"
        if rng.random() < (0.6 if slow else 0.9):
            day += rng.expovariate(1 / 4.0) + 2 if slow else rng.expovariate(1 / 0.4) + 0.02
            asks = rng.random() < 0.4
            cues = (Cue(CueKind.OUR_QUESTION, 0, 9),) if asks else ()
            self._mail(self._moment(day, ours=True), None, frozenset(), cues, FAMILIAR)
            if asks and rng.random() < 0.9:
                self._theirs(day + rng.expovariate(1 / 1.2) + 0.05, ())

    def _theirs(self, day: float, cues: tuple[Cue, ...]) -> None:
        tags, person = self._tags(day), self._person()
        if self.history.kind == "hostile person" and person is not self.people[0]:
            tags = tags & {"appreciation", "constructive_criticism"}
        self._mail(self._moment(day), person, tags, cues, self._greeting(day))

    def _tags(self, day: float) -> frozenset[str]:
        """What a mail of this day truly does."""
        rng, kind = self.random, self.history.kind
        tags = set()
        if rng.random() < {"blunt but good": 0.45}.get(kind, 0.1):
            tags.add("constructive_criticism")
        if rng.random() < 0.15:
            tags.add("appreciation")
        bad: dict[str, tuple[tuple[str, float], ...]] = {
            "slow souring": SOURING,
            "souring in words alone": SOURING,
            "sudden conflict": (("aggression", 0.6), ("blame_shifting", 0.4), ("distrust", 0.3)),
            "late payer": (("payment_excuse", 0.1),),
            "micromanager": (("micromanagement", 0.4), ("boundary_violation", 0.1)),
            "scope creeper": (("unpaid_extra_work", 0.3),),
            "hostile person": (("aggression", 0.25), ("blame_shifting", 0.2)),
            "busy season": (("boundary_violation", 0.01),) if 240 < day < 300 else (),
            "our side slow": (("boundary_violation", 0.05),),
            "beyond repair": (
                ("micromanagement", 0.35),
                ("unpaid_extra_work", 0.3),
                ("discount_haggling", 0.2),
                ("aggression", 0.15),
            ),
        }
        onset = self.history.onset
        if onset is not None and day < onset:
            return frozenset(tags)
        ramp = _ramp(day) if bad.get(kind) is SOURING else 1.0
        tags |= {tag for tag, share in bad.get(kind, ()) if rng.random() < share * ramp}
        return frozenset(tags)

    def _greeting(self, day: float) -> str:
        """How a mail of theirs of this day begins."""
        if self.random.random() < NO_GREETING:
            return ""
        is_turning = self.history.kind == "slow souring" and day >= ONSET
        return STIFF if self.random.random() < (_ramp(day) if is_turning else SLIP) else FAMILIAR

    def _person(self) -> Address:
        return self.random.choices(self.people, (5, 3, 2))[0]

    def _moment(self, day: float, *, ours: bool = False) -> datetime:
        """In working hours, a tenth of theirs in the evening."""
        hour = self.random.uniform(0, 7.9)
        whole = START.replace(hour=0) + timedelta(days=int(day))
        if whole.weekday() > 4:
            whole += timedelta(days=7 - whole.weekday())
        late = not ours and self.random.random() < 0.1
        same_day = START.replace(hour=0) + timedelta(days=day)
        moment = whole + timedelta(hours=20 if late else 9 + hour)
        return max(moment, same_day) if ours else moment

    def _mail(
        self, at: datetime, sender: Address | None, tags: frozenset[str], cues: tuple[Cue, ...], greeting: str
    ) -> None:
        self.count += 1
        key = f"{self.count}@{self.history.client}"
        to = self.people[0] if sender is None else OURS
        subject = f"Project {self.turns // 6}"
        first = self.threads.setdefault(subject, key)
        linked = (first,) if first != key else ()
        mail = Message(
            key,
            key,
            at,
            sender or OURS,
            (to,),
            subject,
            greeting + WORDS.format(number=self.count),
            "en",
            references=linked,
        )
        self.history.mails.append(mail)
        self.history.truth[key] = tags
        self.history.readings[key] = cues

    def _bill(self, month: int) -> None:
        """Issued on the first, due in two weeks, paid by the kind's manner."""
        rng = self.random
        issued = START.date() + timedelta(days=30 * month)
        due = issued + timedelta(days=14)
        late = rng.gauss(-1, 2)
        if self.history.kind in {"late payer", "beyond repair"} and 30 * month >= ONSET:
            late = 12 + 8 * (30 * month - ONSET) / 30 + rng.gauss(0, 2)
        paid = due + timedelta(days=round(max(-10, late)))
        known = paid <= START.date() + timedelta(days=YEAR)
        number = f"{self.history.client}-{month}"
        self.history.invoices.append(
            Invoice(number, self.history.client, issued, due, 1000, "EUR", paid if known else None, 1000.0 * known)
        )


def _ramp(day: float) -> float:
    """How far who sours slowly has gone by a day: from a third at the onset to the whole after two months."""
    return min(1.0, max(0.35, (day - ONSET) / 60))


def seen(history: History, confusion: Confusion, rng: random.Random) -> dict[str, Tagging]:
    """The taggings that the model would give, with its errors."""
    found = {}
    look_alikes = LOOK_ALIKES.get(history.kind, FEW_LOOK_ALIKES)
    for mail in history.mails:
        tags = history.truth[mail.message_id]
        spans: list[Evidence] = []
        if mail.sender != OURS:
            spans += (span for tag in sorted(tags) for span in rng.choice(confusion.hits[tag]))
            others = confusion.fooled if rng.random() < look_alikes else confusion.everyday
            spans += (span for span in rng.choice(others) if span.label not in tags)
        placed = tuple(
            replace(span, start=0, end=len(mail.own_text)) for span in sorted(spans, key=lambda span: span.label)
        )
        found[mail.message_id] = Tagging(mail.message_id, "m", {}, placed)
    return found


@dataclass
class Told:
    """What one rule told of one client.

    Args:
        nights: Days from the start on which it raised something new.
        parting: Whether it ever put parting forward.
    """

    nights: list[int] = field(default_factory=list)
    parting: bool = False


def simulate(numbers: Sequence[int], confusion: Confusion, seed: int) -> list[tuple[History, dict[str, Told]]]:
    """One agency's year under every rule."""
    rng = random.Random(seed * 7 + numbers[0])
    histories = [Writer(number, KINDS[number % len(KINDS)], seed).write() for number in numbers]
    taggings: dict[str, Tagging] = {}
    for history in histories:
        taggings |= seen(history, confusion, rng)
    messages = [mail for history in histories for mail in history.mails]
    readings = {key: cues for history in histories for key, cues in history.readings.items()}
    invoices = [invoice for history in histories for invoice in history.invoices]
    judge = Judge(messages, taggings, Roster([OURS.email]), WORK, AlertRules(), readings, invoices)
    told = {history.client: {"mailsignals": Told()} for history in histories}
    alerts: list[Alert] = []
    for day in range(7, YEAR + 1):
        night = datetime.combine(START.date() + timedelta(days=day), time(5), UTC)
        states = judge.states(night)
        due = due_alerts(states, alerts, AlertRules(), night)
        alerts += due
        for alert in due:
            if alert.change in (AlertChange.NEW, AlertChange.WORSE) and alert.tag != "stage":
                own = told[alert.client]["mailsignals"]
                if day not in own.nights:
                    own.nights.append(day)
        for state in states:
            told[state.client]["mailsignals"].parting |= state.verdict.stage is Stage.CONSIDER_PARTING
    for history in histories:
        mails = _difficult(history, taggings)
        for name, rule in RULES.items():
            told[history.client][name] = Told(rule.nights(mails, rule.usual))
            told[history.client] |= {_at(name, level): Told(rule.nights(mails, level)) for level in rule.levels}
    return [(history, told[history.client]) for history in histories]


def _difficult(history: History, taggings: Mapping[str, Tagging]) -> list[tuple[int, bool]]:
    """Their mails as (day, whether any negative tag is seen)."""
    theirs = [mail for mail in history.mails if mail.sender != OURS]
    theirs.sort(key=lambda mail: mail.sent_at)
    return [
        ((mail.sent_at.date() - START.date()).days + 1, is_difficult(sure_tags(taggings[mail.message_id])))
        for mail in theirs
    ]


def sure_tags(tagging: Tagging) -> frozenset[str]:
    """The tags that count against a client."""
    return frozenset(span.label for span in tagging.sure)


def fixed_threshold(mails: Sequence[tuple[int, bool]], share: float) -> list[int]:
    """An alarm when more than this share of the mails of sixty days is negative; again after it has fallen below."""
    nights, above = [], False
    for day, _ in mails:
        recent = [bad for at, bad in mails if day - 60 < at <= day]
        is_above = len(recent) >= 3 and sum(recent) / len(recent) > share
        if is_above and not above:
            nights.append(day)
        above = is_above
    return nights


def any_negative(mails: Sequence[tuple[int, bool]], count: float) -> list[int]:
    """An alarm for every mail with a negative tag, or for every one that is so many-th within thirty days."""
    bad = [day for day, is_bad in mails if is_bad]
    return sorted({day for place, day in enumerate(bad) if sum(day - 30 < at for at in bad[: place + 1]) >= count})


def cusum_on_sentiment(mails: Sequence[tuple[int, bool]], alarm: float) -> list[int]:
    """A plain CUSUM on sentiment: negative mails add 0.75, others take off 0.25; after an alarm it begins at zero."""
    level, nights = 0.0, []
    for day, bad in mails:
        level = max(0.0, level + (0.75 if bad else -0.25))
        if level >= alarm:
            nights.append(day)
            level = 0.0
    return nights


@dataclass(frozen=True)
class Rule:
    """A simple rule to be compared with.

    Args:
        nights: Client's mails as (day, whether any negative tag is seen), and a level -> days of its alarms.
        usual: The level that the rule has by itself.
        levels: What else it may be set to, from the most to the least sensitive.
    """

    nights: Callable[[Sequence[tuple[int, bool]], float], list[int]]
    usual: float
    levels: Sequence[float]


RULES: Mapping[str, Rule] = {
    "threshold on the mean": Rule(fixed_threshold, 0.25, [share / 100 for share in range(10, 95, 2)]),
    "any negative tag": Rule(any_negative, 1, range(1, 12)),
    "CUSUM on sentiment": Rule(cusum_on_sentiment, 2, [level / 4 for level in range(3, 41)]),
}


def _at(name: str, level: float) -> str:
    return f"{name} at {level:g}"


def _as_seldom(name: str, by_kind: Mapping[str, Sequence[tuple[History, dict[str, Told]]]]) -> str:
    """The most sensitive level of a rule at which it sounds no more often on good clients than mailsignals does."""

    def alarms(key: str) -> int:
        return sum(len(told[key].nights) for kind in GOOD for _, told in by_kind[kind])

    keys = [_at(name, level) for level in RULES[name].levels]
    return next((key for key in keys if alarms(key) <= alarms("mailsignals")), keys[-1])


def report(runs: Sequence[tuple[History, dict[str, Told]]]) -> dict[str, object]:
    """The figures of every rule: as it comes, and set so that it sounds as seldom as mailsignals."""
    rng = np.random.default_rng(0)
    by_kind: dict[str, list[tuple[History, dict[str, Told]]]] = defaultdict(list)
    for run in runs:
        by_kind[run[0].kind].append(run)
    figures: dict[str, object] = {}
    for name in ("mailsignals", *RULES, *(_as_seldom(name, by_kind) for name in RULES)):
        own: dict[str, object] = {}
        for kind in GOOD:
            own[f"alarms a year, {kind}"] = _interval([len(told[name].nights) for _, told in by_kind[kind]], rng)
        good = [len(told[name].nights) for kind in GOOD for _, told in by_kind[kind]]
        own["alarms a year, good clients"] = _interval(good, rng)
        for kind in ("slow souring", "souring in words alone", "sudden conflict", "late payer"):
            days, mails = zip(*(_delay(history, told[name]) for history, told in by_kind[kind]), strict=True)
            own[f"days until seen, {kind}"] = _interval(days, rng, median)
            own[f"mails until seen, {kind}"] = _interval(mails, rng, median)
        for kind in ("micromanager", "scope creeper", "hostile person"):
            share = [float(bool(told[name].nights)) for _, told in by_kind[kind]]
            own[f"share seen within the year, {kind}"] = _interval(share, rng)
        figures[name] = own
    parted = Counter(history.kind for history, told in runs if told["mailsignals"].parting)
    wrong = sum(count for kind, count in parted.items() if kind in (*GOOD, "our side slow"))
    beyond = len(by_kind["beyond repair"])
    figures["consider parting"] = {
        "by kind": dict(parted),
        "precision": 1 - wrong / max(1, sum(parted.values())),
        "recall": parted["beyond repair"] / max(1, beyond),
    }
    return figures


def _delay(history: History, told: Told) -> tuple[float, float]:
    """Days and mails of theirs from the onset to the first alarm; the rest of the year where there is none."""
    onset = history.onset or 0
    first = next((day for day in told.nights if day > onset), YEAR + 1)
    days = [(mail.sent_at.date() - START.date()).days for mail in history.mails if mail.sender != OURS]
    return first - onset, sum(onset <= day < first for day in days)


def _interval(
    values: Sequence[float], rng: np.random.Generator, figure: Callable[[Sequence[float]], float] = np.mean
) -> dict[str, object]:
    """A figure with its 95 % bootstrap interval over clients."""
    draws = [figure(rng.choice(values, len(values))) for _ in range(1000)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return {"value": round(float(figure(values)), 3), "interval": [round(float(low), 3), round(float(high), 3)]}


def _print(figures: Mapping[str, Mapping[str, Mapping[str, object]]], histories: int) -> None:
    print(f"{histories} histories of 12 months; brackets hold 95 % bootstrap intervals over clients\n")
    seldom = [rule for rule in figures if rule not in {"mailsignals", "consider parting", *RULES}]
    for rules in (["mailsignals", *RULES], ["mailsignals", *seldom]):
        print(f"| figure | {' | '.join(rules)} |\n| --- |{' --- |' * len(rules)}")
        for name in figures["mailsignals"]:
            cells = [figures[rule][name] for rule in rules]
            shown = [f"{cell['value']:.2f} [{cell['interval'][0]:.2f}, {cell['interval'][1]:.2f}]" for cell in cells]  # type: ignore[index]
            print(f"| {name} | {' | '.join(shown)} |")
        print()
    print(f"consider parting: {figures['consider parting']}")


def draw(figures: Mapping[str, Mapping[str, Mapping[str, object]]], file: Path) -> None:
    """Delay against false alarms: a column a rule, a mark a kind of trouble."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(6.4, 4.2), dpi=150)
    axes = picture.add_subplot()
    for rule in ("mailsignals", *RULES):
        alarms = max(0.01, float(figures[rule]["alarms a year, good clients"]["value"]))  # type: ignore[arg-type]
        accent = "#0b6b6b" if rule == "mailsignals" else "#8a949b"
        worst = 0.0
        for kind, mark in (("late payer", "^"), ("slow souring", "o"), ("sudden conflict", "s")):
            days = float(figures[rule][f"days until seen, {kind}"]["value"])  # type: ignore[arg-type]
            worst = max(worst, days)
            axes.plot(alarms, days, mark, color=accent, label=kind if rule == "mailsignals" else None)
        axes.annotate(
            rule.replace(" on ", "\non "), (alarms, worst), (0, 9), textcoords="offset points", ha="center", fontsize=7,
            color=accent,
        )  # fmt: skip
    axes.set(xscale="log", xlabel="false alarms per good client and year", ylabel="days from onset to alarm (median)")
    axes.set(xlim=(0.02, 12), ylim=(0, 215), xticks=[0.03, 0.1, 0.3, 1, 3, 10])
    axes.set_xticklabels(["0.03", "0.1", "0.3", "1", "3", "10"])
    axes.minorticks_off()
    axes.legend(fontsize=7, frameon=False, loc="upper right")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    picture.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.savefig(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    confusion = measure_confusion()
    agencies = [range(first, first + AGENCY) for first in range(0, options.histories, AGENCY)]
    done = joblib.Parallel(n_jobs=2)(joblib.delayed(simulate)(numbers, confusion, options.seed) for numbers in agencies)
    runs = [run for agency in done for run in agency]
    figures = report(runs)
    _print(figures, len(runs))  # type: ignore[arg-type]
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
        draw(figures, options.json.with_suffix(".png"))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
