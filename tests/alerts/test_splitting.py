"""Requests by several labels at once: each is in the one combination that it carries, or in none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.conditions.condition import split
from domain.counts import Counts, total
from domain.facts import Facts
from domain.planning import plan_of
from domain.rollup import hours
from domain.window import Window
from tests.builders import DAY, HOUR, MINUTE, NOON, facts

WINDOW = Window.ending(NOON, DAY)
NAMES = st.sampled_from(["a", "b", None])


class Counting:
    """A long past: it answers in counts, and by one label at a time."""

    def __init__(self, of: Facts) -> None:
        self.of, self.plan, self.asked = of, plan_of([]), []

    def over(self, window, *, where=(), spreads=()):
        return self._counts(self.of.over(window, where=where))

    def by(self, window, label, *, where=(), spreads=()) -> dict[str, Counts]:
        self.asked.append((label, where))
        return {name: self._counts(part) for name, part in self.of.by(window, label, where=where).items()}

    def _counts(self, part):
        return total(self.plan, hours(part, self.plan))


def requests(*labelled):
    features, models, providers = zip(*labelled, strict=True)
    return facts(
        [NOON - HOUR - position * MINUTE for position in range(len(labelled))][::-1],
        labels={"feature": features, "model": models, "provider": providers},
    )


@given(
    st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=30), st.permutations(["feature", "model", "provider"])
)
def test_every_request_is_in_the_one_combination_that_it_carries(labelled, by):
    of = requests(*labelled)
    found = split(of, WINDOW, by)

    assert sum(None not in one for one in labelled) == sum(len(part) for _, part in found)
    assert sorted({(("feature", f), ("model", m), ("provider", p)) for f, m, p in labelled if f and m and p}) == [
        labels for labels, _ in found
    ]


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=30))
def test_counts_are_split_as_rows_are(labelled):
    of, by = requests(*labelled), ("provider", "model")
    rows, counts = split(of, WINDOW, by), split(Counting(of), WINDOW, by)

    assert [(labels, len(part)) for labels, part in rows] == [(labels, len(part)) for labels, part in counts]


def test_counts_are_asked_by_one_label_after_the_other():
    history = Counting(requests(("f", "m", "p"), ("f", "n", "p")))
    found = split(history, WINDOW, ["provider", "model"], where=(("feature", "f"),))

    assert [(("model", "m"), ("provider", "p")), (("model", "n"), ("provider", "p"))] == [labels for labels, _ in found]
    assert [("provider", (("feature", "f"),)), ("model", (("feature", "f"), ("provider", "p")))] == history.asked


@pytest.mark.parametrize("by", [None, (), []])
def test_without_labels_there_is_one_answer_even_about_nobody(by):
    assert [((), 0)] == [(labels, len(part)) for labels, part in split(facts([]), WINDOW, by)]


def test_one_label_may_be_named_alone():
    of = requests(("f", "m", "p"), ("g", "m", "p"))

    assert split(of, WINDOW, "feature")[0][0] == split(of, WINDOW, ["feature"])[0][0] == (("feature", "f"),)
    assert [(("feature", "g"),)] == [
        labels for labels, _ in split(of, WINDOW, "feature", where=(("feature", "g"), ("model", "m")))
    ]
