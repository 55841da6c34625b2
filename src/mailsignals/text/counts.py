"""Counted nouns, for every layer that makes a sentence."""


def plural(count: int, one: str, many: str = "") -> str:
    """A counted noun.

    >>> plural(1, "message"), plural(0, "message"), plural(2, "reply", "replies")
    ('1 message', '0 messages', '2 replies')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
