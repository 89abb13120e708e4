"""Whatever one channel does, the others are told, and nothing is lost."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.dispatcher import Dispatcher, DispatchReport, pause_before
from domain.delivery import Delivery, DeliveryStatus
from domain.errors import ConfigError, PermanentError, TransientError
from domain.fallback import Fallback
from domain.message import MessageKind
from tests.alerts.in_memory import Phone, Tray, hangs, raises
from tests.builders import MINUTE, NOON, message


def drained(tray: Tray, now=NOON, deadline_s: float = 5.0, **channels: Phone) -> DispatchReport:
    return asyncio.run(Dispatcher(tray, channels, "me", deadline_s=deadline_s).drain(lambda: now))


def tray_of(**waiting: int) -> Tray:
    tray = Tray()
    for channel, times in waiting.items():
        tray.put(channel, *(message(f"key-{n}") for n in range(times)))
    return tray


def test_what_waits_is_told_and_where_it_is_now_is_remembered():
    tray, phone = tray_of(phone=1), Phone()

    assert DispatchReport(sent=1) == drained(tray, phone=phone)
    assert ["firing key-0"] == phone.heard
    assert [("ref-1", DeliveryStatus.SENT)] == [(row.ref, row.status) for row in tray.rows]


def test_an_empty_outbox_is_nothing_to_do():
    assert "nothing to deliver" == str(drained(Tray()))


def test_many_batches_are_one_report():
    tray = tray_of(phone=7)
    tray.at_most = 2

    assert DispatchReport(sent=7) == drained(tray, phone=Phone())


def test_a_resolve_waits_for_its_alert():
    tray, phone = Tray(), Phone()
    tray.put("phone", message("one"), message("one", MessageKind.RESOLVED), message("two"))
    drained(tray, phone=phone)

    assert ["firing one", "resolved one"] == [said for said in phone.heard if said.endswith("one")]


def test_a_resolve_waits_even_when_its_alert_must_be_tried_again():
    tray, phone = Tray(), Phone(raises(TransientError("busy", retry_after_s=60)))
    tray.put("phone", message("one"), message("one", MessageKind.RESOLVED))

    assert DispatchReport(waiting=1) == drained(tray, phone=phone)

    phone.before = lambda _: None

    assert DispatchReport() == drained(tray, NOON + MINUTE / 2, phone=phone)
    assert DispatchReport(sent=2) == drained(tray, NOON + MINUTE, phone=phone)
    assert ["firing one", "resolved one"] == phone.heard


@pytest.mark.parametrize(
    ("wish_s", "pause_s"),
    [(0, 1), (-5, 1), (30, 30), (900, 900), (901, 900), (1e300, 900), (float("nan"), 1), (float("inf"), 900)],
)
def test_the_pause_is_what_the_channel_asks_for_within_reason(wish_s, pause_s):
    tray = tray_of(phone=1)
    drained(tray, phone=Phone(raises(TransientError("busy", retry_after_s=wish_s))))

    assert [NOON + timedelta(seconds=pause_s)] == [row.not_before for row in tray.rows]


@given(st.text(max_size=8), st.integers(0, 10_000))
def test_without_a_wish_the_pause_is_jittered_up_to_a_doubling_ceiling(name, attempts):
    pause = pause_before(Delivery(id=name, channel="phone", message=message(), attempts=attempts), None)

    assert 1 <= pause.total_seconds() <= max(min(5 * 2 ** min(attempts, 10), 300), 1)


def test_the_jitter_spreads_over_the_whole_pause():
    one = Delivery(id="", channel="phone", message=message(), attempts=9)
    pauses = [
        pause_before(Delivery(id=f"{n}", channel="phone", message=one.message, attempts=9), None).total_seconds()
        for n in range(1000)
    ]

    assert 140 <= sum(pauses) / 1000 <= 160
    assert max(pauses) - min(pauses) > 290


@pytest.mark.parametrize("error", [PermanentError("gone"), ConfigError("no such room")])
def test_a_refusal_is_the_end_of_it(error):
    tray = tray_of(phone=1)

    assert DispatchReport(dead=1) == drained(tray, phone=Phone(raises(error)))
    assert [(DeliveryStatus.DEAD, str(error))] == [(row.status, row.error) for row in tray.rows]


def test_a_channel_that_is_no_longer_there_is_the_end_of_it_and_no_crash():
    tray = tray_of(fax=1, phone=1)

    assert DispatchReport(sent=1, dead=1) == drained(tray, phone=Phone())
    assert ["there is no channel 'fax' any more"] == [row.error for row in tray.of("fax")]


def test_channels_that_hang_are_cut_at_the_deadline_and_the_others_are_told_meanwhile():
    over, phone = threading.Event(), Phone()
    tray = tray_of(stuck=40, phone=3)
    started = time.monotonic()
    try:
        report = drained(tray, deadline_s=0.4, stuck=Phone(hangs(over)), phone=phone)
        took = time.monotonic() - started
    finally:
        over.set()

    assert DispatchReport(sent=3, waiting=40) == report
    assert 3 == len(phone.heard)
    assert {"no answer within 0.4 s"} == {row.error for row in tray.of("stuck")}
    assert took < 10


def test_an_answer_after_the_deadline_changes_nothing():
    over, late = threading.Event(), Phone()
    late.before = hangs(over)
    tray = tray_of(late=1)
    drained(tray, deadline_s=0.05, late=late)
    over.set()
    while not late.heard:
        time.sleep(0.01)

    assert [DeliveryStatus.PENDING] == [row.status for row in tray.rows]


@pytest.mark.parametrize("error", [ZeroDivisionError("token=very-secret"), TimeoutError("very-secret")])
def test_a_bug_in_a_channel_waits_for_its_mending_and_the_others_are_told(error, caplog):
    tray, phone = tray_of(broken=2, phone=2), Phone()

    assert DispatchReport(sent=2, waiting=2) == drained(tray, broken=Phone(raises(error)), phone=phone)
    assert {DeliveryStatus.PENDING} == {row.status for row in tray.of("broken")}
    assert all(row.not_before > NOON for row in tray.of("broken"))
    assert "very-secret" not in caplog.text + "".join(row.error for row in tray.of("broken"))


def test_a_bug_is_logged_with_the_place_where_it_is(caplog):
    drained(tray_of(broken=1), broken=Phone(raises(ZeroDivisionError("x"))))

    assert "broken: unexpected ZeroDivisionError; this is a bug in the channel" in caplog.text
    assert "in_memory.py" in caplog.text


class TornTray(Tray):
    """An outbox whose database is away when the phone's message is to be marked."""

    def settle(self, attempts, owner):
        if any(one.delivery.channel == "phone" for one in attempts):
            raise TransientError("the database is away")
        super().settle(attempts, owner)


