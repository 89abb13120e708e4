"""The share of bad answers in a window of which people labelled some flagged and some passed answers.

The judge sorts all answers into two heaps and people look into both (double sampling, Tenenbein 1970). Nothing is
assumed of the judge: a poor one makes the interval wider, never wrong.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import special

from domain.calibration.estimate import Estimate, Refused, Wanted, percent, span, too_few
from domain.calibration.labels import Side
from domain.intervals import Interval

LEAST_FLAGGED, LEAST_PASSED = 30, 50
"""Labels below which nothing is estimated; where fewer answers were flagged or passed, all of them are enough."""

_DRAWS, _SEED = 4096, 21
Draws = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPhase:
    """The share of bad answers, by labels of this window.

    Attributes:
        value: From 0 to 1.
        interval: 95 %, of the rate that produced the window.
        flagged: The share that the judge flagged.
        n: How many were judged; an effective count where they were chosen unevenly.
        of_flagged: The share of bad ones among the flagged (precision), with its labels.
        of_passed: The share of bad ones among the passed: what the judge misses.
    """

    value: float
    interval: Interval
    flagged: float
    n: float
    of_flagged: Estimate
    of_passed: Estimate

    def words(self) -> str:
        """Say it in one sentence."""
        labels = f"{self.of_flagged.n:,.0f} flagged and {self.of_passed.n:,.0f} passed ones"
        seen = f"{self.n:,.0f} judged, {percent(self.flagged)} flagged"
        return f"{span(self.value, self.interval)}: of {seen}, people labelled {labels}"


def two_phase(k: float, n: float, flagged: Side, passed: Side) -> TwoPhase | Refused:
    """Estimate the share of bad answers when *k* of *n* judged were flagged and people labelled some of both.

    th = p PPV + (1 - p) FOR. All counts may be effective ones (`domain.tally`, `Side.uneven`).

    >>> print(two_phase(100, 1000, Side(25, 50), Side(0, 50)).words())  # doctest: +NORMALIZE_WHITESPACE
    5.0 % bad (95 % 3.4 to 9.7 %): of 1,000 judged, 10.0 % flagged, people labelled 50 flagged and 50 passed ones
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} flagged of {n} judged")
    if n == 0:
        return Refused(because="nothing was judged", n=0)
    of_both = Wanted("flagged", flagged.n, min(LEAST_FLAGGED, k)), Wanted("passed", passed.n, min(LEAST_PASSED, n - k))
    if refused := too_few(n, *of_both):
        return refused
    p = k / n
    value = min(1.0, p * (flagged.share or 0.0) + (1 - p) * (passed.share or 0.0))
    low, high = _interval(k, n, flagged, passed)
    return TwoPhase(
        value=value,
        interval=Interval(min(low, value), max(high, value)),
        flagged=p,
        n=n,
        of_flagged=Estimate.share(flagged.bad, flagged.n),
        of_passed=Estimate.share(passed.bad, passed.n),
    )


def _interval(k: float, n: float, flagged: Side, passed: Side) -> tuple[float, float]:
    p = posterior(k, n, 0)
    lows = certain(flagged.bad, flagged.n, 1), certain(passed.bad, passed.n, 2)
    highs = posterior(flagged.bad, flagged.n, 1), posterior(passed.bad, passed.n, 2)
    return between(p, lows, highs)


def between(p: Draws, lows: tuple[Draws, Draws], highs: tuple[Draws, Draws]) -> tuple[float, float]:
    """Return the 95 % bounds of p PPV + (1 - p) FOR from draws of the three.

    The upper bound is that of Jeffreys' posteriors. With them the lower one lay above the truth in up to 20 % of
    simulated windows where less than 1 % of the answers are bad, because a single bad one among the labelled passed
    ones proves too much. It comes from exact confidence distributions instead (melding: Fay, Proschan & Brittain 2015),
    which makes the interval 1 to 8 % wider and covers at least 94 % of the time down to a truth of 0.1 %.
    """
    low, high = (p * of_flagged + (1 - p) * of_passed for of_flagged, of_passed in (lows, highs))
    return float(np.quantile(low, 0.025)), float(np.quantile(high, 0.975))


def posterior(k: float, n: float, dimension: int) -> Draws:
    """Return draws of a share of which *k* of *n* were seen, by Jeffreys' prior."""
    return _beta(k + 0.5, n - k + 0.5, dimension)


def certain(k: float, n: float, dimension: int) -> Draws:
    """Return draws whose quantiles are the exact one-sided lower bounds of *k* of *n* (Clopper & Pearson 1934)."""
    return _beta(k, n - k + 1, dimension) if k else np.zeros(_DRAWS)


def _beta(a: float, b: float, dimension: int) -> Draws:
    drawn: Draws = special.betaincinv(a, b, _uniform()[dimension])
    return drawn


@cache
def _uniform() -> Draws:
    """Return the same evenly spread points of a cube each time (Latin hypercube, McKay et al. 1979): shape (3, draws).

    Fixed points, so that one more bad label never lowers a bound; the bounds lie within 0.2 points of their limit.
    """
    rng = np.random.default_rng(_SEED)
    return np.stack([(rng.permutation(_DRAWS) + 0.5) / _DRAWS for _ in range(3)])
