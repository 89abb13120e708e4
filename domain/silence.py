"""Silences: times in which nobody wants to be told that certain alerts begin. How they end is told all the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from domain.measurement import Labels

EVERY = "*"
"""As an application: all of them."""

RULE, SEVERITY = "rule", "severity"
"""Names that a silence can ask about besides the labels of an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence; a maintenance window is a silence that comes again.

    Attributes:
        id: By which it is ended.
        matchers: Name and pattern (`*` and `?` stand for any); all must fit. The names are those of the alert's labels,
            `rule` and `severity`; none at all silences the whole application.
        starts, ends: Half-open, in slots.
        by: Who asked for it; the name of the maintenance window where it is one.
    """

    id: str
    application: str
    matchers: Labels = ()
    starts: datetime
    ends: datetime
    by: str
    comment: str = ""

    def is_on(self, slot: datetime) -> bool:
        """Whether *slot* lies within it."""
        return self.starts <= slot < self.ends

    def fits(self, said: Mapping[str, str]) -> bool:
        """Whether an alert about which *said* holds is meant; what it does not say fits nothing.

        >>> quiet = Silence(id="1", application="a", matchers=(("rule", "avail*"),), starts=_T, ends=_T, by="me")
        >>> quiet.fits({"rule": "availability"}), quiet.fits({"rule": "errors"}), quiet.fits({})
        (True, False, False)
        """
        return all(name in said and fnmatchcase(said[name], pattern) for name, pattern in self.matchers)


def silencing(silences: Sequence[Silence], slot: datetime, said: Mapping[str, str]) -> Silence | None:
    """Return the silence that lasts longest of those that keep an alert quiet at *slot*, or None."""
    on = [one for one in silences if one.is_on(slot) and one.fits(said)]
    return max(on, key=lambda one: (one.ends, one.id), default=None)


_T = datetime(2026, 1, 1, tzinfo=UTC)  # for the example above
