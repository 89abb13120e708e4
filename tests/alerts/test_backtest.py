"""What a backtest makes of what was decided, and what a change of the rules would have done."""

from dataclasses import replace

import pytest

from alerts.backtest import episodes, outcome
from alerts.comparing import Comparison
from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.ledger import Ledger
from alerts.routing import Routing
from domain.alerting import Decision, Health, Notice, State, Truth
from domain.incident import Incident, Member
from domain.message import MessageKind, Severity
from domain.silence import Silence
from domain.window import Window
from tests.alerts.in_memory import Always, told
from tests.builders import (
    CLEAR,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    SETTLE,
    TRUE,
    UNKNOWN,
    evaluation,
    instance,
    message,
    rule,
    transition,
)

WEEK = Window(NOON, NOON + 7 * DAY)
ROUTES = Routing({Severity.PAGE: ("pager",), Severity.TICKET: ("slack",)})


def decision(slot=NOON, **said):
    parts = dict.fromkeys(("instances", "transitions", "evaluations", "incidents", "notices"), ())
    return Decision(application="shop", slot=slot, **{**parts, **said})


def lived(symbols, window=WEEK, silences=(), routes=ROUTES, **said):
    """What came of a rule that found, minute by minute, what *symbols* say: T, F or ?."""
    known = {"T": TRUE, "F": CLEAR, "?": UNKNOWN}
    slots = [NOON + (minute + 1) * MINUTE for minute in range(len(symbols))]
    one = told({slot: [known[symbol]] for slot, symbol in zip(slots, symbols, strict=True)}, **said)
    ledger = Ledger()
    AlertDesk("shop", Rulebook(rules=[one], routes=routes), ledger).decide(slots, Always(list(silences)))
    return outcome("shop", window, SETTLE, [one], silences, ledger)


# The ledger


def test_a_slot_that_was_decided_is_not_decided_again():
    ledger = Ledger()

    assert ledger.keep(decision())
    assert not ledger.keep(decision())
    assert not ledger.keep(decision(NOON - MINUTE))
    assert not ledger.keep(decision(NOON + MINUTE), NOON - MINUTE), "it knew nothing of noon"
    assert (1, NOON) == (ledger.slots, ledger.last_slot("shop"))


def test_a_slot_is_unanswered_where_nothing_is_known_of_anything():
    here, there = (("feature", "here"),), (("feature", "there"),)
    unknown = {"truth": Truth.UNKNOWN, "health": Health.NO_DATA}
    ledger = Ledger()
    ledger.keep(decision(evaluations=(evaluation(labels=here, **unknown), evaluation(labels=there, **unknown))))
    ledger.keep(decision(NOON + MINUTE, evaluations=(evaluation(labels=here, **unknown), evaluation(labels=there))))
    ledger.keep(decision(NOON + 2 * MINUTE, evaluations=(evaluation(Truth.TRUE, labels=here),)))
    said = ledger.answers["errors"]

    assert (3, 1, 1, {Health.NO_DATA: 1}) == (said.slots, said.unknown, said.held, dict(said.unanswered))


@pytest.mark.parametrize(
    ("said", "times"),
    [
        pytest.param({"k": 3, "value": 0.3, "limit": 0.1}, 1, id="over the limit, and quiet"),
        pytest.param({"k": 3, "value": 0.1, "limit": 0.1}, 0, id="at the limit"),
        pytest.param({"k": None, "value": 0.3, "limit": 0.1}, 0, id="nothing was counted"),
        pytest.param({"k": 3, "value": 0.3, "limit": None}, 0, id="no limit"),
        pytest.param({"k": 3, "value": 0.3, "limit": 0.1, "truth": Truth.TRUE}, 0, id="it held"),
        pytest.param({"k": 3, "value": 0.3, "limit": 0.1, "state": State.RECOVERING}, 0, id="it fires"),
    ],
)
def test_what_crossed_its_limit_and_kept_quiet(said, times):
    ledger = Ledger()
    ledger.keep(decision(instances=(instance(said.get("state", State.INACTIVE)),), evaluations=(evaluation(**said),)))

    assert times == ledger.answers["errors"].crossings


