"""Error budgets: how many bad requests a promise has left, and how fast they are being spent.

A burn rate of 1 spends the budget exactly by the end of the promise's window; 14.4 spends thirty days' budget in two.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.certainty import DOUBT, surely_at_least
from domain.history import History, Sample
from domain.measure import tally
from domain.measurement import Labels
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.tally import Tally
from domain.window import Window

BURN_WINDOWS = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 60, 360, 1_440, 4_320))
PACE = timedelta(hours=6)
"""The window whose burn says how long the budget will last: an hour is too lively, a day too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """How fast a budget was spent.

    Attributes:
        over: The length of the window; its share of requests is known from *k* bad ones of *n*.
        rate: Bad share by allowed share; None without requests.
        at_least: The rate's exact lower bound where only a sample is known; None where all requests are counted.
        effective: k and n as so many independent requests; what exact tests are asked.
    """

    over: timedelta
    n: int
    k: int
    rate: float | None
    at_least: float | None
    effective: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudget:
    """The budget of one promise at one moment.

    Attributes:
        objective: The promise's name.
        allowed: The share of requests that may be bad over the window *over*, of which *k* of *n* were.
        left: The part of the budget that is left, negative when overspent; None without requests.
        burns: One for each of BURN_WINDOWS.
        exhausted_in: When nothing will be left at the burn of PACE; None if that burn is unknown, or if the present
            failures will have left the window before.
    """

    objective: str
    allowed: float
    over: timedelta
    n: int
    k: int
    left: float | None
    burns: tuple[Burn, ...]
    exhausted_in: timedelta | None


def measure_budget(
    history: History, at: datetime, *, objective: str, limit: Limit, allowed: float, over: timedelta, where: Labels = ()
) -> ErrorBudget:
    """Return the budget at *at*; *history* reaches back as far as *over* and BURN_WINDOWS, or as far as is known."""

    def burn(length: timedelta) -> Burn:
        window = Window.ending(at, length)
        return measure_burn(history.over(window, where=where), length, limit=limit, allowed=allowed)

    whole, burns = burn(over), tuple(burn(length) for length in BURN_WINDOWS)
    left = None if whole.rate is None else 1 - whole.rate
    pace = burns[BURN_WINDOWS.index(PACE)].rate
    return ErrorBudget(
        objective=objective,
        allowed=allowed,
        over=over,
        n=whole.n,
        k=whole.k,
        left=left,
        burns=burns,
        exhausted_in=lasts(left, pace, over),
    )


def measure_burn(sample: Sample, over: timedelta, *, limit: Limit, allowed: float, doubt: float = DOUBT) -> Burn:
    """Return how fast a budget of *allowed* bad requests was spent by *sample*, the requests of a window *over*.

    Args:
        doubt: How often the lower bound for a sampled signal may lie above the truth.
    """
    return burn_of(tally(sample, limit), over, limit=limit, allowed=allowed, doubt=doubt)


def burn_of(counted: Tally, over: timedelta, *, limit: Limit, allowed: float, doubt: float = DOUBT) -> Burn:
    """Return how fast a budget was spent by the requests of a window *over*, of which the bad ones are *counted*."""
    share = counted.share
    sure = SIGNALS[limit.signal].weighted and share is not None
    return Burn(
        over=over,
        n=counted.n,
        k=counted.k,
        rate=None if share is None else share / allowed,
        at_least=surely_at_least(*counted.effective, doubt) / allowed if sure else None,
        effective=counted.effective,
    )


def lasts(left: float | None, pace: float | None, over: timedelta) -> timedelta | None:
    """Return how long the part *left* of the budget of a window *over* will last at a burn of *pace*.

    >>> lasts(0.5, 2.0, timedelta(days=30)), lasts(-0.1, 0.0, timedelta(days=30)), lasts(1.0, 0.5, timedelta(days=30))
    (datetime.timedelta(days=7, seconds=43200), datetime.timedelta(0), None)
    """
    if left is None:
        return None
    if left <= 0:
        return timedelta()
    if pace is None or left > pace:
        return None
    return over * (left / pace)
