"""Who is told instead when a channel is down, and which pages nobody has taken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.delivery import Attempt, DeliveryStatus
from domain.fallback import Fallback
from domain.incident import Incident, Member
from domain.message import MessageKind, Severity
from tests.adapters.store.examples import MINUTE, NOON, SECOND, SHOP, decision, dump, notice

FIRING, UPDATED, RESOLVED = MessageKind.FIRING, MessageKind.UPDATED, MessageKind.RESOLVED
AFTER = Fallback(to="slack", after=5 * MINUTE)
TO_SLACK = {"pagerduty": AFTER}


class Post:
    """An outbox and a worker; PagerDuty answers as it is told."""

    def __init__(self, store, answers="busy"):
        self.outbox = store.outbox
        self.answers = answers
        self.told = []

    def queue(self, *notices, at=NOON):
        self.outbox.add(notices, at)

    def work(self, at):
        for one in self.outbox.claim("me", at):
            self.outbox.settle([self._attempt(one, at)], "me")

    def divert(self, at, fallbacks=TO_SLACK):
        return self.outbox.divert(fallbacks, at)

    def _attempt(self, one, at):
        if one.channel != "pagerduty" or self.answers == "well":
            self.told.append(f"{one.channel} {one.message.key} {one.message.kind}")
            return Attempt(delivery=one, ended_at=at, status=DeliveryStatus.SENT, ref="ref")
        if self.answers == "no":
            return Attempt(delivery=one, ended_at=at, status=DeliveryStatus.DEAD, error="invalid key")
        again = {"error": "busy", "retry_at": at + MINUTE}
        return Attempt(delivery=one, ended_at=at, status=DeliveryStatus.PENDING, **again)


@pytest.fixture
def post(store):
    return Post(store)


def test_a_message_goes_on_when_it_has_waited_so_long(post):
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)

    assert 0 == post.divert(NOON + 5 * MINUTE - SECOND)
    assert 1 == post.divert(NOON + 5 * MINUTE)
    assert 0 == post.divert(NOON + 6 * MINUTE), "once"
    post.work(NOON + 6 * MINUTE)
    assert ["slack k1 firing"] == post.told


def test_what_was_never_tried_does_not_go_on(post):
    post.queue(notice("k1", FIRING, "pagerduty"))

    assert 0 == post.divert(NOON + timedelta(hours=3)), "we slept: the channel may be well"


def test_what_is_refused_for_good_goes_on_at_once(post):
    post.answers = "no"
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)

    assert 1 == post.divert(NOON)
    assert 0 == post.divert(NOON + timedelta(days=2)), "old news"


def test_a_refusal_of_days_ago_is_not_told_when_a_fallback_is_new(post):
    post.answers = "no"
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)

    assert 0 == post.divert(NOON + timedelta(days=2))


def test_of_a_channel_that_is_down_the_next_message_goes_on_at_once(post):
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)
    post.queue(notice("k2", FIRING, "pagerduty"), at=NOON + 6 * MINUTE)
    post.work(NOON + 6 * MINUTE)

    assert 2 == post.divert(NOON + 6 * MINUTE)


def test_one_odd_message_does_not_make_a_channel_down(post):
    post.queue(notice("odd", FIRING, "pagerduty"))
    post.work(NOON)
    post.answers = "well"
    post.queue(notice("k2", FIRING, "pagerduty"), at=NOON + MINUTE / 2)
    post.work(NOON + MINUTE / 2)
    post.answers = "busy"
    post.queue(notice("k3", FIRING, "pagerduty"), at=NOON + 6 * MINUTE)
    post.work(NOON + 6 * MINUTE)

    assert 1 == post.divert(NOON + 6 * MINUTE)
    post.work(NOON + 6 * MINUTE)
    assert ["pagerduty k2 firing", "slack odd firing"] == post.told


def test_how_it_goes_on_and_ends_is_told_there_too(post):
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)
    post.divert(NOON + 5 * MINUTE)
    post.work(NOON + 5 * MINUTE)
    post.answers = "well"
    post.queue(notice("k1", UPDATED, "pagerduty"), at=NOON + 10 * MINUTE)
    post.work(NOON + 10 * MINUTE)
    post.work(NOON + 10 * MINUTE)
    post.divert(NOON + 10 * MINUTE)
    post.queue(notice("k1", RESOLVED, "pagerduty"), at=NOON + 20 * MINUTE)
    post.work(NOON + 20 * MINUTE)
    post.divert(NOON + 20 * MINUTE)
    post.work(NOON + 20 * MINUTE)

    assert ["slack k1 firing", "slack k1 resolved"] == [one for one in post.told if "slack" in one and "up" not in one]
    assert ["slack k1 updated"] == [one for one in post.told if "slack" in one and "up" in one]
    assert ["firing", "updated", "resolved"] == [one.split()[2] for one in post.told if one.startswith("pagerduty")]


def test_an_incident_that_began_elsewhere_stays_there(post):
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)
    post.answers = "well"
    post.queue(notice("k2", FIRING, "pagerduty"))
    post.work(NOON + MINUTE)
    post.work(NOON + MINUTE)
    post.queue(notice("k2", RESOLVED, "pagerduty"), at=NOON + 10 * MINUTE)
    post.work(NOON + 10 * MINUTE)

    assert 0 == post.divert(NOON + 10 * MINUTE)


def test_a_channel_that_hears_of_it_anyway_hears_once(post):
    post.queue(notice("k1", FIRING, "pagerduty", "slack"))
    post.work(NOON)

    assert 0 == post.divert(NOON + 5 * MINUTE)


def test_two_channels_that_stand_in_for_each_other_do_not_play_ball(post):
    both = {**TO_SLACK, "slack": Fallback(to="pagerduty", after=MINUTE)}
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)

    assert [1, 0] == [post.divert(NOON + 9 * MINUTE, both), post.divert(NOON + 9 * MINUTE, both)]


def test_whoever_gives_a_message_on_says_so(post, store):
    post.queue(notice("k1", FIRING, "pagerduty"))
    post.work(NOON)
    post.divert(NOON + 5 * MINUTE)

    assert [(None, "pagerduty"), ("pagerduty", "slack")] == [
        (row.diverted_from, row.channel) for row in dump(store)["outbox"]
    ]


def page(key="k1", kind=FIRING, *channels, severity=Severity.PAGE):
    said = notice(key, kind, *(channels or ("pagerduty",)))
    return type(said)(
        message=type(said.message)(**{**_fields(said.message), "severity": severity}), channels=said.channels
    )


def _fields(message):
    return {name: getattr(message, name) for name in message.__dataclass_fields__}


def unheard(post, at=NOON + 5 * MINUTE):
    return [one.key for one in post.outbox.unheard(at - 5 * MINUTE)]


@pytest.mark.parametrize("answers", ["busy", "no"])
def test_a_page_that_no_channel_took_is_unheard(post, answers):
    post.answers = answers
    post.queue(page())
    post.work(NOON)

    assert [] == unheard(post, NOON + 4 * MINUTE)
    assert ["k1"] == unheard(post)
    (one,) = post.outbox.unheard(NOON)
    assert "pagerduty: " in str(one)


def test_a_page_that_nobody_even_tried_to_tell_is_unheard(post):
    post.queue(page())

    assert ["k1"] == unheard(post)


def test_one_channel_is_enough(post):
    post.queue(page("k1", FIRING, "pagerduty", "slack"))
    post.work(NOON)

    assert [] == unheard(post)


def test_what_is_over_is_not_unheard(post):
    post.queue(page())
    post.work(NOON)
    post.queue(page("k1", RESOLVED))

    assert [] == unheard(post)


def test_a_ticket_is_no_page(post):
    post.queue(page(severity=Severity.TICKET))
    post.work(NOON)

    assert [] == unheard(post)


def test_a_ticket_that_was_told_and_is_a_page_now_is_unheard(post):
    post.queue(page("k1", FIRING, "slack", severity=Severity.TICKET))
    post.work(NOON)
    post.queue(page("k1", FIRING, "pagerduty"), at=NOON)
    post.work(NOON)

    assert ["k1"] == unheard(post)


def test_every_attempt_is_kept(post, store):
    post.queue(page())
    post.work(NOON)
    post.work(NOON + MINUTE)
    post.answers = "well"
    post.work(NOON + 2 * MINUTE)

    assert [(1, "busy"), (2, "busy"), (3, None)] == [(row.number, row.error) for row in dump(store)["delivery_attempt"]]
    assert "to be tried again, to be tried again, sent" == ", ".join(
        row.outcome for row in dump(store)["delivery_attempt"]
    )


def test_a_delivery_knows_when_it_is_tried_and_that_it_is_over(post):
    post.queue(page())
    (first,) = post.outbox.claim("me", NOON)
    assert (NOON, False) == (first.tried_at, first.is_over)
    post.outbox.settle([post._attempt(first, NOON)], "me")
    post.queue(page("k1", RESOLVED))
    (again,) = post.outbox.claim("me", NOON + MINUTE)

    assert (NOON + MINUTE, True) == (again.tried_at, again.is_over)


def known_as_open(store, *keys):
    """Note that these incidents are open, as a decision does."""
    incidents = [
        Incident(
            application=SHOP, group=key, severity=Severity.PAGE, number=1, key=key, members=(Member("errors", (), 1),)
        )
        for key in keys
    ]
    store.alerts.keep(replace(decision(), incidents=tuple(incidents)))


def test_what_goes_on_is_what_was_delivered_and_is_open(post, store):
    post.answers = "well"
    known_as_open(store, "k1", "k3", "k4")
    post.queue(page("k1"), page("k2"), page("k3"), at=NOON)
    post.work(NOON)
    post.queue(page("k1", UPDATED), page("k2", RESOLVED), page("k3", MessageKind.ACKNOWLEDGED), at=NOON)
    post.work(NOON)
    post.queue(page("k1", MessageKind.REMINDER), page("k4"), at=NOON)

    assert [("k1", UPDATED, "ref", False), ("k3", FIRING, "ref", True)] == [
        (one.message.key, one.message.kind, one.ref, one.acknowledged is not None)
        for one in sorted(post.outbox.of(SHOP).going_on("pagerduty"), key=lambda one: one.message.key)
    ]
    assert [] == post.outbox.going_on("slack") == post.outbox.of("other").going_on("pagerduty")


def test_an_end_can_be_told_once_more(post):
    post.answers = "well"
    post.queue(page("k1"), page("k2"))
    post.work(NOON)
    post.queue(page("k1", RESOLVED), page("k2", RESOLVED))
    post.work(NOON)
    post.outbox.end_again("pagerduty", ["k1"])
    post.work(NOON)

    assert ["pagerduty k1 resolved", "pagerduty k2 resolved", "pagerduty k1 resolved"] == post.told[2:]


def test_what_ends_before_it_is_given_on_ends_there_too(post):
    post.queue(page("k1"))
    post.work(NOON)
    post.queue(page("k1", RESOLVED), at=NOON + 4 * MINUTE)
    post.divert(NOON + 5 * MINUTE)
    (begins,) = post.outbox.claim("me", NOON + 5 * MINUTE, but_not=["pagerduty"])

    assert ("slack", True) == (begins.channel, begins.is_over), "whoever is behind it need not call anybody"


def test_one_message_in_other_words_is_not_given_on_for_ever(post):
    post.queue(page("k1", FIRING, "pagerduty"))
    post.queue(worded("k1", "It is told in other words.", "slack"))
    post.work(NOON)

    assert [0, 0] == [post.divert(NOON + 9 * MINUTE), post.divert(NOON + 9 * MINUTE)]


def worded(key, sentence, *channels):
    said = page(key, FIRING, *channels)
    return replace(said, message=replace(said.message, sentence=sentence))


@pytest.mark.parametrize(
    "later",
    [pytest.param({}, id="removed"), pytest.param({"pagerduty": Fallback(to="hook")}, id="another one")],
)
def test_whoever_was_given_the_beginning_hears_the_end_whatever_the_fallbacks_are_by_then(post, later):
    post.queue(page("k1"))
    post.work(NOON)
    post.divert(NOON + 5 * MINUTE)
    post.work(NOON + 5 * MINUTE)
    post.answers = "well"
    post.queue(page("k1", RESOLVED), at=NOON + 9 * MINUTE)
    for minute in (9, 10, 11):
        post.work(NOON + minute * MINUTE)
        post.divert(NOON + minute * MINUTE, later)

    assert ["slack k1 firing", "slack k1 resolved"] == [one for one in post.told if one.startswith("slack")]
    assert not [one for one in post.told if one.startswith("hook")]


def test_behind_the_one_behind_it_the_end_is_heard_too(post):
    chain = {**TO_SLACK, "slack": Fallback(to="hook", after=5 * MINUTE)}
    post.queue(page("k1"))
    post.work(NOON)
    post.divert(NOON + 5 * MINUTE, chain)
    (one,) = post.outbox.claim("me", NOON + 5 * MINUTE, but_not=["pagerduty"])
    post.outbox.settle([Attempt(delivery=one, ended_at=NOON, status=DeliveryStatus.DEAD, error="no")], "me")
    post.divert(NOON + 6 * MINUTE, chain)
    post.work(NOON + 6 * MINUTE)
    post.queue(page("k1", RESOLVED), at=NOON + 9 * MINUTE)
    for minute in (9, 10):
        post.work(NOON + minute * MINUTE)

    assert "hook k1 resolved" in post.told


def test_what_is_under_way_is_not_given_on(post):
    post.queue(page("k1"))
    post.work(NOON)
    post.outbox.claim("somebody", NOON + 9 * MINUTE)

    assert 0 == post.divert(NOON + 9 * MINUTE)


def test_changes_are_not_given_on(post):
    post.answers = "no"
    post.queue(page("c", MessageKind.CHANGE))
    post.work(NOON)

    assert 0 == post.divert(NOON)


def test_a_page_that_everybody_refused_is_tried_again_when_it_may_be_mended(post):
    post.answers = "no"
    post.queue(page())
    post.work(NOON)

    assert 0 == post.outbox.revive(NOON + 4 * MINUTE)
    assert 1 == post.outbox.revive(NOON + 5 * MINUTE)
    post.answers = "well"
    post.work(NOON + 5 * MINUTE)
    assert ["pagerduty k1 firing"] == post.told
    assert 0 == post.outbox.revive(NOON + 60 * MINUTE)


@pytest.mark.parametrize("kind", [RESOLVED, MessageKind.ACKNOWLEDGED])
def test_a_page_that_is_over_or_taken_is_not_tried_again(post, kind):
    post.answers = "no"
    post.queue(page())
    post.work(NOON)
    post.queue(page("k1", kind))

    assert (0, []) == (post.outbox.revive(NOON + 9 * MINUTE), unheard(post, NOON + 9 * MINUTE))


def test_a_page_that_another_channel_took_is_not_tried_again(post):
    post.answers = "no"
    post.queue(page("k1", FIRING, "pagerduty", "slack"))
    post.work(NOON)

    assert 0 == post.outbox.revive(NOON + 9 * MINUTE)


def test_a_slot_that_was_made_up_for_is_not_unheard_before_its_time(post):
    post.queue(page(), at=NOON - 30 * MINUTE)
    post.work(NOON)

    assert [] == unheard(post, NOON + 4 * MINUTE)
    assert ["k1"] == unheard(post, NOON + 5 * MINUTE)


def test_pages_are_claimed_first_and_busy_channels_not_at_all(post):
    post.queue(page("t", FIRING, severity=Severity.TICKET), page("p", FIRING), page("s", FIRING, "slack"))

    assert ["p", "t"] == [one.message.key for one in post.outbox.claim("me", NOON, but_not=["slack"])]
