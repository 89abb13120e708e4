"""Rules that ask for more answers than the expected traffic has: at nearly every look their guard cannot pass."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from scipy import special

from alerts.conditions import Breaker, BudgetBurn, Decline, QuantileBeyond, RatioBeyond, ShareAbove
from alerts.figures import window_words
from alerts.rule import Rule
from domain.measure import QUANTILES
from domain.objective import Objective
from domain.sampling import rate_for
from domain.signals import SIGNALS
from flows.never_applies import Here, signal_of
from flows.never_passes import Flaw

_HARDLY = 0.01
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Need:
    """How many of a window it takes before a rule may fire, if all of them are bad.

    Attributes:
        name: The field that says how long the window is.
    """

    name: str
    over: timedelta
    n: int


def why_too_few(rule: Rule, here: Here) -> Flaw | None:
    """Return that not one look in a hundred finds enough for *rule*, at the traffic that is expected; None if many do.

    Requests are taken to come at random and at an even pace. Labels that narrow a rule down are left out: what is too
    few of all requests is too few of some.
    """
    need, signal = least(rule, here.objectives), signal_of(rule, here.objectives)
    if here.requests_a_day is None or need is None:
        return None
    weighted = signal is not None and SIGNALS[signal].weighted
    rate = rate_for(here.requests_a_day, usual=here.sample_rate) if weighted else 1.0
    mean = here.requests_a_day * rate * (need.over / _DAY)
    if chance_of_so_many(need.n, mean) >= _HARDLY:
        return None
    traffic = f"{here.requests_a_day:,} requests a day" + (f" and a rate of {rate:g}" if weighted else "")
    things = "judged answers" if weighted else "requests"
    words = f"{window_words(need.over)} at {traffic} are {mean:.2g} {things} on average; it takes {need.n} to fire"
    return Flaw(("when", need.name), f"{words}, and not one look in a hundred finds so many")


def least(rule: Rule, objectives: Mapping[str, Objective]) -> Need | None:
    """Return the fewest that must be in the window; None where a rule does not count requests."""
    asked = rule.when
    if isinstance(asked, Decline | RatioBeyond):
        return Need("over", asked.over, asked.at_least)
    if isinstance(asked, Breaker):
        return Need("over", asked.over, min(asked.in_a_row, asked.at_least))
    if isinstance(asked, BudgetBurn):
        objective = objectives.get(asked.objective)
        return _of_burn(asked, objective) if objective is not None else None
    if not isinstance(asked, ShareAbove | QuantileBeyond):
        return None
    share = _healthy(asked, objectives)
    return Need("over", asked.over, max(asked.at_least_bad, _in_a_row(share, asked.alpha))) if share else None


def _healthy(asked: ShareAbove | QuantileBeyond, objectives: Mapping[str, Objective]) -> float | None:
    """Return the share of bad requests that the guard takes for healthy."""
    if isinstance(asked, QuantileBeyond):
        q = QUANTILES[asked.quantile]
        return 1 - q if asked.above is not None else q
    objective = objectives.get(asked.objective or "")
    return asked.healthy_share or asked.share_above or (objective.budget if objective is not None else None)


def _of_burn(asked: BudgetBurn, objective: Objective) -> Need | None:
    """Return what a burn takes: of a sample its bound must lie above the factor, of all requests the test must pass."""
    if objective.budget is None:
        return None
    share = objective.budget * (asked.factor if SIGNALS[objective.signal].weighted else 1.0)
    return Need("long", asked.long, _in_a_row(share, asked.alpha)) if share < 1 else None


def chance_of_so_many(n: int, mean: float) -> float:
    """Return the probability that *n* or more come, of what comes at random and *mean* times on average.

    >>> round(chance_of_so_many(4, 2.6), 3), round(chance_of_so_many(4, 0.78), 3)
    (0.264, 0.008)
    """
    return float(special.gammainc(n, mean))


def _in_a_row(share: float, alpha: float) -> int:
    """Return how many bad ones and no good one are no chance at *alpha*, where *share* of them may be bad.

    >>> _in_a_row(0.05, 0.0001), _in_a_row(0.5, 0.01)
    (4, 7)
    """
    return max(1, math.ceil(round(math.log(alpha) / math.log(share), 9)))
