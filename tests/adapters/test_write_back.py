"""Scores next to their traces: written once, looked for later, and written again where they got lost."""

import pytest

from adapters import write_back as module
from adapters.batches import batches
from adapters.sources import Skip
from adapters.write_back import SAMPLE, WriteBack
from domain.application import Application
from domain.errors import TransientError
from domain.judgement import Score
from domain.transcript import Transcript
from domain.window import Window
from tests.adapters.source_in_memory import SourceInMemory, at

SHOP = "shop"
HOUR = Window(at(0), at(60))
MORE = Window(at(0), at(120))


@pytest.fixture
def write(store):
    async def write(source, *, window=HOUR, keep_reasons=True):
        shop = Application(name=SHOP, environment="prod")
        return await WriteBack(source, store, shop, keep_reasons=keep_reasons).write(window)

    return write


def keep(store, *names, criterion="faithfulness", value=0.25, version="1", judged=50, minute=5.0):
    rows = []
    for n, name in enumerate(names):
        moment = at(minute + n / 100)
        transcript = Transcript(trace_id=name, question="", answer="", ended_at=moment, observation_id=f"{name}-root")
        score = Score(
            trace_id=name, criterion=criterion, version=version, value=value, reason="R" * 400, judge="openai/m",
            judged_at=at(judged), served_by="m-1", cost_nano_usd=1_500,
        )  # fmt: skip
        rows.append((transcript, score))
    store.judgements.save(SHOP, rows, keep_reasons=True)


async def test_notes_say_what_was_found_where_and_by_whom(store, write):
    source = SourceInMemory()
    keep(store, "a")
    written = await write(source)
    faithfulness, risk = source.published

    assert 2 == written.published
    assert [("faithfulness", 0.25), ("hallucination-risk", 0.75)] == [(n.name, n.value) for n in source.published]
    assert ("a", "a-root", at(5), "prod") == (risk.trace_id, risk.observation_id, risk.at, risk.environment)
    told = {"judge": "openai/m", "version": "1", "served_by": "m-1", "cost_usd": "0.000001500"}
    assert told == faithfulness.metadata
    assert "R" * 300 == faithfulness.comment


async def test_only_faithfulness_has_a_risk(store, write):
    source = SourceInMemory()
    keep(store, "a", criterion="relevance")
    await write(source)

    assert ["relevance"] == [note.name for note in source.published]


async def test_notes_have_ids_of_their_own_and_the_same_ones_every_time(store, write):
    keep(store, "a", "b")
    keep(store, "a", criterion="relevance")
    keep(store, "a", version="2")
    first, second = SourceInMemory(), SourceInMemory()
    await write(first)
    scores = [one.score for one in store.judgements.published_before(SHOP, HOUR, at(60), 100)]
    store.judgements.mark_published(SHOP, scores, published=False)
    await write(second)

    ids = [note.id for note in first.published]
    assert 5 == len(set(ids))
    assert sorted(ids) == sorted(note.id for note in second.published)


async def test_reasons_stay_here_where_they_must(store, write):
    source = SourceInMemory()
    keep(store, "a")
    await write(source, keep_reasons=False)

    assert [None, None] == [note.comment for note in source.published]


async def test_a_source_that_takes_no_scores_is_not_asked_to(store, write):
    keep(store, "a")
    written = await write(SourceInMemory(accepts_scores=False, publish_fails=1))

    assert (0, ()) == (written.published, written.refused)


async def test_refused_scores_are_reported_and_not_sent_again(store, write):
    source = SourceInMemory(refuses=["b"])
    keep(store, "a", "b", judged=55)
    first, second = await write(source), await write(source)

    assert (2, 2) == (first.published, len(first.refused))
    assert isinstance(first.refused[0], Skip)
    assert (0, ()) == (second.published, second.refused)


async def test_what_could_not_be_written_waits_for_the_next_round(store, write):
    source = SourceInMemory(publish_fails=1)
    keep(store, "a")
    with pytest.raises(TransientError):
        await write(source)
    written = await write(source)

    assert 2 == written.published
    assert [("faithfulness", "a", "a-root")] == [(n.name, n.trace_id, n.observation_id) for n in source.published[:1]]


async def test_many_scores_are_written_in_parts_over_the_whole_window(store, write, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 7)
    sizes = []

    class Counting(SourceInMemory):
        async def publish(self, notes):
            sizes.append(len(notes))
            return await super().publish(notes)

    source = Counting()
    names = [f"t{n:02}" for n in range(30)]
    for n, name in enumerate(names):
        keep(store, name, criterion="relevance", minute=n * 2)
    written = await write(source)

    assert 30 == written.published
    assert names == [note.trace_id for note in source.published]
    assert [7, 7, 7, 7, 2] == sizes


async def test_an_error_in_between_loses_and_repeats_nothing(store, write, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 2)

    class Breaks(SourceInMemory):
        async def publish(self, notes):
            if len(self.published) == 2:
                self.accepts_scores = True
                if not self.thumbs:
                    self.thumbs = ["once"]
                    raise TransientError("busy")
            return await super().publish(notes)

    source = Breaks()
    keep(store, *"abcdef", criterion="relevance")
    with pytest.raises(TransientError):
        await write(source)
    await write(source)

    assert list("abcdef") == [note.trace_id for note in source.published]


async def test_scores_of_earlier_rounds_are_looked_for_and_lost_ones_written_again(store, write):
    source = SourceInMemory(loses=["b"])
    keep(store, "a", "b")
    keep(store, "b", criterion="relevance")
    first = await write(source)
    second = await write(source, window=MORE)
    again = [(note.name, note.trace_id) for note in source.published[5:]]
    third = await write(source, window=MORE)  # a source that always loses them is not asked for ever

    assert (5, 0, ()) == (first.published, first.read_back, first.lost)
    assert (5, 3, 3) == (second.read_back, len(second.lost), second.published)
    assert [("faithfulness", "b"), ("hallucination-risk", "b"), ("relevance", "b")] == sorted(again)
    assert (0, 2, ()) == (third.published, third.read_back, third.lost)


async def test_what_was_refused_is_not_looked_for_and_not_written_again(store, write):
    source = SourceInMemory(refuses=["b"])
    keep(store, "a", "b", criterion="relevance")

    first, second = await write(source), await write(source, window=MORE)

    assert (1, 1) == (first.published, len(first.refused))
    assert (0, 1, ()) == (second.published, second.read_back, second.lost)


async def test_what_was_only_just_written_is_not_looked_for(store, write):
    source = SourceInMemory(loses=["a"])
    keep(store, "a", judged=115)
    await write(source, window=MORE)

    assert 0 == (await write(source, window=MORE)).read_back


async def test_only_a_sample_is_looked_for(store, write):
    source = SourceInMemory()
    keep(store, *(f"t{n}" for n in range(SAMPLE + 30)), criterion="relevance")
    await write(source)

    assert SAMPLE == (await write(source, window=MORE)).read_back


async def test_a_source_that_names_notes_of_others_confuses_nobody(store, write):
    class Odd(SourceInMemory):
        async def unread(self, notes):
            return [Skip("nobody's", "odd")]

    source = Odd()
    keep(store, "a")
    await write(source)
    written = await write(source, window=MORE)

    assert (0, 1) == (written.published, len(written.lost))


@pytest.mark.parametrize(("n", "sizes"), [(0, []), (1, [1]), (4, [2, 2]), (5, [2, 2, 1])])
def test_batches(n, sizes):
    assert sizes == [len(part) for part in batches(range(n), 2)]
