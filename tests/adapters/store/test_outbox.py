from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from domain.delivery import Attempt, DeliveryStatus, delivery_id
from domain.message import MessageKind
from tests.adapters.store.examples import MINUTE, NOON, SECOND, SHOP, dump, message, notice

FIRING, RESOLVED = MessageKind.FIRING, MessageKind.RESOLVED
LEASE = 2 * MINUTE + SECOND


def queue(store, *notices):
    store.outbox.add(notices, NOON)


def keys(deliveries) -> list[str]:
    return [f"{one.channel} {one.message.key} {one.message.kind}" for one in deliveries]


def sent(outbox, delivery, ref, now):
    outbox.settle([Attempt(delivery=delivery, ended_at=now, status=DeliveryStatus.SENT, ref=ref)], "me")


def failed(outbox, delivery, error, retry_at):
    said = {"status": DeliveryStatus.PENDING, "error": error, "retry_at": retry_at}
    outbox.settle([Attempt(delivery=delivery, ended_at=retry_at, **said)], "me")


def dead(outbox, delivery, error, now):
    outbox.settle([Attempt(delivery=delivery, ended_at=now, status=DeliveryStatus.DEAD, error=error)], "me")


def statuses(store) -> list[str]:
    return [row.status for row in dump(store)["outbox"]]


def test_a_message_comes_out_as_it_went_in(store):
    queue(store, notice("k1", FIRING, "slack", "pagerduty"))
    claimed = store.outbox.claim("me", NOON)

    assert [message()] * 2 == [one.message for one in claimed]
    assert ["slack", "pagerduty"] == [one.channel for one in claimed]
    assert [delivery_id(message(), "slack"), delivery_id(message(), "pagerduty")] == [one.id for one in claimed]


def test_the_same_notice_again_changes_nothing(store):
    queue(store, notice(), notice())
    before = dump(store)
    queue(store, notice())

    assert 1 == len(before["outbox"])
    assert before == dump(store)


def test_nothing_waits_in_an_empty_outbox(store):
    queue(store)

    assert [] == store.outbox.claim("me", NOON)
    assert dict.fromkeys(DeliveryStatus, 0) == store.outbox.counts()


def test_messages_of_one_key_and_channel_go_out_in_order(store):
    queue(store, notice("k1"), notice("k2"), notice("k1", FIRING, "pagerduty"))
    first = store.outbox.claim("me", NOON)
    queue(store, notice("k1", RESOLVED, "slack", "pagerduty"))
    sent(store.outbox, first[2], None, NOON)

    assert ["slack k1 firing", "slack k2 firing", "pagerduty k1 firing"] == keys(first)
    assert ["pagerduty k1 resolved"] == keys(store.outbox.claim("me", NOON))
    failed(store.outbox, first[0], "busy", NOON + 5 * SECOND)
    assert [] == store.outbox.claim("me", NOON + SECOND)
    again = store.outbox.claim("me", NOON + 5 * SECOND)
    assert ["slack k1 firing"] == keys(again)
    sent(store.outbox, again[0], None, NOON)
    assert ["slack k1 resolved"] == keys(store.outbox.claim("me", NOON + 5 * SECOND))


def test_a_message_that_was_given_up_does_not_block_its_key(store):
    queue(store, notice())
    [first] = store.outbox.claim("me", NOON)
    dead(store.outbox, first, "no such channel", NOON)
    queue(store, notice("k1", RESOLVED))

    assert ["slack k1 resolved"] == keys(store.outbox.claim("me", NOON))
    assert [("slack", "k1", "no such channel")] == store.outbox.undelivered(SHOP)


def test_a_claimed_message_is_nobody_elses_until_the_lease_runs_out(store):
    queue(store, notice())
    [first] = store.outbox.claim("me", NOON)

    assert (0, None) == (first.attempts, first.first_tried_at)
    assert [] == store.outbox.claim("other", NOON + 2 * MINUTE)
    [second] = store.outbox.claim("other", NOON + LEASE)
    assert (first.id, 1, NOON) == (second.id, second.attempts, second.first_tried_at)
    [third] = store.outbox.claim("me", NOON + 2 * LEASE)
    assert (first.id, 2, NOON) == (third.id, third.attempts, third.first_tried_at)


