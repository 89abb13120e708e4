"""Verdicts that were given before, kept without any text."""

from datetime import timedelta

import pytest

from domain.criterion import Ruling
from tests.adapters.judges.bench import FULL, build, judged, said, transcript
from tests.adapters.store.examples import NOON, SHOP, dump

FOUND = {
    "faithfulness": [Ruling(1, "supported", "r"), Ruling(2, "no_claim")],
    "relevance": [Ruling(0, "partly", "zu kurz, 短い")],
}


@pytest.fixture
def keep(store):
    def verdicts(*, application=SHOP, keep_reasons=True, at=NOON):
        return store.judge_verdicts(application, keep_reasons=keep_reasons, now=lambda: at)

    return verdicts


def test_what_is_kept_is_found_as_it_was(keep):
    keep().keep({"k": FOUND, "l": {"relevance": []}})

    assert FOUND == keep().find("k")
    assert {"relevance": []} == keep().find("l")


def test_nothing_is_found_under_another_key_or_by_another_application(keep):
    keep().keep({"k": FOUND})

    assert keep().find("K") is None
    assert keep(application="bank").find("k") is None


def test_what_is_kept_again_replaces_the_former(keep):
    keep().keep({"k": FOUND})
    keep().keep({"k": {"relevance": [Ruling(0, "answers")]}})

    assert {"relevance": [Ruling(0, "answers")]} == keep().find("k")


def test_keeping_nothing_is_no_error(keep, store):
    keep().keep({})

    assert [] == dump(store)["judge_verdict"]


def test_reasons_are_kept_only_where_they_may_be_and_clipped(keep, store):
    long = {"relevance": [Ruling(0, "partly", "x" * 4000)]}
    keep(keep_reasons=False).keep({"k": FOUND})
    keep().keep({"l": long})

    assert {""} == {one.reason for rulings in keep().find("k").values() for one in rulings}
    assert "x" * 300 == keep().find("l")["relevance"][0].reason
    assert "短" not in str([row.verdicts for row in dump(store)["judge_verdict"]])


@pytest.mark.parametrize("odd", ["\x00", "'; DROP TABLE judge_verdict; --", "\u2028", '"\\'])
def test_hostile_reasons_come_back_as_they_were(keep, odd):
    keep().keep({"k": {"relevance": [Ruling(0, "partly", odd)]}})

    assert odd == keep().find("k")["relevance"][0].reason


def test_old_verdicts_are_forgotten(keep):
    keep(at=NOON - timedelta(days=31)).keep({"old": FOUND, "older": FOUND})
    keep().keep({"new": FOUND})
    keep(application="bank", at=NOON - timedelta(days=31)).keep({"old": FOUND})

    assert 2 == keep().forget(NOON - timedelta(days=30))
    assert (None, FOUND, FOUND) == (keep().find("old"), keep().find("new"), keep(application="bank").find("old"))


async def test_a_judge_in_another_process_asks_nobody_and_no_text_is_kept(open_store):
    from adapters.judges.endpoint import open_client
    from tests.stand_ins.judge_model import judge_model

    stores = [open_store(), open_store()]
    with judge_model() as model:
        async with open_client(8) as client:
            model.say(said([FULL[0], {**FULL[1], "verdict": "contradicted", "reason": "secret words"}]))
            for store in stores:
                cache = store.judge_verdicts(SHOP, keep_reasons=False, now=lambda: NOON)
                judge = build(model, client, parts={"cache": cache})
                assert 0.5 == (await judged(judge, transcript())).value
                judge.settle()
        assert 1 == len(model.server.received)

    kept = str(dump(stores[0])["judge_verdict"])
    assert "returned" not in kept
    assert "secret" not in kept
