"""An invented studio and its clients one morning, in five languages, with some hostile mail among it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailsignals.report.digest import Digest, compose
from mailsignals.types import (
    Address,
    Alert,
    AlertChange,
    Ask,
    BehaviourState,
    ClientState,
    Coverage,
    Facts,
    Matter,
    Promise,
    PromiseState,
    Quote,
    SignalState,
    Stage,
    Verdict,
)

ZAGREB = ZoneInfo("Europe/Zagreb")
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)

IVANA = Address("ivana@hotelgaleb.example", "Ivana Kovačević")
TOMO = Address("direktor@hotelgaleb.example", "Tomislav Galeb")
GLEB = Address("gleb@severmedia.example", "Глеб Орлов")
METTE = Address("mette@nordlys.example", "Mette Lund Sørensen")
JUN = Address("jun@loopnest.example", "Jun dela Cruz")
PRIYA = Address("priya@brightwell.example", "Priya Raman")
HOSTILE = Address("x@parcelry.example", '<img src="https://evil.example/p.gif">"Bo" <b>\u202egnp.exe')


def quote(
    tag: str,
    words: str,
    sender: Address,
    *,
    days_ago: float = 1,
    subject: str = "Novosti",
    lang: str = "en",
    **facts: Any,
) -> Quote:
    """A piece of evidence; ``days_ago`` counts back from the example's morning."""
    sent_at = NOW - timedelta(days=days_ago)
    return Quote(
        message_id=facts.get("message_id", f"{tag}-{days_ago}@{sender.domain}"),
        label=tag,
        words=words,
        score=facts.get("score", 0.9),
        sent_at=sent_at,
        subject=subject,
        sender=sender,
        lang=lang,
    )


def signal(score: float, *quotes: Quote, tag: str = "") -> SignalState:
    """A signal with these quotes; each is a message on a day of its own."""
    return SignalState(tag or quotes[0].label, score, max(len(quotes), 1), max(len(quotes), 1), 0.1, quotes)


def client(name: str, score: float, *signals: SignalState, lang: str = "en", **facts: Any) -> ClientState:
    """A client's state; facts are those of ``Facts``, and ``people``."""
    people = facts.pop("people", ())
    further = {
        name: facts.pop(name) for name in ("verdict", "behaviour", "promises", "asks", "invoices") if name in facts
    }
    return ClientState(name, score, signals, Facts(**facts), people, lang, **further)


def alert(state: ClientState, tag: str, change: AlertChange = AlertChange.NEW) -> Alert:
    """A due alert for a signal that the state has."""
    shown = state.signal(tag)
    assert shown
    evidence = tuple(sorted(quote.message_id for quote in shown.quotes))
    return Alert(state.client, tag, shown.score, NOW, change, evidence)