def test_the_worst_crossing_has_most_bad_requests_and_is_the_newest():
    over = {"value": 0.3, "limit": 0.1}
    ledger = Ledger()
    for minute, k in enumerate([2, 5, 5, 4]):
        ledger.keep(
            decision(NOON + minute * MINUTE, evaluations=(evaluation(slot=NOON + minute * MINUTE, k=k, **over),))
        )
    said = ledger.answers["errors"]

    assert (4, 5, NOON + 2 * MINUTE) == (said.crossings, said.worst.k, said.worst.slot)


def test_people_know_from_the_first_slot_at_which_it_is_in_an_incident():
    here = Member("errors", (), 1)
    incident = Incident(application="shop", group="g", severity=Severity.PAGE, members=(here,))
    firing = {"instances": (instance(State.FIRING),), "evaluations": (evaluation(state=State.FIRING, told="silenced"),)}
    ledger = Ledger()
    ledger.keep(decision(**firing))
    ledger.keep(decision(NOON + MINUTE, **firing, incidents=(incident,)))
    ledger.keep(decision(NOON + 2 * MINUTE, **firing, incidents=(incident,)))

    assert ({here: NOON + MINUTE}, {here: "silenced"}) == (ledger.told, ledger.untold)


# Episodes


def test_an_episode_goes_from_firing_to_its_end():
    labels = (("feature", "here"),)
    changes = [
        transition(State.PENDING, NOON),
        transition(State.FIRING, NOON + MINUTE, since=NOON, labels=labels),
        transition(State.RECOVERING, NOON + 2 * MINUTE, labels=labels),
        replace(transition(State.FIRING, NOON + 3 * MINUTE, labels=labels), before=State.RECOVERING),
        replace(transition(State.INACTIVE, NOON + 4 * MINUTE, labels=labels), before=State.RECOVERING),
        transition(State.FIRING, NOON + 9 * MINUTE, episode=2, labels=labels),
        replace(transition(State.INACTIVE, NOON + 9 * MINUTE), before=State.PENDING),
    ]
    first, second = episodes(changes, {Member("errors", labels, 1): NOON + MINUTE}, {})

    assert (NOON, NOON + MINUTE, NOON + 4 * MINUTE) == (first.since, first.fired_at, first.ended)
    assert (NOON + MINUTE, None) == (first.told_at, first.why_untold)
    assert (NOON + 9 * MINUTE, None, None) == (second.since, second.ended, second.told_at)


# Outcomes


def test_a_page_is_found_and_told():
    found = lived("FTTTFFF", severity="page", **{"for": "1m"})
    (one,) = found.episodes
    (said,) = found.rules

    assert (1, 0, 1, 2) == (found.pages, found.tickets, found.incidents, len(found.notices))
    assert (one.told_at, one.why_untold) == (one.fired_at, None)
    assert (2 * MINUTE, 2 * MINUTE) == (said.usual, said.slowest), "a minute to hold, and a minute to arrive"
    assert (7, 3, 0) == (said.answers.slots, said.answers.held, said.answers.unknown)


def test_several_episodes_have_a_median_and_a_worst_time_to_detect():
    (said,) = lived("TTTTFT?TTTTF", **{"for": "3m"}).rules

    assert (2, 2, 4 * MINUTE) == (said.episodes, said.told, min(said.detection))
    assert (5 * MINUTE, 6 * MINUTE) == (said.usual, said.slowest), "what is unknown lets no time count"


def test_a_rule_that_never_fires_took_no_time():
    (said,) = lived("??FF").rules

    assert (0, 0, None, None, 2) == (said.episodes, said.told, said.usual, said.slowest, said.answers.unknown)


def test_a_ticket_that_nobody_takes_wakes_somebody_where_it_escalates():
    first = message(severity=Severity.TICKET)
    ledger = Ledger()
    ledger.keep(
        decision(
            notices=(
                Notice(message=first, channels=("slack",)),
                Notice(message=replace(first, severity=Severity.PAGE), channels=("pager",)),
                Notice(message=replace(first, kind=MessageKind.REMINDER), channels=("slack",)),
            )
        )
    )
    found = outcome("shop", WEEK, SETTLE, [], [], ledger)

    assert (1, 1, 1) == (found.pages, found.tickets, found.incidents)


