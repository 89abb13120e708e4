"""Labels in, trust out: what people say against what the judge says, and what its shares are worth."""

import pytest

from adapters.calibrator import Calibrator
from adapters.judge_watch import JudgeWatch
from adapters.store import Store
from adapters.trusting import Trusting
from domain.anchor import Labelled
from domain.badness import Line
from domain.calibration import Confusion, Corrected, Refused, TwoPhase
from domain.errors import ConfigError
from domain.judgement import Score
from domain.labels import HumanLabel
from domain.planning import plan_of
from domain.request import Outcome, Request
from domain.transcript import Transcript
from domain.window import Window
from tests.adapters.judging import ToldJudge
from tests.adapters.source_in_memory import SourceInMemory
from tests.builders import DAY, MINUTE, NOON

SHOP = "shop"
LINES = {"faithfulness": Line(0.15)}


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


def calibrator(store, source=None, says=lambda _: 1.0):
    judge = ToldJudge(says)
    trusting = Trusting(store, SHOP, plan_of([], criteria=["faithfulness"]), LINES)
    watch = JudgeWatch(SHOP, judge, store, LINES, None)
    return Calibrator(source or SourceInMemory(), store, judge, watch, trusting, {"faithfulness": "high"})


def traffic(store, *values, judge="told"):
    """One judged request a minute before noon for each value."""
    ends = [NOON - (1 + n) * MINUTE for n in range(len(values))]
    requests = [
        Request(
            trace_id=f"t{n}", application=SHOP, started_at=end - MINUTE / 60, ended_at=end, outcome=Outcome.OK,
            latency_s=1.0,
        )
        for n, end in enumerate(ends)
    ]  # fmt: skip
    store.requests.save(SHOP, Window(NOON - DAY, NOON), requests, [])
    judged = [
        (
            Transcript(trace_id=f"t{n}", question="", answer="", ended_at=end),
            Score(
                trace_id=f"t{n}", criterion="faithfulness", version="faithfulness/1", value=value, judge=judge,
                judged_at=end,
            ),
        )
        for n, (end, value) in enumerate(zip(ends, values, strict=True))
    ]  # fmt: skip
    store.judgements.save(SHOP, judged, keep_reasons=False)


def texts(bad, good):
    """Golden answers whose text says how the judge will score them."""
    return [
        Labelled(id=f"{kind}-{n}", question="?", context=("c",), answer=answer, bad=kind == "bad")
        for kind, answers in (("bad", bad), ("good", good))
        for n, answer in enumerate(answers)
    ]


def by_text(transcript):
    return {"flag": 0.5, "pass": 1.0, "slow": None}[transcript.answer]


async def test_a_golden_set_corrects_the_share_of_the_traffic(store):
    traffic(store, *[0.5] * 40, *[1.0] * 360)
    golden = texts(["flag"] * 54 + ["pass"] * 6, ["pass"] * 114 + ["flag"] * 6)

    (report,) = await calibrator(store, says=by_text).calibrate(golden, None, NOON)

    assert Confusion(tp=54, fn=6, tn=114, fp=6) == report.calibration.confusion
    assert (180, 0) == (report.labels, report.without_verdict)
    corrected = report.trust.corrected
    assert isinstance(corrected, Corrected)
    assert pytest.approx((0.1 + 0.95 - 1) / 0.85, abs=1e-9) == corrected.value
    assert corrected.interval.low < corrected.value < corrected.interval.high
    assert (40, 400) == (report.trust.raw.k, report.trust.raw.n)
    assert pytest.approx(0.9) == report.trust.agreement.sensitivity.value


async def test_too_few_labels_correct_nothing_and_say_how_many_more(store):
    traffic(store, *[0.5] * 4, *[1.0] * 36)

    (report,) = await calibrator(store, says=by_text).calibrate(texts(["flag"] * 3, ["pass"] * 7), None, NOON)

    assert isinstance(report.trust.corrected, Refused)
    assert [("bad", 47), ("good", 93)] == [tuple(gap) for gap in report.trust.corrected.missing]
    assert "47 more" in report.trust.words()


async def test_a_verdict_that_failed_is_counted_apart(store):
    traffic(store, 1.0)

    (report,) = await calibrator(store, says=by_text).calibrate(texts(["flag", "slow"], ["pass"]), None, NOON)

    assert (Confusion(tp=1, fn=0, tn=1, fp=0), 1) == (report.calibration.confusion, report.without_verdict)


async def test_labelled_traces_meet_their_stored_scores(store):
    traffic(store, 0.5, 1.0, 1.0)
    labelled = [
        Labelled(id=name, trace_id=name, bad=bad) for name, bad in (("t0", True), ("t1", True), ("gone", False))
    ]

    (report,) = await calibrator(store).calibrate(labelled, None, NOON)

    assert Confusion(tp=1, fn=1, tn=0, fp=0) == report.calibration.confusion
    assert 1 == report.without_verdict


async def test_labels_of_a_queue_are_looked_at_by_verdict_and_never_taken_for_a_golden_set(store):
    traffic(store, *[0.5] * 60, *[1.0] * 340)
    said = [
        HumanLabel(trace_id=f"t{n}", criterion="faithfulness", bad=n < 45, at=NOON - MINUTE)
        for n in (*range(60), *range(60, 120))
    ]
    source = SourceInMemory(queues={"review": []}, labels={"review": said})

    (report,) = await calibrator(store, source).calibrate([], "review", NOON)

    looked = report.trust.looked_at
    assert isinstance(looked, TwoPhase)
    assert pytest.approx(0.15 * 0.75, abs=0.001) == looked.value
    assert 0 == report.calibration.confusion.n
    assert isinstance(report.trust.corrected, Refused)
    assert report.trust.words().startswith("11.2 % bad")


async def test_a_queue_that_is_not_there_is_said(store):
    with pytest.raises(ConfigError, match="review"):
        await calibrator(store).calibrate([], "review", NOON)


async def test_scores_of_two_judges_are_not_corrected_together(store):
    traffic(store, *[0.5] * 40, *[1.0] * 360)
    (report,) = await calibrator(store, says=by_text).calibrate(
        texts(["flag"] * 54 + ["pass"] * 6, ["pass"] * 120), None, NOON
    )
    assert isinstance(report.trust.corrected, Corrected)
    others = [
        (
            Transcript(trace_id=f"t{n}", question="", answer="", ended_at=NOON - (n + 1) * MINUTE),
            Score(
                trace_id=f"t{n}",
                criterion="faithfulness",
                version="faithfulness/1",
                value=1.0,
                judge="rules",
                judged_at=NOON,
            ),
        )
        for n in range(360, 390)
    ]
    store.judgements.save(SHOP, others, keep_reasons=False)

    trust = Trusting(store, SHOP, plan_of([], criteria=["faithfulness"]), LINES).in_share_of("faithfulness", NOON)

    assert isinstance(trust.corrected, Refused)
    assert "several judges" in trust.corrected.because


async def test_a_calibration_for_another_line_is_not_used(store):
    traffic(store, *[0.5] * 40, *[1.0] * 360)
    await calibrator(store, says=by_text).calibrate(texts(["flag"] * 60, ["pass"] * 120), None, NOON)
    strict = Trusting(store, SHOP, plan_of([], criteria=["faithfulness"]), {"faithfulness": Line(0.15)})
    lax = Trusting(store, SHOP, plan_of([]), {"faithfulness": Line(0.60)})

    assert isinstance(strict.in_share_of("faithfulness", NOON).corrected, Corrected)
    with pytest.raises(LookupError, match="do not count"):
        lax.in_share_of("faithfulness", NOON)
