"""A history that counts without showing what gives the same answers as its rows: to the word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.conditions import BudgetBurn, ShareAbove
from domain.facts import Facts
from domain.history import counts_itself
from domain.measurement import Labels
from domain.plan import Limit
from domain.running import Running
from domain.tally import Tally
from domain.window import Window
from tests.builders import MINUTE, NOON, facts, objective, view
from tests.domain.test_running import traffic

SHARES = [
    {"signal": "failed", "share_above": 0.3, "at_least_bad": 2, "clear_at": 0.1},
    {"signal": "ttft_s", "above": 0.5, "share_above": 0.2},
    {"signal": "hallucination_risk", "above": 0.15, "share_above": 0.3, "healthy_share": 0.1},
    {"objective": "availability", "clear_of_limit": 0.5},
    {"objective": "strangers"},
]
SELECTIONS = [
    {},
    {"where": {"feature": "returns"}},
    {"split_by": "model"},
    {"split_by": ["feature", "model"]},
    {"split_by": "model", "where": {"feature": "search"}},
]
OBJECTIVES = [
    objective(at_most=0.2),
    objective("strangers", at_most=0.2, clusters="session"),
    objective("search", at_most=0.2, where={"feature": "search"}),
    objective("invented", signal="hallucination_risk", above=0.15, at_most=0.2),
]


@dataclass(frozen=True)
class Counter:
    """Rows that are asked as a stored history is."""

    running: Running

    def rows(self, window: Window) -> Facts:
        return self.running.facts.rows(window)

    def judged(self, window: Window) -> Facts:
        return self.running.facts.judged(window)

    def over(self, window: Window, *, where: Labels = (), spreads: Collection[str] = ()) -> Facts:
        return self.running.facts.over(window, where=where, spreads=spreads)

    def by(self, window: Window, label: str, *, where: Labels = (), spreads: Collection[str] = ()) -> dict[str, Facts]:
        return self.running.facts.by(window, label, where=where, spreads=spreads)

    def tally(self, window: Window, limit: Limit, *, where: Labels = ()) -> Tally:
        return self.running.tally(window, limit, where)

    def tallies(
        self, window: Window, limits: Sequence[Limit], by: tuple[str, ...], *, where: Labels = ()
    ) -> list[tuple[Labels, tuple[Tally, ...]]]:
        return self.running.tallies(window, limits, by, where)


def both(when, rows, slots):
    """Return what is found at *slots* by counting alone, and of the rows; each slot is asked twice."""
    counter, answers = Counter(Running(rows)), []
    for minute in [*slots, *slots]:
        plain = view(rows, *OBJECTIVES, slot=NOON + minute * MINUTE)
        answers.append((when.find(plain), when.find(replace(plain, history=counter))))
    return answers


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
@pytest.mark.parametrize("asked", SHARES, ids=str)
@given(rows=traffic(), slots=st.lists(st.integers(0, 14), min_size=1, max_size=4))
@settings(max_examples=10)
def test_shares(asked, selection, rows, slots):
    when = ShareAbove.model_validate({"kind": "share", "over": "5m", "alpha": 0.2, **asked, **selection})

    assert all(plain == counted for plain, counted in both(when, rows, slots))


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
@pytest.mark.parametrize("name", [one.name for one in OBJECTIVES])
@given(rows=traffic(), slots=st.lists(st.integers(0, 14), min_size=1, max_size=4))
@settings(max_examples=10)
def test_burns(name, selection, rows, slots):
    unless = {"factor": 2, "over": "4m", "alpha": 0.3, "at_least_bad": 2, "within": "1m"}
    shape = {"kind": "burn", "objective": name, "factor": 1, "long": "6m", "short": "3m", "alpha": 0.3}
    when = BudgetBurn.model_validate(shape | {"unless": unless} | selection)

    assert all(plain == counted for plain, counted in both(when, rows, slots))


def test_rows_alone_are_counted_by_who_asks():
    rows = facts([])

    assert not counts_itself(rows)
    assert counts_itself(Counter(Running(rows)))