def galeb() -> ClientState:
    """Pays late and writes at night, in Croatian; praises the photos too."""
    return client(
        "Hotel Galeb",
        0.71,
        signal(
            0.82,
            quote(
                "payment_excuse",
                "Računovodstvo je na godišnjem, uplata će sigurno ići idući tjedan, najkasnije u petak, čim se "
                "kolegica vrati s mora i čim nam sjedne uplata od agencije, koja nam isto kasni već drugi mjesec, pa "
                "vas molim za još malo strpljenja jer znate da smo uvijek na kraju sve platili i da vas nikada ne "
                "bismo ostavili na cjedilu, a ovaj put je stvarno viša sila.",
                IVANA,
                days_ago=1.32,
                subject="Re: Račun 14-2026",
                lang="hr",
            ),
            quote(
                "payment_excuse",
                "Ispričavam se, opet sam zaboravila poslati nalog banci.",
                IVANA,
                days_ago=6.9,
                subject="Re: Račun 14-2026",
                lang="hr",
            ),
            quote(
                "payment_excuse",
                "Čim nam gost iz Beča plati, plaćamo i mi vama.",
                TOMO,
                days_ago=19.4,
                subject="Račun 13-2026, podsjetnik",
                lang="hr",
            ),
            quote("payment_excuse", "Banka je imala problema.", IVANA, days_ago=44, subject="Račun 12-2026", lang="hr"),
        ),
        signal(
            0.66,
            quote(
                "boundary_violation",
                "Zvala sam vas sinoć u pola jedanaest i u subotu ujutro, zašto se nitko ne javlja??",
                IVANA,
                days_ago=2.4,
                subject="HITNO!!! naslovnica",
                lang="hr",
            ),
            quote(
                "boundary_violation",
                "Treba mi danas, pošaljite na moj privatni WhatsApp.",
                IVANA,
                days_ago=9.5,
                subject="naslovnica",
                lang="hr",
            ),
        ),
        signal(
            0.52,
            quote(
                "appreciation",
                "Fotografije terase su predivne, gosti ih već dijele i pitaju tko ih je snimio.",
                TOMO,
                days_ago=12.3,
                subject="Fotografije",
                lang="hr",
            ),
        ),
        signal(0.34, tag="vague_brief"),
        signal(0.22, tag="distrust"),
        lang="hr",
        people=(IVANA, TOMO),
        received=31,
        sent=24,
        first_at=NOW - timedelta(days=240),
        last_at=NOW - timedelta(days=1.32),
        off_hours_share=0.42,
        their_reply=53.0,
        our_reply=3.4,
        unanswered=1,
        verdict=Verdict(
            Stage.STOP_WORK,
            ("Invoice 13-2026 is 31 days overdue with 1,450.00 EUR open.",),
            ("payment_drift", "payment_excuse"),
        ),
        behaviour=(
            BehaviourState(
                "payment_drift",
                24.5,
                "days late",
                0.82,
                "Days late, bill by bill: 2, 9, 18, 31; overdue: 1,450.00 EUR.",
                usual=5.5,
                others=0.0,
                basis=("12-2026", "13-2026"),
            ),
            BehaviourState(
                "our_side", 3.4, "working hours until we answer", 0.0, "We answer in 3.4 working hours (median)."
            ),
        ),
        promises=(
            Promise(
                "p1@galeb.example",
                IVANA.email,
                False,
                Matter.PAYMENT,
                NOW - timedelta(days=20),
                (NOW - timedelta(days=12)).date(),
                PromiseState.BROKEN,
                "Uplata ide najkasnije u petak.",
                repeat=3,
            ),
            Promise(
                "p2@galeb.example",
                "ana@kestrel.example",
                True,
                Matter.WORK,
                NOW - timedelta(days=2),
                (NOW + timedelta(days=3)).date(),
                PromiseState.OPEN,
                "Naslovnica stiže u petak.",
            ),
        ),
        asks=(
            Ask(
                "a1@galeb.example",
                IVANA.email,
                NOW - timedelta(days=9),
                "naslovnica",
                "I kad ste već tu, dodajte i cjenik za wellness.",
            ),
        ),
    )


def severmedia() -> ClientState:
    """Insults, in Russian."""
    return client(
        "Север Медиа",
        0.58,
        signal(
            0.61,
            quote(
                "aggression",
                "Вы там вообще думаете головой или только деньги брать умеете? Ещё один такой макет — и о вашей "
                "«студии» узнает весь рынок.",
                GLEB,
                days_ago=0.6,
                subject="Re: Макет главной, правки №5",
                lang="ru",
            ),
        ),
        signal(
            0.4,
            quote(
                "constructive_criticism",
                "На телефоне меню перекрывает логотип, а кнопка «Заказать» не видна без прокрутки.",
                GLEB,
                days_ago=3.1,
                subject="Макет главной",
                lang="ru",
            ),
        ),
        lang="ru",
        people=(GLEB,),
        received=12,
        sent=4,
        last_at=NOW - timedelta(days=0.6),
        off_hours_share=0.17,
        their_reply=5.2,
        our_reply=21.0,
        unanswered=0,
    )


def parcelry() -> ClientState:
    """Sends markup, escapes and overrides instead of decent words."""
    return client(
        'Parcelry <script>alert("x")</script> & Co',
        0.44,
        signal(
            0.63,
            quote(
                "unpaid_extra_work",
                '</blockquote><script>alert("pay")</script> While you\'re at it, add \u202eeerf rof\u202c a shop & a '
                "forum\x1b[31m\x07, it's only a \u2066small\u2069 thing: " + "https://parcelry.example/" + "a" * 120,
                HOSTILE,
                days_ago=4.2,
                subject="Re: Bcc: everyone@evil.example\r\nX-Evil: 1 {{ 7 * 7 }} {% raw %} <h1>Big</h1>",
                lang='en" onload="x',
            ),
            quote(
                "unpaid_extra_work",
                "Surely that is included.",
                HOSTILE,
                days_ago=11.0,
                subject="",
                lang="und",
            ),
        ),
        lang="xx",
        people=(HOSTILE,),
        received=4,
        sent=0,
        last_at=NOW - timedelta(days=4.2),
        unanswered=4,
    )


