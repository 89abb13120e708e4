"""Flagged answers before people: each once, also when the source breaks down half-way."""

import pytest

from adapters.human_review import HumanReview
from adapters.store import Store
from domain.errors import ConfigError, TransientError
from domain.planning import plan_of
from domain.window import Window
from tests.adapters.source_in_memory import SourceInMemory
from tests.adapters.test_calibrator import SHOP, store, traffic  # noqa: F401 - a fixture
from tests.builders import DAY, NOON, objective

RISKY = objective("hallucination", signal="hallucination_risk", above=0.15, at_most=0.01)
TODAY = Window.ending(NOON, DAY)


def review(store: Store, source, queue="doctors"):  # noqa: F811
    return HumanReview(SHOP, source, store, plan_of([RISKY]), [RISKY], queue)


async def test_every_flagged_answer_is_sent_once(store):  # noqa: F811
    traffic(store, 0.5, 1.0, 0.2, 0.85)
    source = SourceInMemory(queues={"doctors": []})

    first = await review(store, source).send(TODAY, NOON)
    second = await review(store, source).send(TODAY, NOON)

    assert ["t0", "t2"] == sorted(source.queues["doctors"])
    assert [(2, 2), (2, 0)] == [(one.flagged, one.sent) for one in (first, second)]
    assert "2 of 2 flagged answers sent to the queue doctors" == str(first)


async def test_a_source_that_breaks_down_half_way_gets_the_rest_later(store):  # noqa: F811
    traffic(store, 0.5, 0.4, 0.3)
    source = SourceInMemory(queues={"doctors": []}, review_fails=1)

    with pytest.raises(TransientError):
        await review(store, source).send(TODAY, NOON)
    assert 1 == len(source.queues["doctors"])
    await review(store, source).send(TODAY, NOON)

    assert ["t0", "t1", "t2"] == sorted(source.queues["doctors"])


async def test_what_the_source_refuses_is_named_and_not_sent_for_ever(store):  # noqa: F811
    traffic(store, 0.5, 0.4)
    source = SourceInMemory(queues={"doctors": []}, refuses=["t1"])

    first, second = [await review(store, source).send(TODAY, NOON) for _ in range(2)]

    assert (["t1"], 1) == ([skip.where for skip in first.refused], first.sent)
    assert () == tuple(second.refused)


async def test_without_a_queue_nothing_is_sent(store):  # noqa: F811
    traffic(store, 0.5)

    assert await review(store, SourceInMemory(), queue=None).send(TODAY, NOON) is None


async def test_a_queue_that_is_not_there_is_said(store):  # noqa: F811
    traffic(store, 0.5)

    with pytest.raises(ConfigError, match="doctors"):
        await review(store, SourceInMemory()).send(TODAY, NOON)
