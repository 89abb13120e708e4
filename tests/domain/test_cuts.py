"""Some rows of others: cut column by column, and the same as if all had been."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import LABELS, Facts
from tests.builders import facts
from tests.domain.test_running import traffic

COLUMNS = ("ended_us", "trace_ids", "failed", "ttft_s", "session", "selected", "rate", "quarantined")


def same(one: Facts, other: Facts) -> bool:
    """Whether two are equal, column by column."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in COLUMNS]
    pairs += [(one.labels[label], other.labels[label]) for label in LABELS]
    pairs += [(one.scores[name], other.scores[name]) for name in other.scores]
    return all(np.array_equal(a, b, equal_nan=a.dtype == float) for a, b in pairs)


@given(traffic(), st.data())
def test_cuts_of_cuts_are_cuts(rows, data):
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), dtype=bool)
    first, last = sorted(data.draw(st.tuples(st.integers(0, len(rows)), st.integers(0, len(rows)))))
    places = np.flatnonzero(chosen[first:last]) + first

    assert same(rows.taken(places), rows.part(first, last).where(chosen[first:last]))
    assert len(places) == len(rows.part(first, last).where(chosen[first:last]))


@given(traffic())
def test_the_names_that_occur_are_those_of_the_rows(rows):
    for label in ("feature", "model", "release"):
        counts = {name: len(part) for name, part in rows.split(label)}
        assert counts == rows.counts(label)
        assert all((part.labels[label] == rows.names[label].index(name)).all() for name, part in rows.split(label))


def test_a_cut_is_a_value_like_any_other():
    whole = facts(failed=[0.0, 1.0, 1.0], faithfulness=[0.1, 0.2, 0.3])
    cut = whole.part(1, 3)

    with pytest.raises(AttributeError, match="failled"):
        cut.failled  # noqa: B018
    assert same(cut, pickle.loads(pickle.dumps(cut)))
    assert [0.0, 0.0] == replace(cut, failed=np.zeros(2)).failed.tolist()
