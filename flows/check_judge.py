"""Every day: the same answers put to the judge as the day before, to notice when it changes."""

from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from flows.each import for_each
from flows.judging_artifacts import leave_checks
from flows.services import Services, open_services, slot_of_this_run
from tasks.judging import judge_anchors

_SLOT = timedelta(minutes=15)


@flow(name="check-judge", flow_run_name="check-judge")
async def check_judge(applications: list[str] = [], slot: datetime | None = None) -> None:
    """Judge the anchors of each application that has some, and compare with the accepted round.

    Args:
        applications: Names of folders under deployments; empty means every application.
        slot: When the round is filed; empty means the scheduled time of this run.
    """
    at = slot_of_this_run(slot, _SLOT)

    async def check(services: Services) -> None:
        if forgotten := services.forget_verdicts(at):
            get_run_logger().info("%s: %d old verdicts forgotten", services.name, forgotten)
        if not services.judge_watch.has_anchors:
            return
        checks = await judge_anchors(services.judge_watch, at)
        await leave_checks(services.name, checks, at)
        for one in checks:
            get_run_logger().info("%s: %s, %s: %s", services.name, one.judge, one.criterion, one.words())

    await for_each(applications, check, open_services)