def test_attempts_count_those_made_before(store):
    queue(store, notice())
    seen = []
    for n in range(4):
        [delivery] = store.outbox.claim("me", NOON + n * MINUTE)
        seen.append((delivery.attempts, delivery.first_tried_at))
        failed(store.outbox, delivery, f"busy {n}", NOON + (n + 1) * MINUTE)

    assert [(0, None), (1, NOON), (2, NOON), (3, NOON)] == seen
    assert [("slack", "k1", "busy 3")] == store.outbox.undelivered(SHOP)


def test_a_retry_waits_for_its_time(store):
    queue(store, notice())
    [delivery] = store.outbox.claim("me", NOON)
    failed(store.outbox, delivery, "busy", NOON + 30 * SECOND)

    assert [] == store.outbox.claim("me", NOON + 29 * SECOND)
    assert 1 == len(store.outbox.claim("me", NOON + 30 * SECOND))


@pytest.mark.parametrize(
    ("late_word", "status"),
    [
        pytest.param(lambda outbox, late: sent(outbox, late, "ref", NOON), "sent", id="it was delivered after all"),
        pytest.param(lambda outbox, late: failed(outbox, late, "late", NOON), "pending", id="it failed"),
        pytest.param(lambda outbox, late: dead(outbox, late, "late", NOON), "pending", id="it was refused"),
    ],
)
def test_a_worker_whose_lease_ran_out_does_not_take_the_message_from_the_next(store, late_word, status):
    queue(store, notice())
    [late] = store.outbox.claim("slow", NOON)
    store.outbox.claim("other", NOON + LEASE)
    late_word(store.outbox, late)

    assert [status] == statuses(store)
    assert [] == store.outbox.claim("third", NOON + LEASE + SECOND)


@pytest.mark.parametrize("word", ["failed", "dead"])
def test_what_was_delivered_stays_delivered(store, word):
    queue(store, notice())
    [delivery] = store.outbox.claim("me", NOON)
    sent(store.outbox, delivery, "ref", NOON)
    before = dump(store)
    failed(store.outbox, delivery, "late", NOON) if word == "failed" else dead(store.outbox, delivery, "late", NOON)

    assert before == dump(store)


def test_the_ref_of_the_first_message_comes_with_later_ones_of_its_key(store):
    queue(store, notice(), notice("other"))
    for delivery, ref in zip(store.outbox.claim("me", NOON), ("1700.01", "1700.02"), strict=True):
        sent(store.outbox, delivery, ref, NOON)
    queue(store, notice("k1", RESOLVED, "slack", "pagerduty"), notice("third"))

    refs = {(one.channel, one.message.key): one.earlier_ref for one in store.outbox.claim("me", NOON)}
    assert {("slack", "k1"): "1700.01", ("pagerduty", "k1"): None, ("slack", "third"): None} == refs


def test_a_resolve_takes_back_an_alert_that_was_never_tried(store):
    queue(store, notice("k1", FIRING, "slack", "pagerduty"))
    [delivery] = store.outbox.claim("me", NOON, limit=1)
    failed(store.outbox, delivery, "busy", NOON)
    queue(store, notice("k1", RESOLVED, "slack", "pagerduty"))

    assert ["pending", "superseded", "pending"] == statuses(store)
    assert ["slack k1 firing"] == keys(store.outbox.claim("me", NOON))


def test_a_resolve_follows_an_alert_that_may_have_arrived(store):
    queue(store, notice())
    store.outbox.claim("a worker that dies", NOON)
    queue(store, notice("k1", RESOLVED))

    assert ["pending", "pending"] == statuses(store)


def test_a_resolve_takes_back_only_its_own_key(store):
    queue(store, notice("k1"), notice("k2"))
    queue(store, notice("k2", RESOLVED))

    assert ["pending", "superseded"] == statuses(store)


def test_an_application_takes_only_its_own_messages(store):
    queue(store, notice("k1"), notice("k2", application="bank"))

    assert ["slack k2 firing"] == keys(store.outbox.of("bank").claim("me", NOON))
    assert [] == store.outbox.of("bank").claim("me", NOON)
    assert ["slack k1 firing"] == keys(store.outbox.of(SHOP).claim("me", NOON))
    assert 1 == store.outbox.of(SHOP).counts()[DeliveryStatus.PENDING]


def test_a_claim_takes_no_more_than_its_limit_oldest_first(store):
    queue(store, *(notice(f"k{n}") for n in range(5)))

    assert ["slack k0 firing", "slack k1 firing"] == keys(store.outbox.claim("me", NOON, limit=2))
    assert ["slack k2 firing", "slack k3 firing"] == keys(store.outbox.claim("other", NOON, limit=2))