def nordlys() -> ClientState:
    """Below the line, in Danish."""
    return client(
        "Nordlys ApS",
        0.21,
        signal(
            0.47,
            quote(
                "micromanagement",
                "Jeg vil gerne se hvert udkast, før I går videre til næste ikon.",
                METTE,
                days_ago=5,
                lang="da",
            ),
        ),
        lang="da",
        people=(METTE,),
        received=18,
        sent=16,
        last_at=NOW - timedelta(days=5),
    )


def loopnest() -> ClientState:
    """Below the line, in Taglish."""
    return client(
        "Loopnest",
        0.17,
        signal(
            0.38,
            quote(
                "discount_haggling",
                "Baka pwede pa pong bawasan, may nakita akong 5k lang.",
                JUN,
                days_ago=20,
                lang="tl",
            ),
        ),
        lang="tl",
        people=(JUN,),
        received=9,
        sent=9,
        last_at=NOW - timedelta(days=20),
    )


def brightwell() -> ClientState:
    """Calm, in English."""
    return client(
        "Brightwell Clinics",
        0.0,
        signal(0.55, quote("appreciation", "This saved our launch, thank you all.", PRIYA, days_ago=8)),
        people=(PRIYA,),
        received=22,
        sent=25,
        last_at=NOW - timedelta(days=8),
    )


def states() -> Sequence[ClientState]:
    """The six clients, most urgent first."""
    return [galeb(), severmedia(), parcelry(), nordlys(), loopnest(), brightwell()]


def earlier() -> Mapping[str, ClientState]:
    """A week before: Galeb milder, Nordlys worse, Parcelry not yet there."""
    known = [
        client(
            "Hotel Galeb",
            0.42,
            signal(0.55, tag="payment_excuse"),
            signal(0.48, tag="distrust"),
            received=26,
        ),
        client("Север Медиа", 0.12, received=11),
        client("Nordlys ApS", 0.33, signal(0.6, tag="micromanagement"), received=17),
        client("Loopnest", 0.19, signal(0.4, tag="discount_haggling"), received=9),
        client("Brightwell Clinics", 0.0, received=21),
    ]
    return {state.client: state for state in known}


def alerts() -> Sequence[Alert]:
    """Those of the morning."""
    return [
        alert(galeb(), "payment_excuse", AlertChange.WORSE),
        alert(galeb(), "boundary_violation", AlertChange.AGAIN),
        Alert("Hotel Galeb", "payment_drift", 0.82, NOW, AlertChange.NEW, ("12-2026", "13-2026")),
        Alert("Hotel Galeb", "stage", 0.75, NOW, AlertChange.NEW, ("stop work until paid",)),
        Alert("Nordlys ApS", "micromanagement", 0.1, NOW, AlertChange.RECOVERED, ()),
        alert(severmedia(), "aggression"),
        alert(parcelry(), "unpaid_extra_work"),
    ]


def coverage(**changes: Any) -> Coverage:
    """A scan that went well but for two odd mails."""
    facts: dict[str, Any] = {
        "folders": ("INBOX", "Sent", "Klijenti/Hoteli"),
        "found": 214,
        "stored": 209,
        "known": 5,
        "defects": 2,
        "model": "default 2026.11.25",
    }
    return Coverage(**(facts | changes))


def example_digest(*, hide_text: bool = False, **changes: Any) -> Digest:
    """The morning's digest."""
    receipt = coverage(
        found=217, unread=3, notes=("Klijenti/Hoteli was renumbered by the server; it was read again from its start.",)
    )
    course = [(NOW - timedelta(weeks=week), 0.71 - 0.05 * week) for week in range(12, -1, -1)]
    return compose(
        changes.get("states", states()),
        changes.get("earlier", earlier()),
        changes.get("alerts", alerts()),
        changes.get("coverage", receipt),
        now=NOW,
        since=changes.get("since", SINCE),
        zone=ZAGREB,
        hide_text=hide_text,
        courses={"Hotel Galeb": course},
        told_stages=changes.get("told_stages"),
        is_weekly=changes.get("is_weekly", False),
    )


def calm_digest() -> Digest:
    """A morning without news."""
    return example_digest(states=[brightwell()], alerts=[], coverage=coverage())
