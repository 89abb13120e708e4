"""The most doubtful answers first, of those that nobody judged."""

import pytest

from adapters.first_look import FirstLook
from adapters.intake import Intake
from adapters.store import Store
from domain.judgement import NotApplicable
from domain.transcript import Transcript
from domain.window import Window
from tests.adapters.source_in_memory import SourceInMemory, answered, at, reading

HOUR = Window(at(0), at(60))
INVENTED = "Returns within 90 days in our Utrecht branch, with a free voucher."


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


async def test_what_says_most_that_the_context_does_not_comes_first(store):
    rows = [
        *answered("true", 1, answer="Returns within 14 days."),
        *answered("invented", 2, answer=INVENTED),
        *answered("refused", 3, answer="I'm sorry, but I can't help with that request."),
        *answered("judged", 4, answer=INVENTED),
    ]
    source = SourceInMemory(rows)
    await Intake(source, store, reading()).read(at(0), at(60))
    done = NotApplicable(
        trace_id="judged", criterion="faithfulness", version="1", reason="?", judge="rules", judged_at=at(5)
    )
    transcript = Transcript(trace_id="judged", question="", answer="", ended_at=at(4))
    store.judgements.save("shop", [(transcript, done)], keep_reasons=False)

    found, compared = await FirstLook("shop", source, store).find(HOUR, 5)

    assert (["invented", "true"], 2) == ([one.trace_id for one in found], compared)
    assert found[0].risk > found[1].risk
    assert any("90" in reason for reason in found[0].reasons)
    assert ["invented"] == [one.trace_id for one in (await FirstLook("shop", source, store).find(HOUR, 1))[0]]