def test_counts_say_how_many_stand_where(store):
    queue(store, *(notice(f"k{n}") for n in range(4)))
    first, second, third = store.outbox.claim("me", NOON, limit=3)
    sent(store.outbox, first, None, NOON)
    dead(store.outbox, second, "gone", NOON)
    failed(store.outbox, third, "busy", NOON)

    assert {"sent": 1, "dead": 1, "pending": 2, "superseded": 0} == {
        str(k): n for k, n in store.outbox.counts().items()
    }


def test_two_workers_at_once_never_get_the_same_message_and_miss_none(open_store):
    stores = [open_store() for _ in range(4)]
    queue(stores[0], *(notice(f"k{n}", FIRING, "slack", "pagerduty") for n in range(40)))

    def work(number: int) -> list[str]:
        got: list[str] = []
        while batch := stores[number].outbox.claim(f"worker {number}", NOON, limit=3):
            got += [one.id for one in batch]
            for one in batch:
                sent(stores[number].outbox, one, None, NOON)
        return got

    with ThreadPoolExecutor(4) as pool:
        taken = [identity for got in pool.map(work, range(4)) for identity in got]
    rest = [one.id for one in stores[0].outbox.claim("last", NOON)]

    assert 80 == len(set(taken + rest)) == len(taken + rest)


def test_alert_and_resolve_never_overtake_each_other_between_workers(open_store):
    stores = [open_store() for _ in range(3)]
    queue(stores[0], *(notice(f"k{n}") for n in range(15)))
    for one in stores[0].outbox.claim("a worker that dies", NOON):
        assert one.attempts == 0
    queue(stores[0], *(notice(f"k{n}", RESOLVED) for n in range(15)))
    told: list[str] = []

    def work(number: int) -> None:
        for _ in range(30):
            for one in stores[number].outbox.claim(f"worker {number}", NOON + LEASE, limit=2):
                told.append(f"{one.message.key} {one.message.kind}")
                sent(stores[number].outbox, one, None, NOON)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))

    assert 30 == len(told)
    assert all(told.index(f"k{n} firing") < told.index(f"k{n} resolved") for n in range(15))


@pytest.mark.parametrize("count", [1, 50])
def test_the_number_of_statements_does_not_grow_with_the_number_of_messages(store, count):
    statements: list[str] = []
    event.listen(store.database._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    queue(store, *(notice(f"k{n}") for n in range(count)))
    assert count == len(store.outbox.claim("me", NOON))

    assert len([one for one in statements if not one.startswith("BEGIN")]) <= 7


def test_how_a_channel_does_is_known_from_what_it_took_and_refused(store):
    outbox = store.outbox
    queue(store, notice("k1"), notice("k2"), notice("k3"))
    assert [None] == [one.waiting_since for one in outbox.health(["slack"])], "nobody has asked it yet"

    first, second, third = outbox.claim("me", NOON)
    sent(outbox, first, "ref", NOON + MINUTE)
    dead(outbox, second, "is_archived", NOON)
    failed(outbox, third, "busy", NOON + 9 * MINUTE)
    slack, other = outbox.health(["slack", "other"])

    assert (NOON + MINUTE, NOON, NOON, 1, "busy") == (
        slack.sent_at,
        slack.dead_at,
        slack.waiting_since,
        slack.waiting,
        slack.error,
    )
    assert (None, None, None, 0, "") == (
        other.sent_at,
        other.dead_at,
        other.waiting_since,
        other.waiting,
        other.error,
    )


def test_a_resolve_takes_back_what_was_never_tried_and_what_came_in_between(store):
    kinds = (MessageKind.FIRING, MessageKind.UPDATED, MessageKind.REMINDER)
    queue(store, *(notice("k1", kind) for kind in kinds))
    queue(store, notice("k1", MessageKind.RESOLVED))

    assert [] == store.outbox.claim("me", NOON)


def test_a_resolve_of_what_was_told_takes_back_only_what_came_in_between(store):
    queue(store, notice("k1"))
    (told,) = store.outbox.claim("me", NOON)
    sent(store.outbox, told, "ref", NOON)
    queue(store, notice("k1", MessageKind.UPDATED), notice("k1", MessageKind.REMINDER))
    queue(store, notice("k1", MessageKind.RESOLVED))

    assert [MessageKind.RESOLVED] == [one.message.kind for one in store.outbox.claim("me", NOON)]
