from dataclasses import replace
from itertools import count
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.store import Quiet
from domain.alerting import State, Truth
from domain.incident import Acknowledgement, Incident, Member, Taking
from domain.message import MessageKind, Severity
from tests.adapters.store.examples import (
    MINUTE,
    NOON,
    SHOP,
    decision,
    dump,
    evaluation,
    instance,
    notice,
    transition,
    window,
)  # fmt: skip

PER_TEST = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def test_an_unknown_application_has_no_alerts(store):
    assert store.alerts.last_slot(SHOP) is None
    assert {} == store.alerts.instances(SHOP)
    assert [] == store.alerts.latest_evaluations(SHOP)


def test_a_decision_comes_back_as_it_was(store):
    made = decision(5, labels=(("feature", "returns"),), notices=[notice()])

    assert store.alerts.keep(made)
    assert made.slot == store.alerts.last_slot(SHOP)
    assert {("errors", made.instances[0].labels): made.instances[0]} == store.alerts.instances(SHOP)
    assert list(made.transitions) == store.alerts.transitions(SHOP, window(5, 6))
    assert list(made.evaluations) == store.alerts.latest_evaluations(SHOP)
    assert 1 == len(dump(store)["outbox"])


def test_a_slot_without_anything_to_say_is_decided_all_the_same(store):
    assert store.alerts.keep(decision(instances=(), transitions=(), evaluations=()))
    assert NOON == store.alerts.last_slot(SHOP)


def test_the_second_decision_of_a_slot_leaves_no_trace(store):
    store.alerts.keep(decision(notices=[notice()]))
    before = dump(store)
    other = decision(notices=[notice("other")], instances=(instance("another rule"),), evaluations=(evaluation("x"),))

    assert not store.alerts.keep(other)
    assert before == dump(store)


def test_a_slot_that_comes_after_a_later_one_leaves_no_trace(store):
    store.alerts.keep(decision(5))
    before = dump(store)

    assert not store.alerts.keep(decision(4, notices=[notice()]))
    assert before == dump(store)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"transitions": (transition(), transition())}, id="the same transition twice"),
        pytest.param({"evaluations": (evaluation(), evaluation())}, id="the same evaluation twice"),
        pytest.param({"notices": (notice("new"), None)}, id="a notice that is none"),
    ],
)
def test_a_crash_inside_leaves_no_trace(store, broken):
    store.alerts.keep(decision(0))
    before = dump(store)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the database calls it
        store.alerts.keep(replace(decision(1, notices=[notice()]), **broken))

    assert before == dump(store)
    assert store.alerts.keep(decision(1, notices=[notice()]))


