"""Every quarter of an hour: judge a sample of the new answers and write the scores next to their traces."""

from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from domain.window import Window
from flows import artifacts
from flows.each import for_each
from flows.services import Services, slot_of_this_run
from tasks.judging import judge_answers

_SLOT = timedelta(minutes=15)


@flow(name="evaluate-traces", flow_run_name="evaluate-traces")
async def evaluate_traces(applications: list[str] = [], slot: datetime | None = None, hours: int = 24) -> None:
    """Judge sampled answers that are not judged yet.

    Args:
        applications: Names of folders under deployments; empty means every application.
        slot: Judge what ended before this time; empty means the scheduled time of this run.
        hours: How many hours before the slot to look for answers that are not judged yet.
    """
    at = slot_of_this_run(slot, _SLOT)

    async def evaluate(services: Services) -> None:
        report = await judge_answers(services.evaluator, Window.ending(at, timedelta(hours=hours)), at)
        await artifacts.leave_judging(services.name, report)
        get_run_logger().info("%s: %s", services.name, report)

    await for_each(applications, evaluate)
