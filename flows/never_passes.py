"""Rules whose guard can never pass, whatever the traffic: they look like a watch, and nobody would ever be told."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from alerts.conditions import BudgetSpent, Decline, Increase, QuantileBeyond, ShareAbove, Unreachable
from alerts.figures import percent, window_words
from alerts.rule import Rule
from domain.signals import SIGNALS

WINDOWS = ("over", "long", "short", "against", "fresh")
"""The fields of conditions that say how much of the past is looked at."""

_PROBES_EVERY = timedelta(minutes=1)
_MONTH = timedelta(days=31)
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a rule cannot be meant as it stands.

    Attributes:
        where: The field to edit first, from the rule on.
        words: What is wrong, with the arithmetic.
    """

    where: tuple[str | int, ...]
    words: str


def find_never_passes(rule: Rule) -> Iterable[Flaw]:
    """Yield what keeps *rule* from ever firing, or its guard from meaning anything."""
    asked = rule.when
    for name, value in asked:
        if isinstance(value, timedelta) and value > _YEAR:
            yield Flaw(("when", name), "no rule looks back more than a year")
        if isinstance(value, timedelta) and not value and name in WINDOWS:
            yield Flaw(("when", name), "is no time at all")
    if isinstance(asked, ShareAbove):
        yield from _guard(asked)
    if isinstance(asked, ShareAbove | QuantileBeyond | Increase):
        yield from _never_bad(asked)
    if isinstance(asked, Unreachable) and asked.in_a_row > (most := asked.over // _PROBES_EVERY + 1):
        probes = f"{window_words(asked.over)} hold at most {most} probes, one a minute"
        yield Flaw(("when", "in_a_row"), f"{probes}: {asked.in_a_row} in a row can never be")
    if isinstance(asked, Decline) and asked.by >= 1:
        yield Flaw(("when", "by"), f"{asked.signal} lies between 0 and 1: it cannot decline by {asked.by:g}")
    if isinstance(asked, BudgetSpent) and asked.ahead_by and asked.ahead_by >= asked.spent_above * _MONTH:
        month = f"an even pace gets to {percent(asked.spent_above)} of a month earlier than that"
        yield Flaw(("when", "ahead_by"), f"{month}: nothing could ever be so far ahead")


def _guard(asked: ShareAbove) -> Iterable[Flaw]:
    healthy, limit = asked.healthy_share, asked.share_above
    if healthy is not None and limit is not None and healthy > limit:
        what = f"a service that is fine has {percent(healthy)} bad ones here, and it fires from {percent(limit)} on"
        yield Flaw(("when", "healthy_share"), f"{what}: the guard would speak against the limit")


def _never_bad(asked: ShareAbove | QuantileBeyond | Increase) -> Iterable[Flaw]:
    """Yield a line between good and bad that no value lies beyond: none is negative, shares and scores end at 1."""
    if asked.signal is None:
        return
    signal = SIGNALS[asked.signal]
    if asked.below is not None and not asked.below > 0:
        yield Flaw(("when", "below"), f"no {asked.signal} lies below {asked.below:g}: none is ever bad")
    if asked.above is not None and not asked.above < (1 if signal.unit == "share" or signal.sampled else math.inf):
        yield Flaw(("when", "above"), f"no {asked.signal} lies above {asked.above:g}: none is ever bad")
