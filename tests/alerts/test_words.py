"""What a woken person reads: plain words, short, and no number without its sample."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import words
from alerts.conditions import ShareAbove
from alerts.digest import write_digest
from alerts.figures import odds, percent, quantity, short_name, window_words
from alerts.words import Firing, Links, Over
from domain.alerting import State, Truth
from domain.incident import Acknowledgement, Incident, Member
from domain.message import MessageKind, Severity, Table, WorstTrace
from tests.builders import (
    CLEAR,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    SHOP,
    TRUE,
    bad_of,
    evaluation,
    facts,
    instance,
    rule,
    transition,
    view,
)

FIRING = instance(State.FIRING, labels=(("feature", "returns"),), last_slot=NOON, since=NOON - 5 * MINUTE)
LINKS = Links(trace="https://traces.example/p/{trace_id}?x={y}", flow_run="https://prefect.example/run")


INCIDENT = Incident(application="shop", group="g", severity=Severity.TICKET, number=1, key="goodput:1")


def alert(by=None, finding=TRUE, worst="a/b?c", **said):
    return Firing(by or rule(), replace(FIRING, **said), finding, [WorstTrace(worst, "failed")])


def fired(*others, by=None, links=LINKS, **said):
    return words.firing(SHOP, INCIDENT, [alert(by, **said), *others], NOON, links)


def over(name="errors", because=CLEAR.because, since=NOON - 5 * MINUTE, summary="Requests fail."):
    return Over(Member(name, FIRING.labels, 1), summary, since, because)


def test_a_firing_message_says_what_since_when_and_where_to_look():
    message = fired()

    assert "shop: Requests fail (returns): 90.0 %, 9 of 10" == message.title
    assert "9 of 10 requests failed in 5 min: 90.0 %, limit 5.0 %. Since 11:55 UTC, for 5 min." == message.sentence
    assert (("Feature", "returns"), ("Look at", "Look here.")) == message.facts
    assert FIRING.labels == message.labels
    assert (MessageKind.FIRING, Severity.TICKET, "errors") == (message.kind, message.severity, message.rule)
    assert (NOON, NOON - 5 * MINUTE) == (message.at, message.since)
    assert ["https://prefect.example/run"] == [link.url for link in message.links]


def test_others_that_fire_are_named_with_their_evidence_and_their_traces():
    message = fired(alert(rule(name="slow"), worst="t2", labels=()), alert(rule(name="more"), worst="a/b?c"))

    assert "shop: Requests fail (returns): 90.0 %, 9 of 10, and 2 more" == message.title
    assert [("Also slow", TRUE.because), ("Also more (returns)", TRUE.because)] == list(message.facts[-2:])
    assert ["a/b?c", "t2"] == [trace.trace_id for trace in message.worst_traces]


def test_a_storm_of_alerts_is_counted_rather_than_listed():
    message = fired(*(alert(rule(name=f"r{n}"), worst=f"t{n}") for n in range(30)))

    assert 10 == sum(name.startswith("Also") for name, _ in message.facts)
    assert ("And", "20 more") in message.facts
    assert 5 == len(message.worst_traces)


def test_a_resolved_message_has_the_key_of_the_one_that_fired_and_its_title_without_the_number():
    ended = words.resolved(SHOP, INCIDENT, [over()], NOON + HOUR, Links())

    assert fired().key == ended.key
    assert ("shop: Requests fail (returns)", f"{ended.title}: 90.0 %, 9 of 10") == (ended.title, fired().title)
    assert "Over after 1 h 5 min, from 11:55 UTC. 0 of 10 requests failed in 5 min: 0 %, limit 5.0 %." == ended.sentence
    assert (MessageKind.RESOLVED, NOON + HOUR) == (ended.kind, ended.at)


def test_an_incident_of_several_ends_with_how_each_ended():
    ended = words.resolved(SHOP, INCIDENT, [over(), over("slow", "fast again", NOON - HOUR)], NOON, Links())

    assert "shop: Requests fail (returns), and 1 more" == ended.title
    assert "Over after 1 h, from 11:00 UTC. " in ended.sentence
    assert ("Also over: slow (returns)", "fast again") in ended.facts


def test_an_update_says_first_what_has_changed():
    said = words.updated(fired(), [alert(rule(name="slow"))], [over("errors-2")], 3)

    assert said.sentence.startswith("Joined: slow (returns). Over: errors-2 (returns). 9 of 10 requests failed")
    assert (MessageKind.UPDATED, 3, fired().key) == (said.kind, said.number, said.key)


def test_who_has_taken_it_is_told_in_their_own_words():
    taken = Acknowledgement(key="goodput:1", by="ada", at=NOON, comment="rolling back")
    said = words.acknowledged(replace(INCIDENT, members=(Member("errors", (), 1),)), "shop", "prod", taken)

    assert ("shop: errors", "ada has taken it. Rolling back") == (said.title, said.sentence)


def test_without_labels_and_links_the_message_is_shorter():
    message = fired(links=Links(), labels=())

    assert "shop: Requests fail: 90.0 %, 9 of 10" == message.title
    assert ((), [None]) == (message.links, [trace.url for trace in message.worst_traces])


def test_a_trace_id_is_part_of_the_address_and_not_more():
    assert ["https://traces.example/p/a%2Fb%3Fc?x={y}"] == [trace.url for trace in fired().worst_traces]


def test_a_share_is_never_said_without_its_sample():
    asked = ShareAbove.model_validate(
        {"kind": "share", "signal": "failed", "share_above": 0.05, "over": "5m", "alpha": 0.01}
    )
    found = asked.find(view(facts(failed=bad_of(12, 80))))[0]

    assert "12 of 80 requests failed in 5 min: 15.0 %, limit 5.0 %" == found.because
    assert (
        ("Now", "15.0 %, 12 of 80"),
        ("Limit", "5.0 %"),
        ("Sure", "95 % interval 8.0 % to 24.7 %; 1 in 1,630 by chance, if all were well"),
    ) == found.facts


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (percent(0), "0 %"),
        (percent(1), "100 %"),
        (percent(0.9997), "99.97 %"),
        (percent(0.999999), "99.999 %"),
        (percent(0.012), "1.2 %"),
        (percent(0.00042), "0.042 %"),
        (percent(1e-9), "less than 0.001 %"),
        (percent(1.32), "132.0 %"),
        (quantity(99.6, "s"), "99.6 s"),
        (quantity(3600.4, "s"), "3,600 s"),
        (quantity(0.0301, "s"), "30 ms"),
        (quantity(1234.5, "USD"), "$1,234.50"),
        (quantity(0.849, "score"), "0.85"),
        (quantity(1234, "tokens"), "1,234 tokens"),
        (odds(0.05), "1 in 20"),
        (odds(1.0), "100 %"),
        (odds(2e-7), "1 in 5 million"),
        (short_name("latency_s"), "latency"),
        (short_name("output_tokens"), "output tokens"),
        (window_words(timedelta(minutes=15)), "15 min"),
        (window_words(timedelta(hours=49)), "49 h"),
        (window_words(timedelta(days=7)), "7 days"),
        (window_words(timedelta(minutes=150)), "150 min"),
    ],
)
def test_numbers_read_as_people_read_them(shown, words):
    assert words == shown


@given(st.floats(0, 1))
def test_only_nothing_reads_zero_and_only_all_reads_a_hundred(share):
    assert (share == 0) == (percent(share) == "0 %")
    assert not percent(share).startswith(("100.", "0.000"))


INFORMATIONAL = rule(name="refusals", guide="I3").model_copy(update={"severity": Severity.INFORMATIONAL})
OBJECTIVES = Table("Objectives", ("objective",), (("availability",),))
MONDAY = NOON.replace(hour=9)


def digest(transitions=(), evaluations=(), at=MONDAY):
    return write_digest(SHOP, at, [INFORMATIONAL, rule()], transitions, evaluations, OBJECTIVES, (("Spent", "$1"),))


def rows(message, title):
    return next(table.rows for table in message.tables if table.title == title)


def test_a_week_in_which_nothing_happened_says_so():
    message = digest()

    assert ("goodput:prod:shop:digest:2026-W48", MessageKind.DIGEST) == (message.key, message.kind)
    assert "shop: the seven days to Mon 23 November 2026" == message.title
    assert "0 pages and 0 tickets in seven days." == message.sentence
    assert () == rows(message, "Alerts")
    assert (("refusals", "", "not measured", "it was not due in this week"),) == rows(message, "Worth knowing")


@pytest.mark.parametrize(
    ("truth", "verdict"),
    [(Truth.TRUE, "changed"), (Truth.FALSE, "as before"), (Truth.UNKNOWN, "not measured")],
)
def test_a_finding_has_a_verdict_and_its_evidence(truth, verdict):
    found = evaluation(truth, MONDAY - 9 * HOUR, rule="refusals", labels=(("feature", "chat"),), because="2 % to 4 %")

    assert (("refusals", "chat", verdict, "2 % to 4 %"),) == rows(digest(evaluations=[found]), "Worth knowing")


@pytest.mark.parametrize(
    "stale",
    [
        pytest.param([evaluation(Truth.TRUE, MONDAY - 8 * DAY, rule="refusals")], id="older than the week"),
        pytest.param([evaluation(Truth.TRUE, MONDAY + HOUR, rule="refusals")], id="younger than the digest"),
    ],
)
def test_what_is_not_of_this_week_is_not_measured(stale):
    assert "not measured" == rows(digest(evaluations=stale), "Worth knowing")[0][2]


def test_a_feature_that_vanished_is_not_told_with_what_it_was_days_ago():
    gone = evaluation(Truth.TRUE, MONDAY - 3 * DAY, rule="refusals", labels=(("feature", "gone"),))
    here = evaluation(Truth.FALSE, MONDAY - 9 * HOUR, rule="refusals", labels=(("feature", "here"),))

    assert ["here"] == [row[1] for row in rows(digest(evaluations=[gone, here]), "Worth knowing")]


def test_the_alerts_of_the_week_are_counted_by_episode_and_say_how_long():
    began, labels = MONDAY - 2 * DAY, (("model", "m"),)
    message = digest(
        [
            transition(slot=began, since=began - MINUTE, labels=labels),
            transition(State.RECOVERING, began + MINUTE, before=State.FIRING, labels=labels),
            transition(State.FIRING, began + 2 * MINUTE, before=State.RECOVERING, since=began, labels=labels),
            transition(State.INACTIVE, began + HOUR - MINUTE, labels=labels),
            transition(slot=MONDAY - HOUR, severity=Severity.TICKET, rule="slow", episode=4),
            transition(slot=MONDAY - HOUR, severity=Severity.INFORMATIONAL, rule="refusals"),
        ]
    )

    assert "1 page and 1 ticket in seven days." == message.sentence
    assert (
        ("page", "errors", "m", "Sat 08:59", "1 h"),
        ("ticket", "slow", "", "Mon 08:00", "still firing"),
    ) == rows(message, "Alerts")


def test_a_week_has_one_key_whenever_it_is_written():
    assert 1 == len({digest(at=MONDAY + n * DAY).key for n in range(7)})
    assert digest().key != digest(at=MONDAY + 7 * DAY).key


def test_what_came_and_went_during_the_week_says_how_often():
    found = evaluation(Truth.FALSE, MONDAY - 9 * HOUR, rule="refusals", because="$1 spent today")
    days = [transition(slot=MONDAY - n * DAY, severity=Severity.INFORMATIONAL, rule="refusals") for n in (1, 2, 3)]

    ((*_, evidence),) = rows(digest(days, [found]), "Worth knowing")
    assert "$1 spent today (3 times in seven days)" == evidence
