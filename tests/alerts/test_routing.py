"""Who is told of what: by severity, and otherwise where an exception fits."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.routing import NOBODY, RouteException, Routing
from domain.business_hours import BusinessHours
from domain.message import Severity

MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
USUAL = {Severity.PAGE: ("oncall",), Severity.TICKET: ("tickets",), Severity.INFORMATIONAL: ("digest",)}
RETURNS = (("feature", "returns"),)


def told(*exceptions, severity=Severity.TICKET, rule="cost-per-query", labels=RETURNS, at=MONDAY_NOON):
    routing = Routing(USUAL, [RouteException(**one) for one in exceptions], BusinessHours())
    return list(routing.of(severity, rule, labels, at))


@pytest.mark.parametrize(
    ("exception", "fits"),
    [
        ({"severity": "ticket"}, True),
        ({"severity": "page"}, False),
        ({"rules": ["cost-*"]}, True),
        ({"rules": ["latency", "cost-per-?uery"]}, True),
        ({"rules": ["latency"]}, False),
        ({"where": {"feature": "returns"}}, True),
        ({"where": {"feature": "ret*"}}, True),
        ({"where": {"feature": "search"}}, False),
        ({"where": {"model": "*"}}, False),
        ({"hours": "business"}, True),
        ({"hours": "outside"}, False),
        ({"severity": "ticket", "rules": ["cost-*"], "where": {"feature": "returns"}, "hours": "business"}, True),
        ({"severity": "ticket", "rules": ["cost-*"], "where": {"feature": "returns"}, "hours": "outside"}, False),
    ],
)
def test_an_exception_fits_when_all_that_it_says_does(exception, fits):
    assert (["finance"] if fits else ["tickets"]) == told({**exception, "to": ["finance"]})


def test_the_first_exception_that_fits_counts():
    assert ["a", "b"] == told({"rules": ["cost-*"], "to": ["a", "b"]}, {"severity": "ticket", "to": ["c"]})


def test_on_sunday_other_people_are_told():
    night = {"severity": "page", "hours": "outside", "to": ["weekend"]}

    assert ["oncall"] == told(night, severity=Severity.PAGE)
    assert ["weekend"] == told(night, severity=Severity.PAGE, at=SUNDAY)


def test_without_business_hours_every_hour_is_one():
    routing = Routing(USUAL, [RouteException(hours="business", to=("day",))])

    assert ("day",) == routing.of(Severity.TICKET, "r", (), SUNDAY)


def test_an_exception_reaches_people_whom_no_severity_does():
    routing = Routing({}, [RouteException(severity=Severity.PAGE, rules=("x",), to=("oncall",))])

    assert (True, False) == (routing.reaches(Severity.PAGE), routing.reaches(Severity.TICKET))
    assert () == NOBODY.of(Severity.PAGE, "r", (), SUNDAY)


def test_everyone_is_named_once():
    routing = Routing(USUAL, [RouteException(rules=("x",), to=("oncall", "finance"))])

    assert ("oncall", "tickets", "digest", "finance") == routing.everyone


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"to": ["a"]}, "an exception for everything is the rule"),
        ({"severity": "ticket", "to": []}, "at least 1 item"),
        ({"where": {"colour": "red"}, "to": ["a"]}, "there is no label 'colour'"),
        ({"severity": "informational", "to": ["a"]}, "told by the digest only"),
        ({"severity": "ticket", "to": ["a"], "if": "x"}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(said, complaint):
    with pytest.raises(ValidationError, match=complaint):
        RouteException(**said)


@given(st.lists(st.sampled_from(["ticket", "page"]), max_size=3), st.sampled_from(list(USUAL)), st.text(max_size=5))
def test_somebody_is_always_told_where_the_severity_has_a_route(severities, severity, rule):
    exceptions = [{"severity": one, "to": ["x"]} for one in severities]

    assert told(*exceptions, severity=severity, rule=rule)
