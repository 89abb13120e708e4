"""The life of one alert, slot by slot."""

from datetime import timedelta

import pytest

from alerts.rule import Rule
from alerts.states import step
from domain.alerting import Finding, Instance, State, Truth
from tests.builders import BETWEEN, CLEAR, HOUR, MINUTE, NOON, TRUE, UNKNOWN, instance, rule

SYMBOLS = {"T": TRUE, "F": CLEAR, "b": BETWEEN, "?": UNKNOWN}
LETTERS = {State.INACTIVE: "-", State.PENDING: "p", State.FIRING: "F", State.RECOVERING: "r"}
PATIENT = rule(**{"for": "2m", "resolve_after": "2m"})
AT_ONCE = rule()


def lived(findings: str, by: Rule = PATIENT, interval: timedelta = MINUTE) -> list[Instance]:
    """Live through *findings*, one a slot; a dot is a slot at which nobody looked."""
    now, life = Instance(application="shop", rule="errors"), []
    for position, symbol in enumerate(findings):
        if symbol != ".":
            now = step(now, SYMBOLS[symbol], by, NOON + position * interval, MINUTE)
            life.append(now)
    return life


@pytest.mark.parametrize(
    ("findings", "states"),
    [
        pytest.param("TTT", "ppF", id="fires when two minutes were seen to hold"),
        pytest.param("TTFTT", "pp-pp", id="one false slot starts anew"),
        pytest.param("TTbT", "pp-p", id="false but not clear starts anew as well"),
        pytest.param("TT?T", "pppp", id="an unknown slot adds nothing before or after it"),
        pytest.param("TT?TT", "ppppF", id="an unknown slot takes nothing away"),
        pytest.param("????", "----", id="unknown from the start is nothing"),
        pytest.param("T????????TTT", "pppppppppppF", id="unknown for long neither fires nor forgets"),
        pytest.param("T.T", "pF", id="a gap of two evaluations was one missed look and counts"),
        pytest.param("T..T", "pp", id="a longer gap adds nothing"),
        pytest.param("T..TT.T", "pppF", id="what was seen before and after a gap adds up"),
        pytest.param("TTTFFF", "ppFrr-", id="over when two minutes were clear"),
        pytest.param("TTTbbb", "ppFFFF", id="neither true nor clear keeps firing"),
        pytest.param("TTTFbFFF", "ppFrFrr-", id="recovering starts anew when not clear"),
        pytest.param("TTTFTFFF", "ppFrFrr-", id="recovering starts anew when true"),
        pytest.param("TTT???", "ppFFFF", id="unknown does not resolve"),
        pytest.param("TTTF?FFF", "ppFrrrr-", id="unknown adds nothing to recovering"),
        pytest.param("TTTF..FFF", "ppFrrr-", id="a gap adds nothing to recovering"),
        pytest.param("TTTFFFTTT", "ppFrr-ppF", id="a second episode waits as long as the first"),
    ],
)
def test_an_alert_lives_by_what_was_seen(findings, states):
    assert states == "".join(LETTERS[one.state] for one in lived(findings))


@pytest.mark.parametrize(
    ("findings", "states"),
    [
        pytest.param("T", "F", id="fires at the first slot"),
        pytest.param("TF", "F-", id="resolves at the first clear slot"),
        pytest.param("TbF", "FF-", id="hysteresis holds without a resolve time"),
        pytest.param("T?F", "FF-", id="unknown holds without a resolve time"),
    ],
)
def test_without_durations_it_follows_at_once(findings, states):
    assert states == "".join(LETTERS[one.state] for one in lived(findings, AT_ONCE))


def test_an_hourly_rule_counts_in_hours_on_slots_of_a_minute():
    hourly = rule(**{"for": "1h", "every": "1h"})

    assert [State.PENDING, State.FIRING] == [one.state for one in lived("TT", hourly, HOUR)]
    assert [State.PENDING, State.PENDING] == [one.state for one in lived("T..T", hourly, HOUR)]


def test_slots_longer_than_the_rule_asks_for_still_count():
    now = step(Instance(application="shop", rule="errors"), TRUE, PATIENT, NOON, 5 * MINUTE)
    now = step(now, TRUE, PATIENT, NOON + 5 * MINUTE, 5 * MINUTE)

    assert State.FIRING is now.state


def test_recovering_and_firing_again_is_the_same_episode():
    life = lived("TTTFTFFFTTT")

    assert [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2] == [one.episode for one in life]


def test_since_is_the_first_slot_at_which_it_held_however_often_nobody_knew():
    firing = lived("FT?TTT")[-1]

    assert (NOON + MINUTE, NOON + 5 * MINUTE) == (firing.since, firing.fired_at)


def test_an_alert_that_is_over_remembers_only_how_often_it_fired():
    over = lived("TTTFFF")[-1]

    assert (None, None, 0.0, 0.0, 1) == (over.since, over.fired_at, over.held_s, over.clear_s, over.episode)


@pytest.mark.parametrize("back", [0, 1, 60])
@pytest.mark.parametrize("finding", [TRUE, BETWEEN, CLEAR, UNKNOWN], ids="TbF?")
@pytest.mark.parametrize("state", State)
def test_a_repeated_or_late_slot_changes_nothing(state, finding, back):
    before = instance(state)

    assert before == step(before, finding, AT_ONCE, NOON - MINUTE - back * MINUTE, MINUTE)


@pytest.mark.parametrize("state", State)
def test_unknown_changes_nothing_but_the_slot(state):
    before = instance(state, held_s=60.0, clear_s=60.0)
    after = step(before, UNKNOWN, PATIENT, NOON, MINUTE)

    assert (before.state, before.since, 60.0, 60.0) == (after.state, after.since, after.held_s, after.clear_s)
    assert (NOON, Truth.UNKNOWN) == (after.last_slot, after.last_truth)


def test_what_is_true_keeps_firing_even_if_it_calls_itself_clear():
    confused = Finding(truth=Truth.TRUE, clear=True, because="its limits overlap")

    assert State.FIRING is step(instance(State.FIRING), confused, AT_ONCE, NOON, MINUTE).state
