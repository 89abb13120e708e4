"""Services made up minute by minute, and what a shipped rule makes of them: by its own condition, its own states.

Rules, conditions, states and objectives are the shipped ones, and what they look at are rows. A window of a rule begins
and ends with a minute, and a share depends on nothing but how many of its requests were bad of how many. So a share is
asked about each such pair once, of rows that are as many; everything else is asked at every slot, of all rows.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from alerts.conditions import BudgetBurn, ShareAbove
from alerts.rule import Rule
from alerts.states import step
from domain.alerting import Finding, Instance, State, Truth
from domain.facts import Facts, to_us
from domain.request import Outcome
from flows.promised import read_promises
from flows.rule_files import read_rules
from tests.builders import MINUTE, NOON, facts, view

Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ORIGIN = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE_US = MINUTE // timedelta(microseconds=1)
SETTLE_MIN = 1
LIVE_MIN = 15
"""Live, answers are judged each quarter of an hour, and a window of judged answers ends with the last quarter."""

RULES = {rule.guide: rule for rule in read_rules()}
OBJECTIVES = {one.name: one for one in read_promises(Path("a service without slos.yaml"), None).objectives}
GOOD_AND_BAD = facts(
    outcomes=(Outcome.OK, Outcome.PROVIDER_ERROR),
    provider_failed=(0.0, 1.0),
    ttft_s=(0.2, 2.0),
    faithfulness=(1.0, 0.5),
    labels={"provider": ("openai",) * 2, "model": ("gpt-5-mini",) * 2},
)
MOST_BAD, MOST_GOOD = 10_000, 100_000


def rows(bad: Mask, ended_us: Numbers) -> Facts:
    """Return requests, bad ones in every respect or good ones in every respect."""
    return replace(GOOD_AND_BAD.taken(bad.astype(np.int64)), ended_us=ended_us)


@cache
def crowd() -> Facts:
    """Return many requests that have just ended: bad ones, and after them good ones."""
    bad = np.arange(MOST_BAD + MOST_GOOD) < MOST_BAD
    return rows(bad, np.full(len(bad), to_us(NOON) - 3 * MINUTE_US // 2))


@dataclass(frozen=True)
class Service:
    """The requests of a service, or its judged answers.

    Attributes:
        n: How many ended in each minute since ORIGIN.
        k: How many of them were bad.
        seed: Of the moments within a minute.
    """

    n: Numbers
    k: Numbers
    seed: int = 0

    @classmethod
    def drawn(cls, rng: np.random.Generator, per_minute: float, bad: float | Shares, length: int) -> "Service":
        """Return *length* minutes of Poisson arrivals of which a share *bad* is bad, one for all or one for each."""
        n = rng.poisson(per_minute, length)
        return cls(n, rng.binomial(n, bad), int(rng.integers(1_000_000_000)))

    def counts(self, ends: Numbers, length: int) -> tuple[Numbers, Numbers]:
        """Return n and k of the *length* minutes before each of *ends*."""
        n, k = (sums[ends] - sums[ends - length] for sums in self._sums)
        return n, k

    @cached_property
    def _sums(self) -> tuple[Numbers, Numbers]:
        n, k = (np.concatenate([[0], np.cumsum(column)]) for column in (self.n, self.k))
        return n, k

    @cached_property
    def facts(self) -> Facts:
        """The requests, row by row."""
        place = np.arange(self.n.sum()) - np.repeat(self._sums[0][:-1], self.n)
        within_us = np.random.default_rng(self.seed).integers(0, MINUTE_US, len(place))
        ended_us = to_us(ORIGIN) + np.repeat(np.arange(len(self.n)), self.n) * MINUTE_US + within_us
        order = np.argsort(ended_us, kind="stable")
        return rows((place < np.repeat(self.k, self.n))[order], ended_us[order])


@dataclass(frozen=True)
class Watch:
    """One rule that looks at services.

    Attributes:
        judged_each_min: How often answers are judged; 1 is at once.
    """

    rule: Rule
    judged_each_min: int = 1
    _remembered: dict[tuple[int, int], Finding] = field(default_factory=dict)

    @cached_property
    def unguarded(self) -> "Watch":
        """The same rule with its guard off: it resolves as shipped, and fires on its limit alone."""
        when = self.rule.when.model_copy(update={"alpha": 1.0, "at_least_bad": 1})
        return Watch(self.rule.model_copy(update={"when": when}), self.judged_each_min)

    def looks(self, until: int) -> Numbers:
        """Return the slots of this rule up to *until*, in minutes after ORIGIN, from the first with a whole window."""
        every = self.rule.every // MINUTE
        first = self.rule.when.looks_back // MINUTE + SETTLE_MIN + self.judged_each_min
        return np.arange(-(-first // every) * every, until + 1, every)

    def pages(self, service: Service, slots: Numbers) -> list[int]:
        """Return the slots at which an episode begins. A quiet alert stays quiet until its condition is TRUE."""
        found = self.findings(service, slots)
        true = np.flatnonzero([one.truth is Truth.TRUE for one in found])
        alert, at, begun = Instance(application="simulated", rule=self.rule.name), 0, []
        while at < len(slots):
            if alert.state is State.INACTIVE:
                ahead = np.searchsorted(true, at)
                if ahead == len(true):
                    break
                at = int(true[ahead])
            slot = int(slots[at])
            after = step(alert, found[at], self.rule, ORIGIN + slot * MINUTE, MINUTE)
            begun += [slot] if after.episode > alert.episode else []
            alert, at = after, at + 1
        return begun

    def findings(self, service: Service, slots: Numbers) -> list[Finding]:
        """Ask the rule's condition at each of *slots*."""
        if not isinstance(self.rule.when, ShareAbove):
            return [self.find(service, slot) for slot in slots.tolist()]
        counts = service.counts(self._ends(slots), self.rule.when.over // MINUTE)
        pairs = list(zip(*(column.tolist() for column in counts), strict=True))
        for n, k in set(pairs).difference(self._remembered):
            some = crowd().part(MOST_BAD - k, MOST_BAD - k + n)
            self._remembered[n, k] = self.rule.when.find(view(some, *OBJECTIVES.values()))[0]
        return [self._remembered[pair] for pair in pairs]

    def find(self, service: Service, slot: int) -> Finding:
        """Ask the rule's condition at *slot*, of all rows."""
        now, judged = (ORIGIN + one * MINUTE for one in (slot, slot - slot % self.judged_each_min))
        world = view(service.facts, *OBJECTIVES.values(), slot=now, known_from=ORIGIN)
        return self.rule.when.find(replace(world, judged_until=judged))[0]

    def literal_pages(self, service: Service, slots: Numbers) -> list[int]:
        """Return the slots at which the limit, and nothing else, has been passed for as long as the rule says."""
        passed = np.concatenate([[False], self.is_over(service, slots), [False]])
        starts, stops = np.flatnonzero(passed[1:] & ~passed[:-1]), np.flatnonzero(passed[:-1] & ~passed[1:])
        hold = self.rule.hold // self.rule.every
        return [int(slots[start + hold]) for start in starts[stops - starts > hold]]

    def is_over(self, service: Service, slots: Numbers) -> Mask:
        """Return where the bad share lies above the limit, in all windows of the rule."""
        windows, limit = self._limit
        counts = (service.counts(self._ends(slots), length // MINUTE) for length in windows)
        return np.asarray(np.all([k / np.maximum(n, 1) > limit for n, k in counts], axis=0))

    @property
    def _limit(self) -> tuple[tuple[timedelta, ...], float]:
        """The windows in which the bad share must lie above a limit, and the limit."""
        when = self.rule.when
        if not isinstance(when, ShareAbove | BudgetBurn):
            raise TypeError(f"{self.rule.name} is about no share")
        budget = (OBJECTIVES[when.objective].budget if when.objective else None) or 0.0
        if isinstance(when, BudgetBurn):
            return (when.long, when.still), when.factor * budget
        return (when.over,), when.share_above or budget

    def _ends(self, slots: Numbers) -> Numbers:
        """Return where the windows end: a minute before the slot, of judged answers at the latest with the judging."""
        return np.minimum(slots - SETTLE_MIN, slots // self.judged_each_min * self.judged_each_min)