def test_rates_are_by_week_and_of_a_week_at_least():
    assert 3 == lived("F").a_week(3)
    assert 1.5 == lived("F", Window(NOON, NOON + 14 * DAY)).a_week(3)
    assert lived("F", Window(NOON, NOON + 6 * DAY)).a_week(3) is None


def silence(name, of, starts=NOON, ends=NOON + HOUR):
    return Silence(id=name, application="shop", matchers=(("rule", of),), starts=starts, ends=ends, by="ada")


def test_silences_count_what_began_unheard():
    long, short, other = silence("long", "err*"), silence("short", "*", ends=NOON + MINUTE * 5), silence("other", "x")
    found = lived("TTFF", silences=[long, short, other])

    assert {"long": 1, "short": 0, "other": 0} == {one.silence.id: one.episodes for one in found.silences}
    assert found.episodes[0].told_at is None
    assert "silenced until" in found.episodes[0].why_untold


def test_an_episode_that_outlives_its_silence_is_told_then():
    found = lived("TTTTTF", silences=[silence("s", "errors", ends=NOON + 3 * MINUTE)])

    assert NOON + 3 * MINUTE == found.episodes[0].told_at
    assert 1 == found.silences[0].episodes


def test_without_a_channel_nobody_is_told():
    assert "no channel is told of a ticket" == lived("TT", routes=Routing({})).episodes[0].why_untold


def test_rules_about_goodput_are_left_out():
    blind = rule(name="blind", when={"kind": "slots_lost"})
    found = outcome("shop", WEEK, SETTLE, [blind, rule()], [], Ledger())

    assert (["blind"], ["errors"]) == (list(found.left_out), [one.name for one in found.rules])


# Comparisons


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param("FTTF", "FTTF", "nothing differs in 7 days", id="the same"),
        pytest.param(
            "FTTFFT",
            "FTTFFF",
            "1 page fewer in 7 days; 1 episode of errors no longer found: 23 Nov 12:06",
            id="one is lost",
        ),
        pytest.param(
            "FFFF",
            "TTFT",
            "2 pages more in 7 days; 2 episodes of errors found anew: 23 Nov 12:01, 23 Nov 12:04",
            id="new",
        ),
        pytest.param(
            "FTTTF", "FFFTF", "as many pages and tickets in 7 days; 1 episode found later, by up to 2 min", id="later"
        ),
        pytest.param(
            "FFTTF",
            "FTTTF",
            "as many pages and tickets in 7 days; 1 episode found earlier, by up to 1 min",
            id="earlier",
        ),
        pytest.param("FTTTF", "FTFFF", "as many pages and tickets in 7 days", id="it is over at another time"),
        pytest.param(
            "TFTFTFTFT",
            "FFFFFFFFF",
            "5 pages fewer in 7 days; 5 episodes of errors no longer found: 23 Nov 12:01, 23 Nov 12:03, 23 Nov 12:05 "
            "and 2 more",
            id="more than one names",
        ),
    ],
)
def test_what_a_change_would_have_done(before, after, verdict):
    found = Comparison(lived(before, severity="page"), lived(after, severity="page"))

    assert verdict == found.verdict
    assert found.differs == (before != after)


def test_another_severity_differs():
    found = Comparison(lived("FTF", severity="page"), lived("FTF", severity="ticket"))

    assert "1 page fewer and 1 ticket more in 7 days" == found.verdict


def test_other_words_do_not_differ():
    assert not Comparison(lived("FTF"), lived("FTF", summary="Said otherwise.")).differs


def test_rules_stand_side_by_side():
    before, after = lived("FTF"), lived("FTF", name="slow")

    assert [("errors", True, False), ("slow", False, True)] == [
        (name, was is not None, now is not None) for name, was, now in Comparison(before, after).rules
    ]
