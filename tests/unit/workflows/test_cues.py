from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailsignals.behaviour.cues import READER
from mailsignals.types import Mark
from mailsignals.workflows.cues import read_cues
from support.fakes import MemoryStore
from support.mails import message


@pytest.mark.parametrize(
    ("offset", "due"), [(480, date(2026, 3, 11)), (None, date(2026, 3, 10)), (0, date(2026, 3, 10))]
)
def test_tomorrow_is_counted_from_the_writers_day(offset: int | None, due: date) -> None:
    store = MemoryStore()
    at = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)  # Tuesday in Manila, still Monday here
    mail = message(1, "We will pay tomorrow.", sent_at=at, utc_offset=offset)
    store.save_batch("box", "INBOX", [mail], Mark(1, 1))
    read_cues(store, lambda _address: False, ZoneInfo("Europe/Zagreb"))
    (cue,) = store.readings(READER)[mail.message_id]
    assert cue.due == due
