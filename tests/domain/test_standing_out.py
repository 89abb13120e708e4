"""Where the trouble is: only what stands out for sure, and as Fisher's test has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from domain.standing_out import chance_of_so_many, standouts
from domain.tally import Tally, Weights


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_chance_is_that_of_fishers_exact_test(k, good, rest_k, rest_good):
    expected = fisher_exact([[k, good], [rest_k, rest_good]], alternative="greater").pvalue

    assert pytest.approx(expected, rel=1e-6, abs=1e-12) == chance_of_so_many(k, k + good, rest_k, rest_k + rest_good)


def named(**counts: tuple[int, int]):
    return {name: Tally(n, k) for name, (k, n) in counts.items()}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        pytest.param(named(returns=(41, 60), orders=(3, 400)), ("returns", 41, 60, 3, 400), id="one feature"),
        pytest.param(named(returns=(6, 60), orders=(40, 400)), None, id="all alike"),
        pytest.param(named(returns=(3, 20), orders=(3, 60)), None, id="too few to tell"),
        pytest.param(named(returns=(700, 10_000), orders=(500, 10_000)), None, id="sure, and hardly worse"),
        pytest.param(named(returns=(60, 60)), None, id="nobody to compare with"),
        pytest.param(named(), None, id="nobody"),
        pytest.param(named(returns=(0, 60), orders=(0, 60)), None, id="nothing is bad"),
        pytest.param(named(a=(20, 40), b=(30, 40), c=(0, 400)), ("b", 30, 40, 20, 440), id="the worst of two"),
    ],
)
def test_only_what_stands_out_is_named(names, found):
    shown = [(one.name, one.k, one.n, one.rest_k, one.rest_n) for one in standouts({"feature": names})]

    assert ([found] if found else []) == shown


def test_who_asks_about_many_names_needs_more_evidence():
    crowd = {f"f{n}": Tally(20, 1) for n in range(300)}
    few = {name: crowd[name] for name in ("f1", "f2", "f3")}

    assert [] == standouts({"feature": {**crowd, "bad": Tally(20, 7)}})
    assert ["bad"] == [one.name for one in standouts({"feature": {**few, "bad": Tally(20, 12)}})]


def test_a_sample_counts_what_it_is_worth():
    """Forty answers that stand for very different numbers of requests are as few as they are worth."""
    uneven = Tally(40, 20, Weights(all=1_000_000, bad=900_000, squared=400_000_000_000, bad_squared=399_000_000_000))

    assert [] == standouts({"feature": {"returns": uneven, "orders": Tally(400, 2)}})


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_what_is_named_has_its_counts_and_a_rest(counts):
    names = {name: Tally(k + good, k) for name, (k, good) in counts.items()}
    for one in standouts({"feature": names}):
        assert names[one.name] == Tally(one.n, one.k)
        assert one.n + one.rest_n == sum(tally.n for tally in names.values())
        assert one.k * one.rest_n > one.rest_k * one.n
