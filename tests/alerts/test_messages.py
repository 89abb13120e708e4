"""Every kind of message as a woken person reads it, held against tests/data/messages.

`GOODPUT_RENEW_MESSAGES=1 pytest tests/alerts/test_messages.py` writes them anew; then read what has changed.
"""

from dataclasses import replace

import pytest

from alerts import words
from domain.incident import Acknowledgement, Incident, Member
from domain.message import Message, MessageKind, Severity
from domain.newcomers import newcomers
from tests.alerts.message_text import compare
from tests.alerts.scenes import (
    LINKS,
    QUANTILE,
    RATIO,
    Past,
    daily,
    judged,
    leak,
    money,
    of,
    told,
    traffic,
    with_a_dead_channel,
    with_blind_rules,
    with_probes,
)
from tests.builders import DAY, HOUR, MINUTE, NOON, SHOP


def of_kind(kind: MessageKind, messages: list[Message], nth: int = 0) -> Message:
    return [message for message in messages if message.kind is kind][nth]


FIRING = {
    "page_share": lambda: told(of("A1"), Past(traffic("returns fail"))),
    "page_burn": lambda: told(of("S1a"), Past(leak()), step=5 * MINUTE),
    "page_quantile": lambda: told([QUANTILE], Past(traffic("slow"))),
    "page_breaker": lambda: told(of("A3"), Past(traffic("acme fails"))),
    "page_unreachable": lambda: told(of("A1p"), Past(traffic("all is well"), with_probes), NOON, NOON),
    "page_budget": lambda: told(of("A9c"), Past(money(9.0, 250.0)), NOON, NOON),
    "page_several": lambda: told(of("A2", "A1"), Past(traffic("returns fail")), step=5 * MINUTE),
    "page_watcher": lambda: told(of("M1"), Past(traffic("all is well"), with_blind_rules), NOON, NOON),
    "page_without_a_past": lambda: told(
        of("A1"), Past(traffic("returns fail").within(words_window()), known_from=NOON - 22 * MINUTE)
    ),
    "ticket_share": lambda: told(of("A5"), Past(traffic("slow"))),
    "ticket_sampled": lambda: daily(of("A10"), Past(judged())),
    "ticket_increase": lambda: daily(of("A10b"), Past(judged())),
    "ticket_decline": lambda: daily(of("A7"), Past(judged(0.4, 2))),
    "ticket_budget": lambda: daily(of("A6"), Past(money(14.0, 7.0), known_from=NOON.replace(day=1, hour=0))),
    "ticket_ratio": lambda: daily([RATIO], Past(judged())),
    "ticket_channel": lambda: told(of("M3"), Past(traffic("all is well"), with_a_dead_channel), NOON, NOON),
}


def words_window():
    from domain.window import Window

    return Window(NOON - 22 * MINUTE, NOON + HOUR)


@pytest.mark.parametrize("name", FIRING)
def test_what_begins(name):
    compare(name, of_kind(MessageKind.FIRING, FIRING[name]()))


def test_how_it_goes_on():
    """A page of one alert that another joins, that nobody takes, and that is over when both are."""
    messages = told(of("A1", "A2"), Past(traffic("returns fail")), until=NOON + 25 * MINUTE)

    compare("updated", of_kind(MessageKind.UPDATED, messages))
    compare("resolved_page", of_kind(MessageKind.RESOLVED, messages))


def test_what_nobody_takes():
    """A ticket is said again when nobody has taken it in time: shortly, with how it stands by then."""
    hurried = of("A5")[0].model_copy(update={"respond_within": 10 * MINUTE})
    messages = told([hurried], Past(traffic("slow")), until=NOON + 10 * MINUTE)

    compare("reminder", of_kind(MessageKind.REMINDER, messages))


def test_how_a_sampled_ticket_ends():
    past = Past(judged(begins=NOON - 2 * DAY, one_in=6, until=NOON - DAY))
    messages = told(of("A10"), past, NOON - 30 * HOUR, NOON, HOUR)

    compare("resolved_ticket", of_kind(MessageKind.RESOLVED, messages))


def test_who_has_taken_it():
    incident = Incident(
        application="shop", group="g", severity=Severity.PAGE, key="goodput:prod:shop:page:1", opened_at=NOON - HOUR,
        members=(Member("availability", (("feature", "returns"),), 1), Member("error-rate", (), 1)),
    )  # fmt: skip
    taken = Acknowledgement(key=incident.key, by="ada", at=NOON, comment="rolling back to v41")

    compare("acknowledged", words.acknowledged(incident, "shop", "prod", taken))


def test_what_serves_since_a_moment_ago():
    (found,) = newcomers(traffic("returns fail"), NOON - MINUTE)

    compare("change", words.change(SHOP, found, LINKS, NOON))
    assert words.change(SHOP, replace(found, n=1), LINKS, NOON + DAY).key == words.change(SHOP, found, LINKS, NOON).key
