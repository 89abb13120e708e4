"""The engine and its desk: who is told, what is kept, and in which order."""

from dataclasses import replace

import pytest

from alerts.desk import AlertDesk
from alerts.engine import Rulebook, decide
from alerts.routing import Routing
from alerts.words import Links
from domain.alerting import Standing, State, Truth
from domain.message import MessageKind, Severity
from tests.alerts.in_memory import Always, Notebook, told
from tests.builders import CLEAR, DAY, HOUR, MINUTE, NOON, TRUE, UNKNOWN, every, facts, instance, rule, view

SLOTS = every(MINUTE, NOON, NOON + 6 * MINUTE)
MODEL = (("model", "m"),)


def book(findings, severity=Severity.PAGE, routes=None, **said):
    one = told(dict(zip(SLOTS, findings, strict=False)), **said).model_copy(update={"severity": severity})
    return Rulebook(rules=[one], routes=routes if routes is not None else Routing({severity: ["pager", "slack"]}))


def desk(by, notebook):
    return AlertDesk("shop", by, notebook)


def kinds(notebook):
    return [notice.message.kind for notice in notebook.notices]


def test_a_slot_is_decided_and_kept_before_the_next():
    notebook = Notebook()
    made = desk(book([[TRUE], [CLEAR]]), notebook).decide(SLOTS[:2], Always())

    assert made == notebook.decisions
    assert [MessageKind.FIRING, MessageKind.RESOLVED] == kinds(notebook)
    assert {("pager", "slack")} == {notice.channels for notice in notebook.notices}


def test_slots_are_taken_oldest_first_however_they_come():
    notebook = Notebook()
    desk(book([[TRUE], [CLEAR], [TRUE]]), notebook).decide(reversed(SLOTS[:3]), Always())

    assert SLOTS[:3] == [decision.slot for decision in notebook.decisions]
    assert 2 == notebook.alerts["errors", ()].episode


def test_slots_that_were_decided_are_left_alone():
    notebook = Notebook()
    by = book([[TRUE], [CLEAR], [TRUE]])
    desk(by, notebook).decide(SLOTS[:2], Always())

    assert [] == desk(by, notebook).decide(SLOTS[:2], Always())
    assert [SLOTS[2]] == [one.slot for one in desk(by, notebook).decide(SLOTS[:3], Always())]


def test_a_decision_lost_to_another_worker_goes_on_from_what_that_one_kept():
    notebook, findings = Notebook(), [[TRUE], [TRUE], [CLEAR]]
    by = book(findings)
    notebook.before_keeping.append(lambda: desk(by, notebook).decide(SLOTS[:1], Always()))
    made = desk(by, notebook).decide(SLOTS[:3], Always())

    assert SLOTS[1:3] == [decision.slot for decision in made]
    assert [MessageKind.FIRING, MessageKind.RESOLVED] == kinds(notebook)


def test_the_log_says_what_changed(caplog):
    caplog.set_level("INFO")
    desk(book([[replace(TRUE, labels=MODEL)], [CLEAR]]), Notebook()).decide(SLOTS[:1], Always())

    assert (
        "Mon 23 Nov 12:00 page: errors (m), firing: 9 of 10 requests failed in 5 min: 90.0 %, limit 5.0 %"
        in caplog.text
    )


def test_what_is_informational_is_decided_and_nobody_is_told():
    notebook = Notebook()
    desk(book([[TRUE], [CLEAR]], Severity.INFORMATIONAL), notebook).decide(SLOTS[:2], Always())

    assert [] == notebook.notices
    assert [State.FIRING, State.INACTIVE] == [one.transitions[0].after for one in notebook.decisions]


def test_without_a_route_nobody_is_told_and_with_a_later_one_it_is_made_up_for():
    notebook = Notebook()
    desk(book([[TRUE], [TRUE]], routes=Routing({})), notebook).decide(SLOTS[:1], Always())
    desk(book([[TRUE], [TRUE]]), notebook).decide(SLOTS[1:2], Always())

    assert [MessageKind.FIRING] == kinds(notebook)


