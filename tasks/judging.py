"""Judging a sample of the answers, and judging the judge."""

from collections.abc import Sequence
from datetime import datetime

from prefect import task

from adapters.calibrator import CalibrationReport, Calibrator
from adapters.evaluator import EvaluationReport, Evaluator, Progress
from adapters.human_review import HumanReview, SentToReview
from adapters.judge_watch import JudgeWatch
from domain.anchor import JudgeCheck, Labelled
from domain.window import Window
from tasks.policy import RETRIED


@task(
    name="judge answers",
    task_run_name="judge answers until {at:%d %b %H:%M}",
    **RETRIED,
    timeout_seconds=1800,
)
async def judge_answers(
    evaluator: Evaluator, window: Window, at: datetime, progress: Progress | None = None
) -> EvaluationReport:
    """Judge the sampled answers of *window* that are not settled yet."""
    return await evaluator.evaluate(window, at, progress)


@task(
    name="send to human review",
    **RETRIED,
)
async def send_to_review(review: HumanReview, window: Window, at: datetime) -> SentToReview | None:
    """Send the flagged answers of *window* to people, where a person must look at each."""
    return await review.send(window, at)


@task(
    name="judge anchors",
    **RETRIED,
    timeout_seconds=1800,
)
async def judge_anchors(watch: JudgeWatch, at: datetime) -> list[JudgeCheck]:
    """Put the anchors to the judge and compare with the accepted round."""
    return await watch.check(at)


@task(
    name="calibrate judge",
    **RETRIED,
    timeout_seconds=1800,
)
async def calibrate_judge(
    calibrator: Calibrator, labelled: Sequence[Labelled], queue: str | None, at: datetime
) -> list[CalibrationReport]:
    """Compare the judge with what people say."""
    return await calibrator.calibrate(labelled, queue, at)
