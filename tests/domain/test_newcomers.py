"""What serves since a moment ago: told of what is new, and of nothing that was only rare."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.newcomers import newcomers
from tests.builders import DAY, HOUR, MINUTE, NOON, every, facts

ENDED = [*every(10 * MINUTE, NOON - 8 * DAY, NOON - 6 * HOUR), *every(MINUTE, NOON - 6 * HOUR, NOON)]


def named(of, label="prompt_version", ended=ENDED, **more):
    """Return requests whose *label* is what *of* says of the moment and the place."""
    return facts(ended, labels={label: [of(at, place) for place, at in enumerate(ended)], **more})


def since(moment: datetime, name="v42", every_nth=1):
    return lambda at, place: name if at >= moment and place % every_nth == 0 else "v41"


def test_a_new_prompt_version_is_named_with_when_how_many_and_what_was_before():
    began = NOON - 30 * MINUTE
    (found,) = newcomers(named(since(began, every_nth=2)), NOON)

    assert ("prompt_version", "v42", began, 15, 30) == (found.label, found.name, found.first, found.n, found.of)
    assert ("v41", 1008, 1008) == (found.before, found.before_n, found.before_of)


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(named(lambda at, place: "v41"), id="nothing is new"),
        pytest.param(named(since(NOON - 3 * DAY)), id="new for days"),
        pytest.param(named(since(NOON - 2 * MINUTE)), id="two requests are no release"),
        pytest.param(named(lambda at, place: "rare" if place % 300 == 0 else "v41"), id="rare all the time"),
        pytest.param(named(lambda at, place: f"commit-{place}" if at > NOON - HOUR else "v41"), id="a name each"),
        pytest.param(named(lambda at, place: "v42" if at > NOON - HOUR else None), id="nothing before to tell by"),
        pytest.param(
            named(lambda at, place: "v42" if at > NOON - HOUR else ("other" if place % 9 == 0 else "v41")),
            id="too many names",
        ),
        pytest.param(named(since(NOON - HOUR), label="feature"), id="a feature is no change of what serves"),
        pytest.param(facts([]), id="no requests"),
        pytest.param(
            named(since(NOON - HOUR), ended=every(MINUTE, NOON - 6 * HOUR, NOON)), id="no earlier time is known"
        ),
    ],
)
def test_what_is_not_new_or_not_known_to_be_is_not_told(of):
    assert [] == newcomers(of, NOON)


def test_a_name_that_was_away_for_days_but_not_for_a_week_is_not_new():
    back = named(lambda at, place: "v40" if at < NOON - 6 * DAY or at >= NOON - HOUR else "v41")

    assert [] == newcomers(back, NOON)


def test_the_newest_comes_first_over_all_labels():
    models = ["large" if at >= NOON - 2 * HOUR else "small" for at in ENDED]
    releases = ["r2" if at >= NOON - 3 * HOUR else "r1" for at in ENDED]
    found = newcomers(named(since(NOON - HOUR), model=models, release=releases), NOON)

    assert ["prompt_version", "model", "release"] == [one.label for one in found]
    assert ["v41", "small", "r1"] == [one.before for one in found]


@given(ago=st.integers(4, 359))
def test_the_first_moment_is_found_wherever_it_lies(ago):
    began = NOON - ago * MINUTE

    assert [began] == [one.first for one in newcomers(named(since(began)), NOON)]
