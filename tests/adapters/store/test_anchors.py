"""Rounds of anchors on both engines: the first is accepted, others are compared, and a person may accept anew."""

from datetime import timedelta

from domain.anchor import AnchorVerdict
from tests.builders import DAY, NOON

SHOP, JUDGE = "shop", "openai/m"


def save(store, *flagged, at=NOON, criterion="faithfulness", version="v1", judge=JUDGE, model="m-1"):
    said = [AnchorVerdict(anchor=f"a{n}", flagged=one, served_by=model) for n, one in enumerate(flagged)]
    return store.anchors.save(SHOP, criterion, version, judge, at, said)


def test_the_first_round_is_accepted_and_later_ones_are_compared_with_it(store):
    first = save(store, True, False, False)
    second = save(store, True, True, None, at=NOON + DAY)
    third = save(store, False, True, True, at=NOON + 2 * DAY)

    assert (None, 3, 0) == (first.flips, first.asked, first.failed)
    assert (1, 0, 2, 1) == (second.flips.up, second.flips.down, second.flips.n, second.failed)
    assert (2, 1, 3) == (third.flips.up, third.flips.down, third.flips.n)


def test_a_run_that_is_repeated_changes_nothing(store):
    save(store, True, False)
    once = save(store, True, True, at=NOON + DAY)

    assert once == save(store, True, True, at=NOON + DAY)
    assert 2 == len(store.anchors.rounds(SHOP))


def test_the_very_first_round_repeated_is_still_the_first(store):
    assert save(store, True, False) == save(store, True, False)
    assert [True] == [one.accepted for one in store.anchors.rounds(SHOP)]


def test_what_was_said_last_can_be_accepted(store):
    save(store, False, False)
    save(store, True, True, at=NOON + DAY)

    assert 2 == store.anchors.accept(SHOP)
    assert 0 == save(store, True, True, at=NOON + 2 * DAY).flips.up


def test_a_new_version_of_the_criterion_begins_anew(store):
    save(store, False, False)

    assert save(store, True, True, at=NOON + DAY, version="v2").flips is None
    assert 0 == save(store, True, True, at=NOON + 2 * DAY, version="v2").flips.up


def test_criteria_and_judges_are_kept_apart(store):
    save(store, False)
    save(store, True, criterion="relevance")
    save(store, True, judge="rules")

    checks = store.anchors.checks(SHOP, NOON)
    assert {("faithfulness", JUDGE), ("relevance", JUDGE), ("faithfulness", "rules")} == {
        (one.criterion, one.judge) for one in checks
    }
    assert [] == store.anchors.checks("other", NOON)


def test_a_check_of_an_earlier_moment_knows_no_later_round(store):
    save(store, False)
    save(store, True, at=NOON + DAY, model="m-2")

    (then,), (now,) = (store.anchors.checks(SHOP, at) for at in (NOON + DAY - timedelta(seconds=1), NOON + DAY))
    assert (NOON, None) == (then.at, then.flips)
    assert (1, True) == (now.flips.up, now.has_changed_model)
