"""Rows that are asked again and again say the same as the plain ones, in whatever order and however often."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bad import Bad
from domain.facts import Facts
from domain.plan import Limit
from domain.running import Running
from domain.window import Window
from tests.builders import MINUTE, NOON, facts

LIMITS = (
    Limit("failed", Bad()),
    Limit("answered", Bad(below=0.5)),
    Limit("ttft_s", Bad(above=0.5)),
    Limit("hallucination_risk", Bad(above=0.15)),
    Limit("unjudged", Bad()),
    Limit("failed", Bad(), clustered=True),
    Limit("hallucination_risk", Bad(above=0.15), clustered=True),
)
NAMES = {"feature": ["returns", "search", None], "model": ["m", "n", None]}
WHERES = ((), (("feature", "returns"),), (("feature", "returns"), ("model", "n")), (("feature", "nobody's"),))
UNKNOWN = float("nan")


@st.composite
def traffic(draw: st.DrawFn) -> Facts:
    """Some requests of ten minutes, several at once, half known, chosen with different rates."""
    n = draw(st.integers(0, 40))

    def column(*values: object) -> list:
        return draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))

    if not n:
        return facts([])
    return facts(
        [NOON + number * timedelta(seconds=30) for number in column(*range(20))],
        failed=column(0.0, 1.0, UNKNOWN),
        ttft_s=column(0.2, 0.5, 0.9, UNKNOWN),
        faithfulness=column(0.5, 0.85, 1.0, UNKNOWN),
        judgeable=column(0.0, 1.0),
        rate=column(1.0, 0.5, 0.1, UNKNOWN),
        sessions=column("a", "b", None),
        labels={label: column(*names) for label, names in NAMES.items()},
    )


windows = st.builds(
    lambda start, length: Window(NOON + start * MINUTE / 2, NOON + (start + length) * MINUTE / 2),
    st.integers(-3, 22),
    st.integers(1, 30),
)
questions = st.tuples(windows, st.sampled_from(LIMITS), st.sampled_from(WHERES))


@given(traffic(), st.lists(questions, min_size=1, max_size=12))
def test_counts_are_those_of_the_rows(rows, asked):
    running = Running(rows)
    for window, limit, where in [*asked, *asked]:
        assert limit.count(rows.over(window, where=where)) == running.tally(window, limit, where)


@given(traffic(), st.lists(questions, min_size=1, max_size=8))
def test_counts_by_label_are_those_of_the_rows(rows, asked):
    running = Running(rows)
    for window, limit, where in [*asked, *asked]:
        plain = {name: limit.count(part) for name, part in rows.by(window, "model", where=where).items()}
        found = running.tallies(window, [limit], ("model",), where)

        assert [((("model", name),), (plain[name],)) for name in sorted(plain)] == found


@given(traffic(), windows)
def test_several_labels_and_several_limits_at_once(rows, window):
    running = Running(rows)
    plain = {
        (("feature", feature), ("model", model)): tuple(limit.count(part) for limit in LIMITS)
        for feature, of in rows.by(window, "feature").items()
        for model, part in of.split("model")
    }

    for by in (("feature", "model"), ("model", "feature"), ("feature", "model")):
        assert sorted(plain.items()) == running.tallies(window, LIMITS, by)


@pytest.mark.parametrize("limit", LIMITS[:5])
def test_beyond_its_room_nothing_more_is_kept_and_the_counts_stay_right(limit):
    rows = facts([NOON] * 9, failed=[1.0] * 4 + [0.0] * 5, ttft_s=0.9, faithfulness=0.5)
    running = Running(rows, _room=1)
    window = Window(NOON, NOON + MINUTE)

    for one in (*LIMITS, limit, limit):
        running.tally(window, one)
    assert limit.count(rows) == running.tally(window, limit)


def test_names_beyond_any_number_fit():
    """Nine labels of 200 names each are more combinations than a number of 64 bits can tell apart."""
    labels = (
        "feature", "user_tier", "model", "provider", "prompt_version", "release", "environment", "profile", "query_class"
    )  # fmt: skip
    names = [f"name-{number:03}" for number in range(200)]
    rows = facts([NOON] * 200, failed=1.0, labels=dict.fromkeys(labels, names))
    found = Running(rows).tallies(Window(NOON, NOON + MINUTE), [LIMITS[0]], labels)

    assert [tuple(sorted((label, name) for label in labels)) for name in names] == [of for of, _ in found]
    assert {(1, 1)} == {(tally.k, tally.n) for _, (tally,) in found}


def test_rows_of_a_window_are_cut_once():
    running = Running(facts([NOON] * 3, failed=[0.0, 1.0, 1.0]))
    window = Window(NOON, NOON + MINUTE)

    assert running.rows(window) is running.rows(window)
    assert np.array_equal([0.0, 1.0, 1.0], running.rows(window).failed)
