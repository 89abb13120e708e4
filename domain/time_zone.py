"""The name of a time zone, as an operator writes it."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator


def known_zone(name: str) -> str:
    """Return *name*, if there is such a zone.

    Raises:
        ValueError: There is none.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"there is no time zone {name!r}; such as Europe/Berlin") from None
    return name


TimeZone = Annotated[str, AfterValidator(known_zone)]
"""A field that names a time zone of the IANA database."""
