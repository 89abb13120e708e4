"""What stands around an alert: every figure with its sample, the same from a store, and nothing that is not known."""

import re
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.store import Store
from alerts.context_words import budget_facts, budget_words, change_lines, evidence_facts
from alerts.evidence import BudgetLeft, Evidence, gather
from domain.gauge import Reading
from domain.message import MessageKind
from domain.newcomers import newcomers
from domain.planning import plan_of
from domain.request import Outcome
from domain.window import Window
from tests.adapters.store.examples import request
from tests.alerts.scenes import (
    OBJECTIVES,
    QUANTILE,
    RATIO,
    Past,
    judged,
    leak,
    money,
    of,
    told,
    traffic,
    with_probes,
)
from tests.alerts.shipped import RULES
from tests.builders import DAY, HOUR, MINUTE, NOON, bad_of, every, facts, objective, rule, view

NUMBER = re.compile(r"\d")
SAMPLE = re.compile(r"\d of \d|\d (requests?|answers|days|hours|probes|now|rows)|\d+ (of|in) ")


def said(message):
    """Return the parts of *message* that state what was measured."""
    names = {"Now", "Normal", "Where", "Sample", "Error budget", "Worst", "Affected", "Budget spent"}
    return [value for name, value in message.facts if name in names]


SCENES = {
    "share": lambda: told(of("A1"), Past(traffic("returns fail")), until=NOON + 30 * MINUTE),
    "burn": lambda: told(of("S1a"), Past(leak()), step=5 * MINUTE),
    "quantile": lambda: told([QUANTILE], Past(traffic("slow")), until=NOON + 30 * MINUTE),
    "breaker": lambda: told(of("A3"), Past(traffic("acme fails")), until=NOON + 30 * MINUTE),
    "sampled": lambda: told(of("A10", "A10b", "A7"), Past(judged()), NOON - HOUR, NOON, HOUR),
    "money": lambda: told(of("A6", "A9", "A9c", "A9d"), Past(money(14.0, 250.0)), NOON - HOUR, NOON, HOUR),
    "ratio": lambda: told([RATIO], Past(judged()), NOON - HOUR, NOON, HOUR),
    "probes": lambda: told(of("A1p"), Past(traffic("all is well"), with_probes), NOON, NOON),
}


@pytest.mark.parametrize("name", SCENES)
def test_no_figure_is_said_without_its_sample(name):
    messages = SCENES[name]()

    assert messages
    for message in messages:
        measured = [*said(message), *message.changes]
        assert all(SAMPLE.search(value) or not NUMBER.search(value) for value in measured), measured
        if message.kind is MessageKind.FIRING:
            assert SAMPLE.search(message.title), message.title


@pytest.mark.parametrize("name", SCENES)
def test_names_of_facts_are_there_once_and_few_come_before_where_to_look(name):
    for message in SCENES[name]():
        names = [fact for fact, _ in message.facts]
        assert len(names) == len(set(names))
        assert "Look at" not in names or names.index("Look at") < 10


@settings(max_examples=30)
@given(k=st.integers(3, 60), n=st.integers(60, 90), before=st.integers(0, 200))
def test_percentages_are_sensible_whatever_the_counts(k, n, before):
    ended = [*every(MINUTE, NOON - 2 * DAY, NOON - 2 * DAY + before * MINUTE), *[NOON - 2 * MINUTE] * n]
    seen = view(facts(ended, failed=[0.0] * before + bad_of(k, n)), objective("availability", at_most=0.02))
    asked = rule(when={"kind": "share", "objective": "availability", "over": "5m", "alpha": 0.01})
    found = gather(seen, asked, (), NOON)
    words = [value for _, value in (*evidence_facts(found), *budget_facts(found))]

    for share in re.findall(r"(-?[\d.,]+) %", " ".join(words)):
        assert 0 <= float(share.replace(",", "")) <= 100
    assert (before == 0) == ("no earlier data" in words)


@pytest.mark.parametrize(
    ("whole", "lasts", "known", "words"),
    [
        (Reading(1000, 0.5, 5), 3 * DAY, 30 * DAY, "50.0 % left of 30 days, gone in 3 d at this pace (5 of 1,000 bad, 1.0 % may be)"),
        (Reading(1000, 0.5, 5), None, 30 * DAY, "50.0 % left of 30 days, it lasts at this pace (5 of 1,000 bad, 1.0 % may be)"),
        (Reading(1000, 2.5, 25), DAY * 0, 2 * DAY, "nothing left of 30 days: spent 2.5 times over (25 of 1,000 bad in the 2 d known, 1.0 % may be)"),
        (Reading(0, None), None, 30 * DAY, "unknown: nothing was measured in 30 days"),
    ],
)  # fmt: skip
def test_a_budget_says_what_is_left_and_for_how_long(whole, lasts, known, words):
    budget = BudgetLeft(allowed=0.01, over=30 * DAY, whole=whole, burns=[], lasts=lasts, known=known)

    assert words == budget_words(budget)


def test_without_a_budget_or_requests_nothing_is_made_up():
    seen = view(facts(failed=bad_of(9, 10)))
    found = gather(seen, rule(), (), NOON)

    assert (None, None, (), []) == (found.budget, found.sample, tuple(found.where), list(found.changed))
    assert Evidence(chart=None) == gather(seen, of("M3")[0], (), NOON)


