"""One line of JSON Lines, whatever is in it."""

from __future__ import annotations

import json
from typing import Any


def parse_line(line: bytes) -> dict[str, Any]:
    """The object of a line; a byte order mark before it is passed over.

    Raises:
        ValueError: It is none; the words go on from "line 3".
    """
    try:
        row = json.loads(line.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as fault:
        raise ValueError(f"is not UTF-8 at byte {fault.start}") from None
    except RecursionError:
        raise ValueError("is not JSON: nested too deeply") from None
    except json.JSONDecodeError as fault:
        raise ValueError(f"is not JSON: {fault.msg} at column {fault.colno}") from None
    except ValueError:  # Python reads no number of over 4300 digits
        raise ValueError("is not JSON: a number is too long") from None
    if not isinstance(row, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004  # one kind of fault for the caller
    return row
