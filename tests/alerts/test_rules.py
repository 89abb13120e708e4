"""The shipped rules, as they are shipped: each fires when it should, and keeps quiet for a reason."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from alerts.engine import Rulebook, decide
from alerts.routing import Routing
from alerts.words import Links
from domain.alerting import Finding, Standing, State, Truth
from domain.facts import Facts
from domain.message import Severity
from tests.alerts.shipped import RULES
from tests.builders import DAY, HOUR, LONG_AGO, MINUTE, NOON, SETTLE, bad_of, every, facts, objective, view

END = NOON - SETTLE
MONTH = datetime(2026, 11, 1, tzinfo=UTC)
OBJECTIVES = (
    objective("availability", signal="answered", at_most=None, at_least=0.999),
    objective("first-token", signal="ttft_s", statistic="p95", at_most=0.5),
    objective("hallucination", signal="hallucination_risk", above=0.15, at_most=0.05),
)


def provider(k: int, n: int) -> Facts:
    """One provider of which *k* of *n* fail, the oldest ones, and a healthy one."""
    names = ["acme"] * n + ["other"] * 50
    moments = [END - (n + 50 - position) * MINUTE / 30 for position in range(n + 50)]
    return facts(moments, provider_failed=bad_of(k, n) + [0.0] * 50, labels={"provider": names, "model": names})


def today(usd: float, before: float = 0.0) -> Facts:
    return facts([NOON - DAY, NOON - HOUR], spend_usd=[before, usd])


def features(before: dict[str, int], now: dict[str, int]) -> Facts:
    moments = every(4 * MINUTE, END - 4 * DAY, END)
    early, late = ([name for name, n in counts.items() for _ in range(n)] for counts in (before, now))
    names = [
        (late if moment >= END - DAY else early)[position % len(late if moment >= END - DAY else early)]
        for position, moment in enumerate(moments)
    ]
    return facts(moments, labels={"feature": names})


def scores(before: float, now: float, n: int = 60) -> Facts:
    moments = every(2 * DAY / (2 * n), END - 2 * DAY, END)
    return facts(moments, faithfulness=[before if moment < END - DAY else now for moment in moments])


def month(daily: float) -> Facts:
    moments = [MONTH + HOUR + day * DAY for day in range(23)]
    return facts(moments, spend_usd=[daily] * 23)


def weeks(before: list[float], now: list[float], signal: str) -> Facts:
    moments = every(14 * DAY / (len(before) + len(now)), END - 14 * DAY, END)
    return facts(moments, **{signal: [*before, *now]}, labels={"feature": ["chat"] * len(moments)})


def leak(over: timedelta, one_in: int, signal: str = "failed") -> Facts:
    """A request each 5 s, one in so many of them bad."""
    moments = every(timedelta(seconds=5), END - over, END)
    return facts(moments, **{signal: [float(position % one_in == 0) for position in range(len(moments))]})


def said(guide: str, of: Facts, budget: float | None = 300) -> Finding:
    """Return what a shipped rule says at noon, as if it were due; of several findings the one that is true."""
    known = MONTH if guide in {"A6", "A9"} else LONG_AGO
    found = RULES[guide].when.find(view(of, *OBJECTIVES, budget=budget, known_from=known))
    return next((one for one in found if one.truth is Truth.TRUE), found[0])


FIRES = [
    ("A1", facts(failed=bad_of(5, 100))),
    ("A2", facts(failed=bad_of(8, 100))),
    ("A3", provider(6, 10)),
    ("A4", facts(faithfulness=bad_of(6, 15, good=1, bad=0.2))),
    ("A5", facts(ttft_s=bad_of(12, 100, good=0.3, bad=0.9))),
    ("A6", month(13.0)),
    ("A7", scores(0.95, 0.85)),
    ("A7b", scores(0.9, 0.5)),
    ("A8", features({"a": 1, "b": 1}, {"a": 4, "b": 1})),
    ("A9", month(11.0)),
    ("A9b", today(8.0)),
    ("A9c", today(240.0)),
    ("A9d", today(10.0, before=230.0)),
    ("A10", facts(faithfulness=bad_of(15, 100, good=1, bad=0.2))),
    ("A10b", facts(faithfulness=bad_of(40, 100, good=1, bad=0.2)[::-1])),
    ("M7", facts(unpriced=bad_of(30, 300))),
    ("S1a", leak(6 * HOUR, 120)),
    ("S1b", leak(DAY, 240)),
    ("S1c", leak(3 * DAY, 400)),
    ("S1d", leak(DAY, 5, "ttft_s")),
    ("S1e", leak(3 * DAY, 10, "ttft_s")),
    ("J3", facts(quarantined=bad_of(12, 100))),
    ("I2", weeks([100.0, 110.0] * 50, [150.0, 160.0] * 50, "output_tokens")),
    ("I3", weeks(bad_of(3, 500), bad_of(30, 500), "refused")),
    ("I4", weeks([0.01, 0.011] * 50, [0.02, 0.021] * 50, "cost_usd")),
]


@pytest.mark.parametrize(("guide", "of"), FIRES, ids=[guide for guide, _ in FIRES])
def test_it_fires(guide, of):
    assert Truth.TRUE is said(guide, of).truth


def test_every_shipped_rule_has_been_seen_to_fire():
    elsewhere = {"A1p", "M6", "J1", "J2"}  # test_unreachable.py, test_mismatch.py, test_judge.py
    elsewhere |= {"M1", "M1b", "M2", "M3", "M4"}  # test_watcher.py

    assert set(RULES) == {guide for guide, _ in FIRES} | elsewhere


QUIET = [
    ("A1", facts(failed=bad_of(2, 3)), Truth.FALSE, "so few may be chance|it takes at least 3 bad ones"),
    ("A1", facts(failed=bad_of(1, 400)), Truth.FALSE, r"so few may be chance \(1 in 3\)"),
    ("A1", facts([]), Truth.UNKNOWN, "nothing to measure in 5 min"),
    ("A2", facts(failed=bad_of(2, 20)), Truth.FALSE, "so few may be chance"),
    ("A2", facts(failed=bad_of(50, 1000)), Truth.FALSE, r"5\.0 %, limit 5\.0 %$"),
    ("A3", provider(4, 4), Truth.FALSE, "but it takes 10, or 5 in a row"),
    ("A3", provider(9, 20), Truth.FALSE, r"45\.0 %, limit 50\.0 %$"),
    (
        "A4",
        facts(faithfulness=bad_of(3, 10, good=1, bad=0.2)),
        Truth.FALSE,
        "30.0 %, limit 20.0 %, but so few may be chance",
    ),
    ("A4", facts(faithfulness=bad_of(9, 9, bad=0.86)), Truth.FALSE, "0 of 9"),
    (
        "A4",
        facts(faithfulness=[0.1] * 7 + [float("nan")] * 3, judgeable=[1.0] * 10),
        Truth.UNKNOWN,
        "only 7 of 10 answers could be judged",
    ),
    ("A5", facts(ttft_s=bad_of(2, 20, good=0.3, bad=0.9)), Truth.FALSE, "so few may be chance"),
    ("A5", facts(ttft_s=[float("nan")] * 20), Truth.UNKNOWN, "nothing to measure"),
    ("A6", month(11.0), Truth.FALSE, r"\$330.00 expected by month end, limit \$345.00"),
    ("A7", scores(0.95, 0.94), Truth.FALSE, r"faithfulness -0\.010"),
    ("A7", scores(0.95, 0.5, n=29), Truth.UNKNOWN, "too few judged: 29 now, 29 before"),
    ("A7b", scores(0.9, 0.71), Truth.FALSE, "0 of 60"),
    ("A8", features({"a": 1, "b": 1}, {"a": 1, "b": 1}), Truth.FALSE, "PSI 0.00, limit 0.25"),
    ("A9", month(10.0), Truth.FALSE, r"76\.7 %"),
    ("A9b", today(7.9), Truth.FALSE, r"79\.0 % of the day's \$10\.00"),
    ("A9c", today(239.0), Truth.FALSE, r"79\.7 % of the month's \$300\.00"),
    ("A9d", today(15.0, before=200.0), Truth.FALSE, r"the month is 1\.5 days behind an even pace"),
    ("A10", facts(faithfulness=bad_of(4, 50, good=1, bad=0.2)), Truth.FALSE, "so few may be chance"),
    ("A10b", facts(faithfulness=bad_of(12, 100, good=1, bad=0.2)), Truth.FALSE, "limit 50,000"),
    ("M7", facts(unpriced=bad_of(16, 300)), Truth.FALSE, "so few may be chance"),
    ("I3", weeks(bad_of(9, 500), bad_of(10, 500), "refused"), Truth.FALSE, r"\+11%"),
    ("I4", weeks([0.01], [0.011], "cost_usd"), Truth.UNKNOWN, "nothing to compare"),
]


@pytest.mark.parametrize(
    ("guide", "of", "truth", "because"), QUIET, ids=[f"{guide}: {because[:40]}" for guide, _, _, because in QUIET]
)
def test_it_keeps_quiet_for_a_reason(guide, of, truth, because):
    found = said(guide, of)

    assert truth is found.truth
    assert re.search(because, found.because), found.because


@pytest.mark.parametrize("guide", ["A6", "A9", "A9b", "A9c", "A9d"])
def test_without_a_budget_money_rules_are_unknown(guide):
    assert Truth.UNKNOWN is said(guide, month(99.0), budget=None).truth


def test_a_steady_failure_pages_after_its_time_and_resolves_after_its_quiet():
    """A1 from the first bad minute: three slots in a row, and over when five minutes were fine."""
    book = Rulebook(rules=[RULES["A1"]], routes=Routing({Severity.PAGE: ["pager"]}))
    bad = [NOON <= moment < NOON + 10 * MINUTE for moment in every(MINUTE / 20, NOON - HOUR, NOON + HOUR)]
    traffic = facts(every(MINUTE / 20, NOON - HOUR, NOON + HOUR), failed=[float(is_bad) for is_bad in bad])
    standing, told = Standing(), []
    for slot in every(MINUTE, NOON, NOON + 30 * MINUTE):
        decided = decide(book, view(traffic, *OBJECTIVES, slot=slot), standing, Links())
        standing = standing.after(decided)
        told += [(notice.message.kind, (slot - NOON) / MINUTE) for notice in decided.notices]

    assert [("firing", 4), ("resolved", 21)] == told
    assert State.INACTIVE is standing.instances["availability", ()].state
