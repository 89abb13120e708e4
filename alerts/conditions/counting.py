"""How many are bad, for each set of labels that a condition asks about: by counting alone, where the history can."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.conditions.condition import split, why_uncovered
from domain import measure
from domain.bad import Bad
from domain.gauge import tally_in
from domain.history import LONG, History, counts_itself
from domain.measurement import Labels
from domain.plan import Limit
from domain.signals import SIGNALS
from domain.tally import Tally
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Counted:
    """The requests with one set of labels.

    Attributes:
        bad: How many are, of those whose signal is known.
        unjudged: How many of the chosen answers have no score; None where no judge is asked for the signal.
    """

    of: Labels
    bad: Tally
    unjudged: Tally | None = None

    def why_badly_judged(self, when: str) -> str | None:
        """Return why the judged answers do not speak for the others, or None: a judge fails on hard ones."""
        if self.unjudged is None:
            return None
        return why_uncovered(self.unjudged.n - self.unjudged.k, self.unjudged.n, when)


def count(
    history: History, window: Window, limit: Limit, by: tuple[str, ...] = (), where: Labels = ()
) -> list[Counted]:
    """Count the requests of *window* that carry *where* for each combination of the names of the labels *by*.

    Without *by* all of them, requests or not. Who lacks one of the labels is in none of the combinations.
    """
    limits = [limit]
    if SIGNALS[limit.signal].sampled:
        limits.append(Limit(SIGNALS[limit.signal].unjudged, Bad()))
    return [Counted(of, *counted) for of, counted in _tallies(history, window, limits, by, where)]


def _tallies(
    history: History, window: Window, limits: Sequence[Limit], by: tuple[str, ...], where: Labels
) -> list[tuple[Labels, tuple[Tally, ...]]]:
    if not by:
        return [((), tuple(tally_in(history, window, limit, where) for limit in limits))]
    if counts_itself(history) and window.length < LONG:
        return history.tallies(window, limits, by, where=where)
    parts = split(history, window, by, where=where)
    return [(of, tuple(measure.tally(part, limit) for limit in limits)) for of, part in parts]
