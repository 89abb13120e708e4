"""Reading traces from a source into the store."""

from datetime import datetime

from prefect import task

from adapters.intake import Intake, IntakeReport
from adapters.reconciler import Comparison, Reconciler
from tasks.policy import RETRIED


@task(
    name="read traces",
    task_run_name="read traces until {until:%d %b %H:%M}",
    **RETRIED,
    timeout_seconds=900,
)
async def read_traces(intake: Intake, start: datetime, until: datetime) -> IntakeReport:
    """Read what is new since the last reading, or since *start* if there was none."""
    return await intake.read(start, until)


@task(
    name="reconcile",
    task_run_name="reconcile at {at:%d %b %H:%M}",
    **RETRIED,
    timeout_seconds=900,
)
async def reconcile(reconciler: Reconciler, at: datetime) -> list[Comparison]:
    """Read again what has had time to arrive, keep what came late, and compare with what the source counts."""
    return await reconciler.reconcile(at)