def test_of_two_workers_one_decides_a_slot(open_store):
    stores = [open_store() for _ in range(4)]
    answers: list[bool] = []
    made = decision(notices=[notice()])
    threads = [Thread(target=lambda one=one: answers.append(one.alerts.keep(made))) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [False, False, False, True] == sorted(answers)
    assert 1 == len(dump(stores[0])["outbox"])


NUMBERS = count(1)
labels = st.lists(
    st.tuples(st.text(st.characters(), max_size=20), st.text(st.characters(), max_size=20)),
    max_size=3,
    unique_by=lambda p: p[0],
).map(lambda pairs: tuple(sorted(pairs)))
moments = st.none() | st.integers(0, 10**9).map(lambda us: NOON + us * MINUTE / 60_000_000)
seconds = st.floats(0, 1e9)
instances = st.builds(
    instance, rule=st.sampled_from(["errors", "latency"]), labels=labels, state=st.sampled_from(State), since=moments,
    fired_at=moments, held_s=seconds, clear_s=seconds, episode=st.integers(0, 10**6), seen_at=moments,
    last_truth=st.sampled_from(Truth),
)  # fmt: skip


@PER_TEST
@given(kept=st.lists(instances, max_size=5, unique_by=lambda one: (one.rule, one.labels)))
def test_instances_come_back_as_they_were_whatever_their_labels(store, kept):
    application = f"app-{next(NUMBERS)}"
    kept = [replace(one, application=application) for one in kept]
    store.alerts.keep(replace(decision(instances=kept, transitions=(), evaluations=()), application=application))

    assert {(one.rule, one.labels): one for one in kept} == store.alerts.instances(application)


def test_the_newest_evaluation_of_each_alert_is_given(store):
    quiet = (("feature", "quiet"),)
    store.alerts.keep(
        decision(
            0, instances=(instance(), instance(labels=quiet)), evaluations=(evaluation(), evaluation(labels=quiet))
        )
    )
    store.alerts.keep(decision(1, evaluations=(evaluation(minute=1, value=0.2),)))

    assert [evaluation(minute=1, value=0.2), evaluation(labels=quiet)] == store.alerts.latest_evaluations(SHOP)


def test_changes_of_state_come_oldest_first_and_only_of_the_window(store):
    for minute in range(4):
        store.alerts.keep(decision(minute))

    assert [transition(minute=1), transition(minute=2)] == store.alerts.transitions(SHOP, window(1, 3))


def test_limits_crossed_without_an_alert_are_counted_per_rule_with_the_worst(store):
    excused = {"truth": Truth.FALSE, "state": State.INACTIVE}
    found = [
        evaluation(minute=0, k=2, **excused),
        evaluation(minute=1, k=3, **excused),
        evaluation(minute=2, k=1, **excused),
        evaluation(minute=3),  # somebody was told
        evaluation(minute=4, value=0.01, **excused),  # within the limit
        evaluation(minute=5, k=None, **excused),  # no share
        evaluation("slow", minute=6, k=9, **excused),
        evaluation("slow", minute=60, k=10, **excused),  # after the window
    ]
    for one in found:
        minute = (one.slot - NOON) / MINUTE
        store.alerts.keep(decision(minute, evaluations=(one,), instances=(), transitions=()))

    assert [Quiet("errors", 3, found[1]), Quiet("slow", 1, found[6])] == store.alerts.kept_quiet(SHOP, window(0, 60))


def test_the_slots_of_a_window_come_with_the_last_one_before_it(store):
    for minute in (0, 1, 100, 102):
        store.alerts.keep(decision(minute, instances=(), transitions=(), evaluations=()))

    assert [1, 100, 102] == [(slot - NOON) / MINUTE for slot in store.alerts.decided(SHOP, window(50, 103))]
    assert [0, 1] == [(slot - NOON) / MINUTE for slot in store.alerts.decided(SHOP, window(-5, 2))]
    assert [] == store.alerts.of_watcher.decided(SHOP, window(50, 103))


def test_a_rule_is_remembered_once_for_each_version(store):
    for version, minute in (("a", 0), ("a", 1), ("b", 2)):
        store.alerts.remember(SHOP, [("errors", version, f"body {version}")], NOON + minute * MINUTE)

    assert {("errors", "a"): "body a", ("errors", "b"): "body b"} == store.alerts.versions(SHOP)


def test_each_job_has_its_own_slots_and_alerts(store):
    store.alerts.keep(decision(5))

    assert store.alerts.of_watcher.last_slot(SHOP) is None
    assert {} == store.alerts.of_watcher.standing(SHOP).instances
    assert store.alerts.of_watcher.keep(decision(3, instances=(instance("blind"),), transitions=(), evaluations=()))
    assert {"errors", "blind"} == {rule for rule, _ in store.alerts.instances(SHOP)}


def test_an_incident_is_taken_while_it_is_open_and_anew_when_something_has_joined(store):
    member = Member("errors", (), 1)
    begun = Incident(
        application=SHOP, group="g", severity=Severity.PAGE, number=1, key="k1", members=(member,), channels=("slack",),
        opened_at=NOON, joined_at=NOON,
    )  # fmt: skip
    said = notice("k1", MessageKind.ACKNOWLEDGED)

    def take(minute: float, by: str) -> Taking:
        return store.alerts.acknowledge(SHOP, Acknowledgement(key="k1", by=by, at=NOON + minute * MINUTE), said)

    assert Taking.OVER is take(0, "nobody yet")
    store.alerts.keep(replace(decision(0), incidents=(begun,)))
    assert [Taking.FIRST, Taking.BEFORE] == [take(1, "ada"), take(2, "bob")]
    store.alerts.keep(replace(decision(3), incidents=(replace(begun, joined_at=NOON + 3 * MINUTE),)))
    assert Taking.FIRST is take(4, "bob")
    assert ["bob", True] == [store.alerts.incidents(SHOP)[0].acknowledged_by, store.alerts.incidents(SHOP)[0].is_taken]
    store.alerts.keep(replace(decision(5), incidents=(replace(begun, members=()),)))
    assert Taking.OVER is take(6, "late")
    assert 2 == len(dump(store)["outbox"])


def test_a_decision_that_rests_on_an_older_slot_is_not_kept(store):
    store.alerts.keep(decision(1))

    assert not store.alerts.keep(decision(3), after=NOON)
    assert not store.alerts.keep(decision(3), after=None)
    assert store.alerts.keep(decision(3), after=NOON + MINUTE)


def test_names_of_any_length_that_labels_may_have_fit(store):
    long = tuple((name, "\u8d85" * 200) for name in ("feature", "model", "provider"))
    store.alerts.keep(decision(1, labels=long))

    assert [("errors", long)] == list(store.alerts.instances(SHOP))
