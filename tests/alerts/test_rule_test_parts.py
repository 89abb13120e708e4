"""The parts of tests of rules: moments, shares, traffic, and what an expectation must say."""

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import fractions, integers
from pydantic import ValidationError

from alerts.rule_tests.amounts import chosen, parse_share
from alerts.rule_tests.coverage import Coverage
from alerts.rule_tests.expectation import Expectation
from alerts.rule_tests.moments import parse_offset, spell_offset
from alerts.rule_tests.story import Story
from alerts.rule_tests.stretch import Stretch
from alerts.rule_tests.traffic import facts_of
from alerts.rule_tests.world import World
from domain.facts import OUTCOMES
from domain.request import Outcome
from domain.signals import SIGNALS
from tests.builders import HOUR, MINUTE, NOON, SHOP


def facts(*stretches: dict[str, object], end: timedelta = HOUR):
    return facts_of([Stretch.model_validate(one) for one in stretches], NOON, end)


@given(integers(min_value=-(10**8), max_value=10**8))
def test_an_offset_is_read_as_it_is_spelled(seconds):
    assert timedelta(seconds=seconds) == parse_offset(spell_offset(timedelta(seconds=seconds)))


@pytest.mark.parametrize("said", ["1h 30", "h", "1.5h", "--5m", "5m-3m", 5, None, True])
def test_what_is_no_moment_is_refused(said):
    with pytest.raises(ValueError, match="a duration is"):
        parse_offset(said)


@given(fractions(0, 1, max_denominator=1000), integers(0, 2000))
def test_so_many_are_chosen_as_their_share_says(share, n):
    found = chosen(share, n)

    assert n * share.numerator // share.denominator == found.sum()
    assert len(found) == n


@pytest.mark.parametrize("said", [-0.1, 1.1, "4 of 3", "1 of 0", "many", True, None, float("nan")])
def test_what_is_no_share_is_refused(said):
    with pytest.raises(ValueError, match="a share is"):
        parse_share(said)


