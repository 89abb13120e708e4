"""Every Monday: what was found in the week that nobody needed to be woken for."""

from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from alerts.digest import write_digest
from domain.alerting import Notice
from domain.message import Message, Severity, Table
from domain.window import Window
from flows import artifacts
from flows.each import for_each
from flows.services import Services, clock, open_services, slot_of_this_run
from tasks.assessing import assess_objectives, project_spend

_SLOT = timedelta(hours=1)
_WEEK = timedelta(days=7)


@flow(name="send-digest", flow_run_name="send-digest")
async def send_digest(applications: list[str] = [], slot: datetime | None = None) -> None:
    """Send the weekly digest; a week that was told before is not told again.

    Args:
        applications: Names of folders under deployments; empty means every application.
        slot: The end of the seven days; empty means the scheduled time of this run.
    """
    at = slot_of_this_run(slot, _SLOT)

    async def send(services: Services) -> None:
        digest = compose(services, at)
        channels = services.configured.file.routes.informational
        services.store.outbox.add([Notice(message=digest, channels=channels)], at)
        await artifacts.leave_digest(services.name, digest)
        get_run_logger().info("%s: %s", services.name, digest.sentence)
        await services.post.deliver(clock)
        services.post.complain(clock())

    await for_each(applications, send, open_services)


def compose(services: Services, at: datetime) -> Message:
    """Write the digest of one application from what the store remembers."""
    assessed = assess_objectives(services.assessor, at)
    projection = project_spend(services.assessor, at)
    objectives = Table(
        "Objectives",
        ("tier", "objective", "value", "n", "verdict"),
        tuple(
            (
                str(one.objective.tier),
                one.objective.promise,
                artifacts.shown(one.measurement),
                f"{one.measurement.n:,}",
                str(one.verdict),
            )
            for one in assessed
        ),
    )
    spend = (
        ("Spent", f"{artifacts.dollars(projection.spent_usd)} since {projection.since:%-d %B}"),
        ("Projected", f"{artifacts.dollars(projection.total_usd)} ({projection.because})"),
    )
    return write_digest(
        services.application,
        at,
        [rule for rule in services.configured.rules if rule.severity is Severity.INFORMATIONAL],
        services.store.alerts.transitions(services.name, Window.ending(at, _WEEK)),
        services.store.alerts.latest_evaluations(services.name),
        objectives,
        spend,
    )
