"""What had come by a slot, however the slots are asked."""

from hypothesis import given
from hypothesis import strategies as st

from domain.seen import Seen
from tests.builders import MINUTE, NOON

minutes = st.integers(0, 30)


@given(st.lists(minutes), st.lists(minutes, min_size=1))
def test_nothing_that_came_later_is_seen(came, asked):
    seen = Seen(came, lambda minute: NOON + minute * MINUTE, list)

    for minute in asked:
        slot = NOON + minute * MINUTE
        assert sorted(one for one in came if one <= minute) == seen.until(slot)
        assert [one for one in seen.until(slot) if minute - 5 <= one] == list(seen.between(slot - 5 * MINUTE, slot))


def test_it_is_made_anew_only_when_there_is_one_more():
    made = []
    seen = Seen([0, 5], lambda minute: NOON + minute * MINUTE, lambda things: made.append(len(things)))

    for minute in range(10):
        seen.until(NOON + minute * MINUTE)

    assert [1, 2] == made
