"""Every quarter of an hour: judge a sample of the new answers and write the scores next to their traces."""

from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from domain.window import Window
from flows.each import for_each
from flows.judging_artifacts import leave_judging, leave_review, progress_of
from flows.services import Services, open_services, slot_of_this_run
from tasks.judging import judge_answers, send_to_review

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
        progress = await progress_of(services.name)
        report = await judge_answers(services.evaluator, Window.ending(at, timedelta(hours=hours)), at, progress)
        await leave_judging(services.name, report)
        get_run_logger().info("%s: %s", services.name, report)
        if family := services.shared_family(report.window):
            get_run_logger().warning(
                "%s: the judge and most of what it judges are of the family %s: prefer another", services.name, family
            )
        if services.human_review.queue is not None:
            sent = await send_to_review(services.human_review, report.window, at)
            if sent is not None:
                await leave_review(services.name, sent)
                get_run_logger().info("%s: %s", services.name, sent)

    await for_each(applications, evaluate, open_services)
