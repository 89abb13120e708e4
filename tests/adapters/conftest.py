"""A store, and a round of judging on it."""

import pytest

from adapters.evaluator import Evaluator
from adapters.intake import Intake
from adapters.store import Store
from domain.window import Window
from tests.adapters.source_in_memory import at, reading

HOUR = Window(at(0), at(60))


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


@pytest.fixture
def evaluate(store):
    """Read everything that the source has, then judge, and return the report."""

    async def evaluate(source, judge, *, rate=0.1, keep_reasons=True, window=HOUR, progress=None, **how):
        await Intake(source, store, reading()).read(at(0), at(60))
        evaluator = Evaluator(source, judge, store, reading(), sample_rate=rate, keep_reasons=keep_reasons, **how)
        return await evaluator.evaluate(window, at(60), progress)

    return evaluate
