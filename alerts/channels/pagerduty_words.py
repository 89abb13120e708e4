"""Words for PagerDuty: it makes a link of every address it sees, and hands summaries on to chats."""

import re
from collections.abc import Iterable

from alerts.channels.clean import cleaned, clipped, one_line

_TRAPS = re.compile(r"(?<=:)(?=//)|(?<=<)(?=[!@#])")
_LONGEST_NAME = 255
_MOST_READ = 20_000  # of a text that is clipped to a tenth of it, so that a megabyte costs nothing


def disarmed(text: str) -> str:
    """Put a blank where an address or a mention would begin: strangers' texts lead nowhere, links have their own place.

    >>> disarmed("see https://evil.example, <!here> and 2 < 3")
    'see https: //evil.example, < !here> and 2 < 3'
    """
    return _TRAPS.sub(" ", text)


def line(text: str, limit: int = _LONGEST_NAME) -> str:
    r"""Return *text* on one line of at most *limit* characters, of which there is at least one.

    >>> line(""), line(" two\nlines")
    ('-', 'two lines')
    """
    return clipped(disarmed(one_line(text[:_MOST_READ])) or "-", limit)


def lines(text: str, limit: int) -> str:
    """Return *text* within *limit* characters; it may have several lines."""
    return clipped(disarmed(cleaned(text[:_MOST_READ])), limit)


def by_name(pairs: Iterable[tuple[str, str]], *, longest_name: int, longest: int) -> dict[str, str]:
    r"""Return texts by their names; those of the same name below each other, so that none is lost.

    >>> by_name([("Now", "5 %"), ("Also", "a"), ("Also", "b")], longest_name=10, longest=10)
    {'Now': '5 %', 'Also': 'a\nb'}
    """
    found: dict[str, str] = {}
    for written, text in pairs:
        name, value = line(written, longest_name), lines(text, longest)
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found
