"""What was measured, as tables in the Prefect UI: every signal of the last day, and the hops of agent chains."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.figures import window_words
from alerts.survey_words import HOPS, SURVEY, hop_rows, survey_row
from domain.hops import Hop
from domain.survey import Line, Survey, probed, survey
from domain.window import Window
from flows.leaving import leave_table
from flows.services import Services

_OVER = timedelta(hours=24)


async def leave_survey(services: Services, at: datetime) -> None:
    """Leave every signal of the day before *at*, and the hops where there are agent chains."""
    window = Window.ending(at, _OVER)
    plan = services.configured.plan
    history = services.store.history(services.name, plan)
    found = survey(history.over(window, spreads=plan.spread), window, spreads=plan.spread)
    await _leave_signals(services.name, found, probed(services.store.probes.made_in(services.name, window), window))
    if hops := services.store.requests.hops(services.name, window):
        await _leave_hops(services.name, hops, at)


async def _leave_signals(application: str, found: Survey, probes: Sequence[Line]) -> None:
    measured = [line for line in (*found.lines, *probes) if line.measurement.n]
    await leave_table(
        key=f"signals-{application}",
        table=[dict(zip(SURVEY, survey_row(line), strict=True)) for line in measured]
        or [{"signal": "nothing was measured"}],
        description=(
            f"Signals of {application}: {found.requests:,} requests in {window_words(_OVER)} before "
            f"{found.window.end:%Y-%m-%d %H:%M} UTC, {found.per_minute:.3g} a minute"
        ),
    )


async def _leave_hops(application: str, hops: Sequence[Hop], at: datetime) -> None:
    await leave_table(
        key=f"hops-{application}",
        table=[dict(zip(HOPS, row, strict=True)) for row in hop_rows(hops)],
        description=f"Agent chains of {application} in {window_words(_OVER)} before {at:%Y-%m-%d %H:%M} UTC",
    )