def test_labels_that_the_alert_is_about_are_no_place_to_look():
    labels = {"feature": ["a"] * 30 + ["b"] * 30, "model": ["m"] * 15 + ["k"] * 45}
    seen = view(facts(failed=bad_of(15, 60), labels=labels))
    whole, split = (gather(seen, one, about, NOON).where for one, about in (
        (rule(), ()), (rule(when=rule().when.model_dump() | {"split_by": ("model",)}), (("model", "m"),)),
    ))  # fmt: skip

    assert ["feature", "model"] == [one.label for one in whole]
    assert [] == list(split)


def test_what_came_new_says_how_bad_it_is_with_it_and_without_it():
    seen = view(traffic("returns fail"), *OBJECTIVES, slot=NOON)
    (line,) = change_lines(gather(seen, RULES["A1"], (), NOON - 10 * MINUTE).changed, NOON)

    assert (
        "prompt version v42 since 11:31 UTC, 20.1 % of requests (112 of 558); before it v41; "
        "bad: 38 of 112 with it, 0 of 446 without it"
    ) == line


FIRE = {
    "A1": traffic("returns fail"), "A2": traffic("returns fail"), "A3": traffic("acme fails"), "A4": judged(),
    "A5": traffic("slow"), "A6": money(14.0, 7.0), "A7": judged(0.4, 2), "A7b": judged(0.4, 1), "A9": money(14.0, 7.0),
    "A9b": money(9.0, 20.0), "A9c": money(9.0, 250.0), "A9d": money(14.0, 20.0), "A10": judged(), "A10b": judged(),
    "S1a": leak(), "S1b": leak(), "S1c": leak(), "S1d": traffic("slow"), "S1e": traffic("slow"),
    "M7": leak(), "J3": judged(),
}  # fmt: skip


@pytest.mark.parametrize("guide", sorted(RULES))
def test_every_shipped_rule_gives_a_chart_or_says_why_not(guide):
    when = RULES[guide].when
    if when.why_no_chart:
        assert when.chart(view(facts([])), (), NOON) is None
        return
    if guide == "M6":
        return  # test_mismatch.py
    labels = (("model", "acme-large"), ("provider", "acme")) if guide == "A3" else ()
    chart = when.chart(view(FIRE[guide], *OBJECTIVES, budget=300), labels, NOON - 10 * MINUTE)

    assert chart is not None
    ends = [end for end, _ in chart.points]
    assert ends == sorted(set(ends))
    assert NOON - 2 * MINUTE < ends[-1] <= NOON
    assert 2 <= len(ends) <= 26


@pytest.mark.parametrize("guide", ["A1", "A5", "S1a", "S1b", "S1c", "A10"])
def test_the_last_point_of_a_chart_is_what_the_rule_says(guide):
    seen = view(FIRE[guide], *OBJECTIVES, budget=300)
    (found,) = RULES[guide].when.find(seen)
    chart = RULES[guide].when.chart(seen, (), NOON - 10 * MINUTE)
    said = found.value if guide[0] == "A" else None

    assert chart is not None
    assert chart.limit == pytest.approx(found.limit)
    assert said is None or said == pytest.approx(chart.points[-1][1])


def stored(tmp_path, outcomes):
    """Return requests of eight days in a store, and their history."""
    store = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    ended = [*every(30 * MINUTE, NOON - 8 * DAY, NOON - 2 * HOUR), *every(MINUTE / 3, NOON - 2 * HOUR, NOON)]
    requests = [
        replace(
            request(f"t{place}"), started_at=at - MINUTE / 60, ended_at=at, outcome=outcomes(at, place),
            feature=["returns", "orders"][place % 2], prompt_version="v42" if at >= NOON - HOUR else "v41",
            model=["large", "small", "tiny"][place % 3], provider="acme",
        )
        for place, at in enumerate(ended)
    ]  # fmt: skip
    store.requests.save("shop", Window(NOON - 9 * DAY, NOON), requests, [])
    return store


@pytest.mark.parametrize("guide", ["A1", "A2", "A3", "S1a", "S1b", "S1c"])
def test_a_store_says_the_same_as_rows_in_memory(tmp_path, guide):
    store = stored(
        tmp_path,
        lambda at, place: Outcome.PROVIDER_ERROR if at >= NOON - HOUR and place % 4 == 0 else Outcome.OK,
    )
    plan = plan_of(OBJECTIVES, [one for each in RULES.values() for one in each.when.limits({})])
    rows = store.requests.facts("shop", Window(NOON - 9 * DAY, NOON))
    histories = [rows, store.history("shop", plan)]
    labels = (("model", "large"), ("provider", "acme")) if guide == "A3" else ()
    one, other = (
        gather(replace(view(known_from=NOON - 9 * DAY), history=history, objectives={o.name: o for o in OBJECTIVES}),
               RULES[guide], labels, NOON - 30 * MINUTE)
        for history in histories
    )  # fmt: skip
    store.close()

    for field in fields(Evidence):
        if field.name != "gauge":
            assert getattr(one, field.name) == getattr(other, field.name), field.name
    assert one.normal is not None
    assert ["v42"] == [changed.newcomer.name for changed in one.changed]


def test_a_store_knows_the_same_newcomers_as_rows_in_memory(tmp_path):
    store = stored(tmp_path, lambda at, place: Outcome.OK)
    rows = store.requests.facts("shop", Window(NOON - 9 * DAY, NOON))
    found = newcomers(store.history("shop", plan_of(OBJECTIVES)), NOON)
    store.close()

    assert newcomers(rows, NOON) == found
    assert [(NOON - HOUR, "v41", 180, 180)] == [(one.first, one.before, one.n, one.of) for one in found]
