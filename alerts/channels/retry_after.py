"""Reading how long the other side asks us to wait."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_WHOLE_SECONDS = re.compile(r"\d{1,9}")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that `Retry-After` asks for, or None if it does not say.

    It may be a date; that is compared with the answer's own `Date`, so that our clock does not matter.

    >>> retry_after_s({"retry-after": "30"})
    30.0
    >>> date = "Mon, 23 Nov 2026 08:00:{}0 GMT"
    >>> retry_after_s({"Retry-After": date.format(4), "Date": date.format(1)})
    30.0
    >>> retry_after_s({"Retry-After": "soon"}) is None
    True
    """
    by_name = {name.lower(): value.strip() for name, value in headers.items()}
    wanted = by_name.get("retry-after", "")
    if _WHOLE_SECONDS.fullmatch(wanted):
        return float(wanted)
    until, answered = _date(wanted), _date(by_name.get("date", ""))
    return max((until - answered).total_seconds(), 0.0) if until and answered else None


def _date(words: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(words)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