def test_an_outbox_that_fails_is_said_after_the_others_were_told():
    tray, pager = TornTray(), Phone(lambda _: time.sleep(0.1))
    tray.put("phone", message())
    tray.put("pager", message())
    with pytest.raises(TransientError, match="the database is away"):
        drained(tray, phone=Phone(), pager=pager)

    assert [DeliveryStatus.SENT] == [row.status for row in tray.of("pager")]


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (DispatchReport(), "nothing to deliver"),
        (DispatchReport(sent=10), "10 delivered"),
        (DispatchReport(1, 2, 3), "1 delivered, 2 to be tried again, 3 given up"),
    ],
)
def test_the_report_says_only_what_happened(report, words):
    assert words == str(report)


def test_one_that_hangs_does_not_hold_up_what_comes_after_its_batch():
    over, phone = threading.Event(), Phone()
    tray = tray_of(stuck=2, phone=9)
    tray.at_most = 3
    phone.before = lambda _: over.set() if len(phone.heard) == 8 else None
    dispatcher = Dispatcher(tray, {"stuck": Phone(hangs(over)), "phone": phone}, "me", deadline_s=20)

    assert DispatchReport(sent=11) == asyncio.run(dispatcher.drain(lambda: NOON))


def test_no_more_are_under_way_than_there_is_room_for():
    most, under_way, lock = [], [], threading.Lock()

    def count(delivery):
        with lock:
            under_way.append(delivery)
            most.append(len(under_way))
        time.sleep(0.005)
        with lock:
            under_way.remove(delivery)

    dispatcher = Dispatcher(tray_of(phone=40), {"phone": Phone(count)}, "me", at_once=4)

    assert DispatchReport(sent=40) == asyncio.run(dispatcher.drain(lambda: NOON))
    assert 2 <= max(most) <= 4


class Diverting(Tray):
    """An outbox that gives on to the phone what the fax refuses."""

    def divert(self, fallbacks, now):
        assert "phone" == fallbacks["fax"].to
        refused = [row for row in self.of("fax") if row.status is DeliveryStatus.DEAD]
        if not refused or self.of("phone"):
            return 0
        self.put("phone", *(row.delivery.message for row in refused))
        return len(refused)


def test_what_a_channel_refuses_is_told_by_the_one_behind_it_in_the_same_round():
    tray, phone = Diverting(), Phone()
    tray.put("fax", message("one"))
    fax = Phone(raises(PermanentError("no paper")))
    dispatcher = Dispatcher(tray, {"fax": fax, "phone": phone}, "me", fallbacks={"fax": Fallback(to="phone")})

    assert DispatchReport(sent=1, dead=1) == asyncio.run(dispatcher.drain(lambda: NOON))
    assert ["firing one"] == phone.heard


def test_a_long_round_ends_and_leaves_the_rest_to_the_next():
    tray, phone, minutes = tray_of(phone=6), Phone(), iter(range(1000))
    tray.at_most = 2
    clock = lambda: NOON + next(minutes) * MINUTE  # noqa: E731 - a minute passes each time that somebody looks

    report = asyncio.run(Dispatcher(tray, {"phone": phone}, "me").drain(clock))

    assert 0 < report.sent < 6
