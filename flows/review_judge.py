"""Every quarter: is the judge still calibrated? What people say against what it says, and what its shares are worth."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from adapters.calibrator import CalibrationReport
from adapters.labelled_file import read_labelled
from domain.alerting import Notice
from domain.application import Application
from domain.message import Message, MessageKind, Severity
from flows.each import for_each
from flows.judging_artifacts import calibration_table, leave_calibrations
from flows.services import Services, clock, open_services, slot_of_this_run
from tasks.judging import calibrate_judge

_SLOT = timedelta(hours=1)
_MONTHS = 3


@flow(name="review-judge", flow_run_name="review-judge")
async def review_judge(applications: list[str] = [], slot: datetime | None = None) -> None:
    """Calibrate the judge of each application anew and report; a quarter that was told before is not told again.

    Args:
        applications: Names of folders under deployments; empty means every application.
        slot: When the calibration is filed; empty means the scheduled time of this run.
    """
    at = slot_of_this_run(slot, _SLOT)

    async def review(services: Services) -> None:
        judging = services.configured.file.judging
        labelled = read_labelled(judging.anchors) if judging.anchors else []
        reports = await calibrate_judge(services.calibrator, labelled, judging.label_queue, at)
        await leave_calibrations(services.name, reports, at)
        channels = services.configured.file.routes.informational
        services.store.outbox.add([Notice(message=compose(services.application, reports, at), channels=channels)], at)
        for one in reports:
            get_run_logger().info("%s: %s: %s", services.name, one.criterion, one.trust.words())
        await services.post.deliver(clock)
        services.post.complain(clock())

    await for_each(applications, review, open_services)


def compose(application: Application, reports: Sequence[CalibrationReport], at: datetime) -> Message:
    """Write the review of one application; one key per quarter."""
    quarter = (at.month - 1) // _MONTHS + 1
    labels = sum(one.calibration.confusion.n for one in reports)
    return Message(
        key=f"goodput:{application.environment}:{application.name}:judge-review:{at.year}-Q{quarter}",
        kind=MessageKind.DIGEST,
        severity=Severity.INFORMATIONAL,
        application=application.name,
        environment=application.environment,
        rule="judge-review",
        title=f"{application.name}: is the judge still calibrated? Quarter {quarter} of {at.year}",
        sentence=f"Compared with {labels:,} labels of people." if labels else "Nobody has labelled answers to compare.",
        tables=(calibration_table(reports),),
        at=at,
    )