def test_what_was_never_told_is_not_told_to_be_over():
    notebook = Notebook()
    desk(book([[TRUE], [CLEAR]], routes=Routing({})), notebook).decide(SLOTS[:1], Always())
    desk(book([[TRUE], [CLEAR]]), notebook).decide(SLOTS[1:2], Always())

    assert [] == notebook.notices


@pytest.mark.parametrize(
    ("state", "seen"), [(State.PENDING, 1), (State.FIRING, 1), (State.RECOVERING, 1), (State.INACTIVE, 0)]
)
def test_vanished_labels_freeze_an_open_alert_and_are_forgotten_otherwise(state, seen):
    before = {("errors", MODEL): instance(state, labels=MODEL)}
    decided = decide(book([[]]), view(), Standing(before), Links())

    assert [("no requests with these labels", Truth.UNKNOWN, state)] * seen == [
        (one.because, one.truth, one.state) for one in decided.evaluations
    ]
    assert () == decided.transitions


def test_when_nothing_is_known_every_open_alert_says_why():
    before = {("errors", MODEL): instance(State.FIRING, labels=MODEL)}
    decided = decide(book([[UNKNOWN]]), view(), Standing(before), Links())

    assert [((), UNKNOWN.because), (MODEL, UNKNOWN.because)] == [
        (one.labels, one.because) for one in decided.evaluations
    ]


def test_an_evaluation_keeps_the_numbers_behind_it():
    decided = decide(book([[TRUE]]), view(), Standing(), Links())
    kept = decided.evaluations[0]

    assert (NOON, Truth.TRUE, State.FIRING, 0.9, 9, 10) == (
        kept.slot,
        kept.truth,
        kept.state,
        kept.value,
        kept.k,
        kept.n,
    )


def test_a_firing_message_shows_the_worst_traces_of_its_label():
    said = rule(
        when={
            "kind": "share",
            "signal": "failed",
            "share_above": 0.05,
            "over": "5m",
            "alpha": 0.01,
            "split_by": "model",
        }
    )
    by = Rulebook(rules=[said], routes=Routing({Severity.TICKET: ["slack"]}))
    of = facts(failed=[1.0] * 9 + [0.0] * 9, latency_s=2.0, labels={"model": ["a"] * 9 + ["b"] * 9})
    decided = decide(by, view(of), Standing(), Links())

    assert ["shop: Requests fail (a): 100 %, 9 of 9"] == [notice.message.title for notice in decided.notices]
    assert [("trace-8", "failed, took 2 s")] == [
        (trace.trace_id, trace.reason) for trace in decided.notices[0].message.worst_traces[:1]
    ]


@pytest.mark.parametrize(
    ("length", "rule_every", "times"),
    [(1, "1m", 120), (1, "5m", 24), (5, "1m", 24), (1, "1h", 2), (7, "1h", 2), (15, "6h", 1)],
)
def test_a_rule_is_due_once_in_its_time_whatever_the_slots(length, rule_every, times):
    by = Rulebook(rules=[rule(every=rule_every)], routes=Routing({}), slot_length=length * MINUTE)
    slots = every(length * MINUTE, NOON, NOON + 2 * HOUR)

    assert times == sum(1 for slot in slots for _ in by.due(slot))


def test_only_rules_that_are_due_ask_for_history():
    by = Rulebook(
        rules=[rule(), rule(name="slow", every="1d", when={**rule().when.model_dump(), "over": "7d"})],
        routes=Routing({}),
    )

    assert 5 * MINUTE == by.looks_back(NOON, NOON + HOUR)
    assert 7 * DAY == by.looks_back(NOON, NOON + 12 * HOUR)
    assert 0 * MINUTE == Rulebook(rules=[], routes=Routing({})).looks_back(NOON, NOON)
