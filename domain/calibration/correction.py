"""A flagged share corrected for the judge's errors on a golden set, where this window's answers were not labelled."""

from dataclasses import dataclass

from domain.calibration import rogan_gladen
from domain.calibration.estimate import Refused, Wanted, percent, span, too_few
from domain.calibration.labels import Confusion
from domain.intervals import Interval

LEAST_BAD, LEAST_GOOD, LEAST_SKILL = 50, 100, 0.4
"""Nothing is corrected with fewer labels, or for a judge whose sensitivity + specificity - 1 is lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The share of bad answers behind a share of flagged ones.

    Attributes:
        value: From 0 to 1.
        interval: 95 %, of the chance in the judged answers and in the labelled ones.
        flagged: The share that the judge flagged.
        n: How many were judged; an effective count where they were chosen unevenly.
        m_bad: Answers labelled bad.
        m_good: Answers labelled good.
    """

    value: float
    interval: Interval
    flagged: float
    n: float
    m_bad: int
    m_good: int

    def words(self) -> str:
        """Say it in one sentence."""
        seen = f"{percent(self.flagged)} flagged of {self.n:,.0f}"
        labels = f"{self.m_bad:,} answers labelled bad and {self.m_good:,} labelled good"
        return f"{span(self.value, self.interval)}, corrected from {seen} by {labels}"


def correct(k: float, n: float, confusion: Confusion) -> Corrected | Refused:
    """Correct *k* flagged of *n* judged, whole or effective counts, for the errors that *confusion* shows.

    The labelled answers may have another share of bad ones than the traffic, but not other kinds of them, and the
    judge's verdict had no say in their choice. In simulations the intervals of judges whose true
    sensitivity + specificity - 1 is 0.5 or more cover 93 % of the time at least. One closer to the gate passes it when
    its labels flatter it: at 0.4 to 0.45 and 50 labelled bad only 89 % of what passes covers.

    >>> print(correct(109, 1000, Confusion(tp=85, fn=15, tn=186, fp=14)).words())  # doctest: +NORMALIZE_WHITESPACE
    5.0 % bad (95 % 0.0 to 9.7 %), corrected from 10.9 % flagged of 1,000 by 100 answers labelled bad and
    200 labelled good
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} flagged of {n} judged")
    if refused := _gate(k, n, confusion):
        return refused
    labelled = confusion.tp, confusion.bad, confusion.tn, confusion.good
    value = float(rogan_gladen.point(k, n, *labelled))
    low, high = (min(1.0, max(0.0, float(bound))) for bound in rogan_gladen.bounds(k, n, *labelled))
    return Corrected(
        value=value,
        interval=Interval(min(low, value), max(high, value)),
        flagged=k / n,
        n=n,
        m_bad=confusion.bad,
        m_good=confusion.good,
    )


def _gate(k: float, n: float, confusion: Confusion) -> Refused | None:
    """Refuse what could only mislead: no sample, few labels, a judge that guesses, labels that cannot be of it."""
    if n == 0:
        return Refused(because="nothing was judged", n=0)
    few = too_few(n, Wanted("bad", confusion.bad, LEAST_BAD), Wanted("good", confusion.good, LEAST_GOOD))
    return few or _too_poor(n, confusion) or _contradiction(k, n, confusion)


def _too_poor(n: float, confusion: Confusion) -> Refused | None:
    skill = rogan_gladen.skill(confusion.tp, confusion.bad, confusion.tn, confusion.good)
    if skill >= LEAST_SKILL:
        return None
    tells = f"sensitivity + specificity - 1 is {skill:.2f} ({confusion.bad:,} labelled bad, {confusion.good:,} good)"
    return Refused(because=f"the judge tells bad from good too poorly: {tells}, at least {LEAST_SKILL} is wanted", n=n)


def _contradiction(k: float, n: float, confusion: Confusion) -> Refused | None:
    """Refuse where no share of bad ones explains what was flagged: the whole published interval lies outside 0..1."""
    labelled = confusion.tp, confusion.bad, confusion.tn, confusion.good
    low, high = rogan_gladen.bounds(k, n, *labelled, within=False)
    flagged = f"{percent(k / n)} of {n:,.0f} were flagged"
    changed = "so the judge or its input has changed since"
    if high <= 0:
        alarms = f"of {confusion.good:,} labelled good {percent(confusion.fp / confusion.good)} were"
        return Refused(because=f"{flagged}, but {alarms}, {changed}", n=n)
    if low >= 1:
        caught = f"of {confusion.bad:,} labelled bad only {percent(confusion.tp / confusion.bad)} were"
        return Refused(because=f"{flagged}, but {caught}, {changed}", n=n)
    return None