def test_requests_end_at_even_distances_and_stretches_are_merged():
    found = facts({"until": "2m", "per_minute": 2}, {"from": "15s", "every": "1m", "until": "3m"})

    assert [0, 15, 30, 60, 75, 90, 135] == ((found.ended_us - found.ended_us[0]) // 1_000_000).tolist()


def test_who_fails_in_one_way_does_not_fail_in_another():
    said = {
        "until": "10m",
        "per_minute": 10,
        "failed": 0.2,
        "provider_error": 0.1,
        "timeout": 0.1,
        "invalid_request": 0.1,
    }
    found = facts({**said, "refused": 0.5})
    ended = {OUTCOMES[code]: int(n) for code, n in zip(*np.unique(found.outcome, return_counts=True), strict=True)}

    assert {
        Outcome.OK: 25, Outcome.REFUSED: 25, Outcome.TIMEOUT: 10, Outcome.PROVIDER_ERROR: 10,
        Outcome.APPLICATION_ERROR: 20, Outcome.INVALID_REQUEST: 10,
    } == ended  # fmt: skip
    assert (40, 20, 10) == (np.nansum(found.failed), found.provider_failed.sum(), np.isnan(found.failed).sum())
    assert (25, 50) == (np.nansum(found.refused), (~np.isnan(found.refused)).sum())


def test_money_that_has_no_price_is_not_spent_and_a_failure_costs_nothing_that_is_known():
    found = facts({"until": "10m", "per_minute": 1, "cost_usd": 0.02, "unpriced": 0.5})

    assert 100_000_000 == found.spend_nano_usd.sum()
    assert 5 == np.isnan(found.cost_usd).sum()


def test_what_the_judge_gave_no_score_is_asked_for_all_the_same():
    found = facts(
        {"until": "10m", "per_minute": 1, "faithfulness": {"share": 0.5, "bad": 0.2, "good": 0.9}, "unjudged": 0.2},
        {"until": "10m", "per_minute": 1, "judged": 0.5, "scores": {"tone": 1}},
    )

    assert {"faithfulness": 10, "tone": 5} == {name: int(asked.sum()) for name, asked in found.asked.items()}
    assert (2, 8) == (np.nansum(found.unjudged("faithfulness")), (~np.isnan(found.score("faithfulness"))).sum())
    assert {0.5, 1.0} == set(found.rate[~np.isnan(found.rate)].tolist())


@pytest.mark.parametrize("signal", sorted(SIGNALS))
def test_every_signal_can_be_asked_of_made_up_traffic(signal):
    assert 10 == len(SIGNALS[signal].values(facts({"until": "10m", "per_minute": 1})))


def test_without_traffic_there_are_no_requests():
    assert 0 == len(facts())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"becomes": "firing", "rule": "a"}, "when?"),
        ({"at": "1m", "by": "2m", "becomes": "firing", "rule": "a"}, "when?"),
        ({"from": "1m", "quiet": True}, "say both"),
        ({"from": "2m", "until": "1m", "quiet": True}, "until a later one"),
        ({"at": "1m", "becomes": "firing"}, "of which rule?"),
        ({"at": "1m", "rule": "a"}, "what is expected?"),
        ({"from": "1m", "until": "2m", "rule": "a", "becomes": "firing"}, "happen at one slot"),
        ({"by": "1m", "rule": "a", "is": "firing"}, "by is for becomes and told"),
        ({"at": "1m", "kind": "resolved", "quiet": True}, "say told as well"),
        ({"at": "1m", "told": "page", "quiet": True}, "contradict"),
        ({"at": "1m", "told": "informational"}, "the digest lists them"),
    ],
)
def test_an_expectation_that_cannot_be_checked_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        Expectation.model_validate(said)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"start": "2026-11-02T12:00:30Z"}, "does not lie on a slot"),
        ({"start": "2026-11-02T12:00:00"}, "timezone"),
        ({"slots": []}, "names no slot"),
        ({"until": "-1m"}, "there are no slots"),
        ({"until": "30d"}, "more than 20,000"),
        ({"exactly": False}, "could not fail"),
        ({"traffic": [{"every": "1s", "from": "-30d"}]}, "more than 2,000,000"),
        ({"traffic": [{"per_minute": 1, "failed": 0.6, "timeout": 0.6}]}, "more requests end badly"),
        ({"traffic": [{"failed": 0.6}]}, "how many requests?"),
        ({"traffic": [{"per_minute": 1, "ttft_s": "slow"}]}, "a number, or two of them"),
        ({"traffic": [{"per_minute": 1, "labels": {"colour": "red"}}]}, "there is no label 'colour'"),
    ],
)
def test_a_test_that_cannot_be_played_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        Story.model_validate({"name": "n", "expect": [], **said})


def test_a_test_goes_on_until_the_last_moment_that_it_names():
    story = Story.model_validate(
        {
            "name": "n",
            "traffic": [{"per_minute": 1, "until": "4m"}],
            "expect": [],
            "asleep": [{"from": "1m", "until": "3m"}],
        }
    )

    assert [0 * MINUTE, 3 * MINUTE, 4 * MINUTE] == story.offsets()


def test_the_world_is_known_up_to_an_outage_of_the_source_and_judged_by_quarters():
    story = Story.model_validate(
        {
            "name": "n",
            "expect": [],
            "unread": [{"from": "5m", "until": "9m"}],
            "unjudged": [{"from": "20m"}],
            "until": "1h",
        }
    )
    world = World(story, SHOP, [])
    known = {minute: world.view(story.start + minute * MINUTE) for minute in (4, 8, 9, 50)}

    assert [4, 5, 9, 50] == [(view.known_until - story.start) / MINUTE for view in known.values()]
    assert [0, 0, 0, 15] == [(view.judged_until - story.start) / MINUTE for view in known.values()]


def test_a_rule_keeps_quiet_where_it_never_fires_and_a_test_says_why():
    def story(*expect):
        return Story.model_validate({"name": "n", "expect": list(expect)})

    quiet = {"at": "1m", "rule": "a", "says": False, "because": "chance"}
    fires = {"at": "2m", "rule": "a", "becomes": "firing"}

    assert {"seen to keep quiet": ["a"]} == Coverage.of([story(quiet, fires)]).gaps(["a"])
    assert {} == Coverage.of([story(quiet), story(fires)]).gaps(["a"])
    assert {"seen to fire": ["a", "b"], "seen to keep quiet": ["a", "b"]} == Coverage.of([]).gaps(["a", "b"])
    assert Fraction(1, 5) == parse_share(Fraction(1, 5))
