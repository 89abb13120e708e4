"""Goodput about itself: when it cannot see, cannot be heard, or slept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.conditions import Blind, JudgeBlind, SlotsLost, Undelivered
from domain.alerting import Truth
from domain.message import Severity
from domain.probe import Probe
from domain.watching import ChannelHealth, WatchedRule
from tests.alerts.shipped import RULES
from tests.builders import DAY, HOUR, MINUTE, NOON, every, facts, view

BUSY = facts(every(MINUTE, NOON - 8 * DAY, NOON - HOUR), failed=0.0)  # a request a minute, until an hour ago
QUIET = facts(every(5 * HOUR, NOON - 8 * DAY, NOON - HOUR), failed=0.0)
BLIND = RULES["M1"].when


def watched(seen_ago: timedelta | None, severity=Severity.PAGE) -> WatchedRule:
    seen_at = None if seen_ago is None else NOON - seen_ago
    return WatchedRule(name="availability", severity=severity, blind_after=5 * MINUTE, seen_at=seen_at)


def blind(of, *rules: WatchedRule, **said):
    found = BLIND.find(replace(view(of, **said), watched=rules))
    return [(one.truth, one.because) for one in found]


@pytest.mark.parametrize(
    ("of", "seen_ago", "said", "truth", "because"),
    [
        pytest.param(BUSY, 4 * MINUTE, {}, Truth.FALSE, "availability knew something 4 min ago", id="not long"),
        pytest.param(
            BUSY, 20 * MINUTE, {"known_until": NOON - 20 * MINUTE}, Truth.TRUE,
            "availability has known nothing for 20 min: traces are read only until 23 Nov 11:40 UTC", id="not read",
        ),
        pytest.param(
            BUSY, 30 * MINUTE, {}, Truth.TRUE,
            "availability has known nothing for 30 min: no request in 30 min, where 30 came at this time before",
            id="traffic has stopped",
        ),
        pytest.param(QUIET, HOUR, {}, Truth.FALSE, "for there was too little to see", id="a quiet night"),
        pytest.param(BUSY, 5 * MINUTE, {}, Truth.FALSE, "for there was too little to see", id="five could be chance"),
        pytest.param(
            BUSY, 30 * MINUTE, {"known_from": NOON - 2 * HOUR}, Truth.FALSE, "too little to see", id="a new deployment"
        ),
    ],
)  # fmt: skip
def test_a_rule_is_blind_when_it_should_have_seen_something(of, seen_ago, said, truth, because):
    ((found, words),) = blind(of, watched(seen_ago), **said)

    assert truth is found
    assert because in words


def test_a_rule_that_never_saw_anything_cannot_go_blind():
    assert [] == blind(BUSY, watched(None), known_until=NOON - HOUR)


def test_each_severity_is_looked_after_by_its_own_rule():
    tickets = watched(30 * MINUTE, Severity.TICKET)

    assert [] == blind(BUSY, tickets)
    assert Truth.TRUE is RULES["M1b"].when.find(replace(view(BUSY), watched=[tickets]))[0].truth


def test_an_endpoint_that_answers_our_probes_is_not_asked_by_anybody_else():
    seen = replace(view(BUSY), watched=[watched(30 * MINUTE)])
    answered = Probe(
        application="shop", at=NOON - MINUTE, ok=True, status=200, latency_s=0.1, first_byte_s=0.1, because=""
    )

    assert Truth.FALSE is BLIND.find(replace(seen, probes=[answered]))[0].truth
    assert Truth.TRUE is BLIND.find(replace(seen, probes=[replace(answered, ok=False)]))[0].truth


@pytest.mark.parametrize(
    ("channel", "truth", "because"),
    [
        (ChannelHealth(name="slack"), Truth.FALSE, "slack takes its messages"),
        (
            ChannelHealth(name="slack", dead_at=NOON - HOUR, error="channel_not_found"), Truth.TRUE,
            "slack refused a message for good at 23 Nov 11:00 UTC: channel_not_found",
        ),
        (ChannelHealth(name="slack", dead_at=NOON - HOUR, sent_at=NOON), Truth.FALSE, "takes its messages"),
        (ChannelHealth(name="slack", dead_at=NOON - 25 * HOUR), Truth.FALSE, "takes its messages"),
        (
            ChannelHealth(name="slack", waiting_since=NOON - 6 * MINUTE, waiting=3, error="503"), Truth.TRUE,
            "3 messages wait for slack, the oldest for 6 min: 503",
        ),
        (ChannelHealth(name="slack", waiting_since=NOON - 4 * MINUTE, waiting=3), Truth.FALSE, "takes its"),
    ],
)  # fmt: skip
def test_a_channel_that_does_not_take_messages_is_found(channel, truth, because):
    (found,) = RULES["M3"].when.find(replace(view(), channels=[channel]))

    assert (truth, (("channel", "slack"),)) == (found.truth, found.labels)
    assert because in found.because


@pytest.mark.parametrize(
    ("minutes", "truth"),
    [
        pytest.param(range(60), Truth.FALSE, id="all"),
        pytest.param([*range(40), *range(43, 60)], Truth.TRUE, id="three in a row"),
        pytest.param([*range(40), *range(42, 60)], Truth.FALSE, id="two may be lost"),
        pytest.param([*range(40), 42, 44, 46], Truth.TRUE, id="one by one"),
        pytest.param(range(30), Truth.FALSE, id="those after the newest may still come"),
        pytest.param([], Truth.FALSE, id="nothing was decided yet"),
    ],
)
def test_slots_between_those_that_were_decided_are_lost(minutes, truth):
    decided = [NOON - HOUR + minute * MINUTE for minute in minutes]
    (found,) = RULES["M4"].when.find(replace(view(), decided=decided))

    assert truth is found.truth


def test_lost_slots_are_news_for_an_hour():
    decided = [NOON - 2 * HOUR, NOON - 90 * MINUTE, *every(MINUTE, NOON - 90 * MINUTE, NOON)]

    assert Truth.FALSE is RULES["M4"].when.find(replace(view(), decided=decided))[0].truth
    assert (
        "29 slots between 23 Nov 10:00 and 10:30 UTC were never decided"
        == RULES["M4"].when.find(replace(view(), slot=NOON - 80 * MINUTE, decided=decided))[0].because
    )


@pytest.mark.parametrize(
    ("judged_ago", "of", "truth"),
    [
        pytest.param(15 * MINUTE, BUSY, Truth.FALSE, id="as scheduled"),
        pytest.param(2 * HOUR, BUSY, Truth.TRUE, id="requests have ended since"),
        pytest.param(2 * HOUR, facts([]), Truth.FALSE, id="there was nothing to judge"),
        pytest.param(None, BUSY, Truth.UNKNOWN, id="never"),
    ],
)
def test_a_judge_is_missed_when_answers_wait_for_it(judged_ago, of, truth):
    until = None if judged_ago is None else NOON - judged_ago
    (found,) = RULES["M2"].when.find(replace(view(of), judged_until=until))

    assert truth is found.truth


def test_what_is_about_goodput_is_known_as_that():
    about = {guide for guide, rule in RULES.items() if rule.watches_goodput}

    assert {"M1", "M1b", "M3", "M4"} == about
    assert (Blind, Undelivered, SlotsLost, JudgeBlind) == tuple(type(RULES[g].when) for g in ("M1", "M3", "M4", "M2"))
