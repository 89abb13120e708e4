"""Events that PagerDuty takes, whatever a message says."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from alerts.channels.pagerduty_event import dedup_key, event
from domain.message import Link, MessageKind, Severity, WorstTrace
from tests.alerts.channels.messages import (
    CHANGED,
    FIRING,
    HOSTILE,
    NOON,
    RESOLVED,
    TITLE,
    hostile_messages,
)
from tests.stand_ins.pagerduty import ROUTING_KEY, change_errors, event_errors

MOST_BYTES = 512_000
ACTIONS = {MessageKind.RESOLVED: "resolve", MessageKind.ACKNOWLEDGED: "acknowledge"}


@pytest.mark.parametrize(
    ("severity", "word"),
    [(Severity.PAGE, "critical"), (Severity.TICKET, "warning"), (Severity.INFORMATIONAL, "info")],
)
def test_severity_says_how_loud(severity, word) -> None:
    assert word == event(replace(FIRING, severity=severity))["payload"]["severity"]


@pytest.mark.parametrize("kind", ACTIONS)
def test_what_ends_or_takes_an_incident_says_nothing_else(kind) -> None:
    assert {} == event(replace(FIRING, kind=kind))


def test_an_event_says_what_where_since_when_and_what_came_before() -> None:
    message = replace(FIRING, labels=(("model", "m-1"),), changes=("07:40 prompt v42", "06:00 release 9"))
    payload = event(message)["payload"]

    assert "support-bot.prod" == payload["source"]
    assert {
        "sentence": FIRING.sentence,
        "since": (NOON - timedelta(minutes=15)).isoformat(),
        "facts": dict(FIRING.facts),
        "changes": ["07:40 prompt v42", "06:00 release 9"],
        "labels": {"model": "m-1"},
        "worst_traces": [
            {
                "trace": "4bf92f3577b34da6a3ce929d0e0e4736",
                "reason": "Refund window stated as 90 days",
                "url": "https://traces.example/1",
            },
            {"trace": "00f067aa0ba902b7", "reason": "Invented order status"},
        ],
    } == payload["custom_details"]


def test_facts_of_one_name_are_all_kept() -> None:
    facts = (("Also", "latency: slow"), ("Also", "cost: dear"))

    assert {"Also": "latency: slow\ncost: dear"} == event(replace(FIRING, facts=facts))["payload"]["custom_details"][
        "facts"
    ]


@pytest.mark.parametrize(
    ("facts", "summary"),
    [
        pytest.param((), f"[prod] {TITLE}", id="no figures"),
        pytest.param((("Now", "15.5 %"),), f"[prod] {TITLE}", id="a value, which the title says"),
        pytest.param(
            (("Now", "15.5 %"), ("Sample", "412"), ("Limit", "1 %")),
            f"[prod] {TITLE} (Limit: 1 %)",
            id="a value against its limit",
        ),
        pytest.param((("Now", "15.5 %"), ("Limit", "1" * 300)), f"[prod] {TITLE}", id="a long limit"),
    ],
)
def test_the_summary_has_the_limit(facts, summary) -> None:
    assert summary == event(replace(FIRING, facts=facts))["payload"]["summary"]


@pytest.mark.parametrize("length", range(985, 1030, 5))
def test_figures_never_cost_the_summary_a_word(length) -> None:
    summary = event(replace(FIRING, title="support-bot" + "x" * (length - 18), facts=(("Limit", "1 %"),)))["payload"][
        "summary"
    ]

    assert len(summary) <= 1024
    assert (length <= 1024) == ("…" not in summary)
    assert summary.endswith(")") == (length + len(" (Limit: 1 %)") <= 1024)


def test_links_lead_from_what_to_do_to_who_decided() -> None:
    own = (
        Link("Prefect flow run", "https://prefect.example/run"),
        Link("Ticket queue", "https://queue.example"),
        Link("Dashboard", "https://dashboard.example"),
        Link("Runbook", "https://runbook.example"),
    )
    urls = (
        "https://t.example/1",
        None,
        "http://t.example/2",
        "https://t.example/3",
        "https://t.example/4",
        "https://5",
    )
    traces = tuple(WorstTrace("t", "bad", url) for url in urls)
    made = event(replace(FIRING, links=own, worst_traces=traces))

    assert [
        ("Runbook", "https://runbook.example"),
        ("Dashboard", "https://dashboard.example"),
        ("Ticket queue", "https://queue.example"),
        ("Worst trace 1", "https://t.example/1"),
        ("Worst trace 2", "https://t.example/3"),
        ("Worst trace 3", "https://t.example/4"),
        ("Prefect flow run", "https://prefect.example/run"),
    ] == [(link["text"], link["href"]) for link in made["links"]]
    assert "https://runbook.example" == made["client_url"]


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "javascript:x",
        "https://a|b",
        'https://a/"',
        "https://a/\\",
        "https://ä.example",
        "https://a b",
    ],
)
def test_only_https_links_are_shown(url) -> None:
    made = event(replace(FIRING, links=(Link("a", url),), worst_traces=()))

    assert not {"links", "client_url"} & set(made)


def test_texts_lead_nowhere() -> None:
    """PagerDuty makes links of addresses, and hands summaries on to chats."""
    trap = "see https://evil.example <!channel> <@U1> <https://evil.example|Runbook>"
    facts, traces = ((trap, trap),), (WorstTrace(trap, trap),)
    message = replace(
        FIRING,
        title=trap,
        sentence=trap,
        facts=facts,
        worst_traces=traces,
        changes=(trap,),
        labels=((trap, trap),),
        links=(),
    )

    assert not re.search(r"https?://|<[!@#]", json.dumps(event(message)))
    assert not re.search(r"https?://|<[!@#]", json.dumps(event(replace(message, kind=MessageKind.CHANGE))))


def test_a_key_that_is_too_long_is_hashed_the_same_way_for_trigger_and_resolve() -> None:
    assert dedup_key(HOSTILE).startswith("sha256:")
    assert dedup_key(HOSTILE) == dedup_key(replace(HOSTILE, kind=MessageKind.RESOLVED))
    assert FIRING.key == dedup_key(FIRING) == dedup_key(RESOLVED)


@settings(max_examples=100, deadline=None)
@given(message=hostile_messages)
def test_every_event_is_one_that_pagerduty_takes(message) -> None:
    for kind in (MessageKind.FIRING, MessageKind.ACKNOWLEDGED, MessageKind.CHANGE):
        one = replace(message, kind=kind)
        made = {"routing_key": ROUTING_KEY, **event(one)}
        if kind is not MessageKind.CHANGE:
            made |= {"event_action": ACTIONS.get(kind, "trigger"), "dedup_key": dedup_key(one)}

        assert [] == (change_errors(made) if kind is MessageKind.CHANGE else event_errors(made))
        assert len(json.dumps(made, allow_nan=False)) <= MOST_BYTES


@pytest.mark.parametrize("filler", ["\U0001f600", '"', "\\", "é", "<!", "https://"], ids=repr)
@pytest.mark.parametrize("message", [FIRING, CHANGED], ids=["trigger", "change"])
def test_the_biggest_event_is_small_enough(message, filler) -> None:
    """As much as a message can say: texts of a megabyte, a hundred of each thing, links as long as links may be."""
    crowd = filler * 100_000
    urls = [f"https://{number}.example/{'a' * 1980}" for number in range(100)]
    pairs = tuple((f"{number}{crowd}", crowd) for number in range(100))
    biggest = replace(
        message, key=crowd, application=crowd, environment=crowd, rule=crowd, title=crowd, sentence=crowd, facts=pairs,
        labels=pairs, changes=(crowd,) * 100, worst_traces=tuple(WorstTrace(crowd, crowd, url) for url in urls),
        links=tuple(Link(text, url) for url in urls for text in (crowd, "Prefect")),
    )  # fmt: skip
    made = event(biggest)

    assert len(json.dumps({"routing_key": ROUTING_KEY, "dedup_key": dedup_key(biggest), **made})) <= MOST_BYTES
    assert len(made["payload"]["summary"]) == 1024
    assert 10 == len(made["links"])
