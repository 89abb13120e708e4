"""Judging a sample of the answers."""

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.evaluator import EvaluationReport, Evaluator
from domain.window import Window
from tasks.policy import DELAYS_S, RETRIES, if_transient


@task(
    name="judge answers",
    task_run_name="judge answers until {at:%d %b %H:%M}",
    retries=RETRIES,
    retry_delay_seconds=DELAYS_S,
    retry_condition_fn=if_transient,
    cache_policy=NO_CACHE,
    timeout_seconds=1800,
)
async def judge_answers(evaluator: Evaluator, window: Window, at: datetime) -> EvaluationReport:
    """Judge the sampled answers of *window* that are not settled yet."""
    return await evaluator.evaluate(window, at)
