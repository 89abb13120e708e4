"""Many at once are the same numbers, to the last digit, as one by one."""

from hypothesis import given
from hypothesis import strategies as st

from domain.intervals import chance_of_at_least, share_interval
from domain.many_shares import chances_of_at_least, share_intervals

whole = st.integers(0, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
effective = st.floats(1, 2000).flatmap(lambda n: st.tuples(st.floats(0, 1).map(lambda share: share * n), st.just(n)))
counts = st.lists(st.one_of(whole, effective), max_size=30)


@given(counts, st.floats(0.0001, 0.9999))
def test_chances_are_those_of_each(of, share):
    assert [chance_of_at_least(k, n, share) for k, n in of] == chances_of_at_least(of, share)


@given(counts)
def test_intervals_are_those_of_each(of):
    assert [share_interval(k, n) for k, n in of] == share_intervals(of)
