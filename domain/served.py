"""Which models really answered as judges: a provider may change what stands behind a name without a word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """One model that answered for one judge, as it calls itself.

    Attributes:
        first, last: When it was first and last seen, of the time that was looked at.
    """

    judge: str
    model: str
    first: datetime
    last: datetime


def newcomers(seen: Iterable[ServedModel], since: datetime, until: datetime) -> list[tuple[ServedModel, ServedModel]]:
    """Return each model first seen in since..until where its judge was served by another before, with that other."""
    known = [one for one in seen if one.first <= until]
    found = []
    for one in known:
        others = [other for other in known if other.judge == one.judge and other.first < one.first]
        if one.first > since and others:
            found.append((one, max(others, key=lambda other: (other.last, other.model))))
    return sorted(found, key=lambda pair: (pair[0].first, pair[0].model))
