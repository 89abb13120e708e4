"""An error budget is being spent too fast, over a long window and still over a short one.

The long window shows that it matters, the short one that it goes on (https://sre.google/workbook/alerting-on-slos/).
Where every request is counted, the burn must lie above the factor and an exact test must rule out that a service that
keeps its promise had such a count by chance. Where a sample is judged, the burn's lower bound must lie above it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from alerts.conditions.burn_words import burn_facts, pace_words
from alerts.conditions.condition import Asked, SplitBy
from alerts.conditions.counting import Counted, count
from alerts.conditions.question import Question
from alerts.conditions.share import ShareAbove
from alerts.figures import odds, percent, window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.duration import Duration
from domain.error_budget import Burn, burn_of
from domain.gauge import Gauge, share_of
from domain.intervals import chance_of_at_least
from domain.measurement import Labels, labels
from domain.message import WorstTrace
from domain.objective import Objective, Where
from domain.signals import SIGNALS
from domain.tally import Tally
from domain.window import Window

_NONE = Tally(0, 0)
_MICROSECOND = timedelta(microseconds=1)
_SHORT_PART = 12
_STILL = 0.05  # how often the short window may be wrong: it only has to say that the long one's problem goes on


class Faster(Asked):
    """What a faster rule surely tells of: a burn above *factor* in a window *over*, of so many that it is no chance.

    Attributes:
        at_least_bad, within: So many bad ones must lie so close together. Fewer, or farther apart, may have escaped the
            faster rule, and then nobody would tell.
    """

    factor: float = Field(gt=0)
    over: Duration
    alpha: float = Field(default=0.001, gt=0, lt=0.5)
    at_least_bad: int = Field(default=1, ge=1)
    within: Duration | None = None

    def tells(self, view: View, objective: Objective, where: Labels) -> Burn | None:
        """Return the fast burn of the requests that carry *where* that a faster rule tells of, or None."""
        window = _window(view, objective, self.over)
        (counted,) = count(view.history, window, objective.limit, where=where)
        burn = _burn(counted, objective, self.over, self.alpha)
        if (burn.rate or 0.0) <= self.factor or _doubt(objective, burn, self.factor, self.alpha):
            return None
        if self.at_least_bad == 1:
            return burn
        facts = view.history.rows(window).over(window, where=where)
        bad_us = facts.ended_us[objective.bad.of(SIGNALS[objective.signal].values(facts))]
        apart_us = bad_us[self.at_least_bad - 1 :] - bad_us[: max(0, len(bad_us) - self.at_least_bad + 1)]
        return burn if (apart_us < (self.within or self.over) / _MICROSECOND).any() else None


class BudgetBurn(Asked):
    """The error budget of an objective burns too fast.

    Attributes:
        factor: 1 spends the budget exactly in the objective's window; both windows must lie above.
        short: Defaults to a twelfth of *long*.
        alpha: How often the guard of the long window may be wrong when the service is fine; split among the alerts of a
            split rule.
        unless: A faster rule tells of such a burn, so that this one keeps quiet.
        where: Of which of the objective's requests; by default of all of them.
        split_by: One alert per name of this label, or per combination of the names of several.
    """

    kind: Literal["burn"]
    objective: str
    factor: float = Field(gt=0)
    long: Duration
    short: Duration | None = None
    alpha: float = Field(default=0.01, gt=0, lt=0.5)
    unless: Faster | None = None
    where: Where | None = None
    split_by: SplitBy = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not timedelta() < self.still < self.long:
            raise ValueError("short lies outside long: it must say that the burn goes on")
        if self.unless is not None and self.unless.factor <= self.factor:
            raise ValueError("unless names a slower burn: its factor must lie above this one")
        if self.unless is not None and self.unless.over < self.still:
            raise ValueError("unless looks back less than short: what a faster rule told would be told again")
        return self

    @property
    def still(self) -> timedelta:
        """The short window."""
        return self.short if self.short is not None else self.long / _SHORT_PART

    @property
    def looks_back(self) -> timedelta:
        """The longest window."""
        return max(self.long, self.unless.over if self.unless else self.long)

    def why_never(self, objective: Objective) -> str | None:
        """Return why this can never fire for *objective*, or None if it can."""
        if objective.budget is None:
            return f"{objective.name!r} allows no share of bad requests: there is no budget to burn"
        most = 1 / objective.budget
        if self.factor < most:
            return None
        return (
            f"{objective.name!r} allows {percent(objective.budget)} bad requests, so its budget never burns faster "
            f"than {most:.4g} times"
        )

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application, or for each of the names of `split_by` that had requests."""
        objective = view.objectives.get(self.objective)
        if objective is None or objective.budget is None:
            return [self._unknown(f"no objective {self.objective} limits a share here")]
        window = _window(view, objective, self.long)
        if why := view.why_unknown(window, whole=True):
            return [self._unknown(why)]
        parts = self._count(view, objective, self.long)
        if not parts:
            labelled = " and a ".join(self.split_by)
            return [self._unknown(f"no requests with a {labelled} in {window_words(self.long)}")]
        newest = {part.of: part for part in self._count(view, objective, self.still)}
        alpha = self.alpha / len(parts)
        return [self._one(view, objective, part, newest.get(part.of, Counted(part.of, _NONE)), alpha) for part in parts]

    def _count(self, view: View, objective: Objective, over: timedelta) -> list[Counted]:
        where = self._whose(objective)
        return count(view.history, _window(view, objective, over), objective.limit, self.split_by, where)

    def _whose(self, objective: Objective, of: Labels = ()) -> Labels:
        """Return the labels of the requests of the alert *of*."""
        return (*objective.labels, *labels(self.where or {}), *of)

    def _one(self, view: View, objective: Objective, whole: Counted, newest: Counted, alpha: float) -> Finding:
        for counted, over in ((whole, self.long), (newest, self.still)):
            if why := counted.why_badly_judged(window_words(over)):
                return self._unknown(why, whole.of)
        long, still = _burn(whole, objective, self.long, alpha), _burn(newest, objective, self.still, _STILL)
        if long.rate is None or still.rate is None:
            return self._unknown(f"nothing to measure in {window_words(self.still)}", whole.of)
        truth, doubt = self._judge(view, objective, long, still, alpha, whole.of)
        slower, rate = (long, long.rate) if long.rate < still.rate else (still, still.rate)
        paces = f"{pace_words(long, ' the allowed pace')} and {pace_words(still)}"
        return Finding(
            labels=whole.of,
            truth=truth,
            clear=rate <= self.factor,
            value=rate,
            limit=self.factor,
            k=slower.k,
            n=slower.n,
            because=f"the budget burns at {paces}, limit {self.factor:g} times{doubt}",
            facts=burn_facts(objective, whole.bad.interval(), long, still),
        )

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:
        """Name the bad requests of the long window, as a rule about their share does."""
        share = ShareAbove(kind="share", objective=self.objective, over=self.long, alpha=self.alpha, where=self.where)
        return share.worst(view, labels)

    def gauge(self, view: View, labels: Labels) -> Gauge | None:
        """Return how fast the budget burns over the long window."""
        objective = view.objectives.get(self.objective)
        if objective is None or objective.budget is None:
            return None
        asked = Question(objective.limit, objective.budget)
        return Gauge(
            name=f"burn of the {self.objective} budget",
            unit="times",
            limit=self.factor,
            over=self.long,
            where=self._whose(objective, labels),
            read=share_of(objective.limit, objective.budget),
            counted=objective.limit,
            allowed=objective.budget,
            counts=asked.what,
            sampled=asked.sampled,
        )

    def figure(self, finding: Finding) -> str:
        """Return the slower of the two paces, with its sample."""
        return "" if finding.value is None else f"{finding.value:.3g} times, {finding.k or 0:,} of {finding.n:,} bad"

    def _judge(
        self, view: View, objective: Objective, long: Burn, still: Burn, alpha: float, of: Labels
    ) -> tuple[Truth, str]:
        """Return the truth, and in words why a burn above the factor is not enough."""
        if not all((burn.rate or 0.0) > self.factor for burn in (long, still)):
            return Truth.FALSE, ""
        doubt = _doubt(objective, long, self.factor, alpha) or _doubt(objective, still, self.factor, _STILL)
        if doubt:
            return Truth.FALSE, doubt
        if self.unless is not None and (fast := self.unless.tells(view, objective, self._whose(objective, of))):
            return Truth.FALSE, f", but a faster rule tells of it: {pace_words(fast)}"
        return Truth.TRUE, ""

    def _unknown(self, because: str, of: Labels = ()) -> Finding:
        return Finding(labels=of, truth=Truth.UNKNOWN, limit=self.factor, because=because)


def _window(view: View, objective: Objective, over: timedelta) -> Window:
    return view.window(over, judged=SIGNALS[objective.signal].sampled)


def _burn(counted: Counted, objective: Objective, over: timedelta, doubt: float) -> Burn:
    return burn_of(counted.bad, over, limit=objective.limit, allowed=objective.budget or 0.0, doubt=doubt)


def _doubt(objective: Objective, burn: Burn, factor: float, alpha: float) -> str:
    """Return why a window is no evidence; after an outage a single bad request would keep a short one alive."""
    if burn.at_least is not None:
        return "" if burn.at_least > factor else f", but surely only {burn.at_least:.3g} times"
    chance = chance_of_at_least(*burn.effective, objective.budget or 0.0)
    return "" if chance <= alpha else f", but so few in {window_words(burn.over)} may be chance ({odds(chance)})"
