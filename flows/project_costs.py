"""Every hour: what the month has cost so far, where it is heading, and what it was spent on."""

import logging
from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from alerts.books import day_words
from domain.history import History
from domain.measure import spend_nano_usd
from domain.money import NANO_PER_USD
from domain.reconciliation import ReconciledDay, add_up_days
from domain.window import Window, floor_to
from flows import artifacts
from flows.each import for_each
from flows.services import Services, open_services, slot_of_this_run
from tasks.assessing import project_spend
from tasks.reading import reconcile

_SLOT, _DAY = timedelta(hours=1), timedelta(days=1)
_BREAKDOWN = ("feature", "model", "user_tier", "prompt_version")


@flow(name="project-costs", flow_run_name="project-costs")
async def project_costs(applications: list[str] = [], slot: datetime | None = None) -> None:
    """Project the month's spend and show what it was spent on.

    Args:
        applications: Names of folders under deployments; empty means every application.
        slot: The time to project from; empty means the scheduled time of this run.
    """
    at = slot_of_this_run(slot, _SLOT)

    async def project(services: Services) -> None:
        try:
            await _reconcile(services, at)
        finally:  # money is counted whatever the source says of our counting
            await _project(services, at)

    await for_each(applications, project, open_services)


async def _project(services: Services, at: datetime) -> None:
    projection = project_spend(services.assessor, at)
    budget = services.application.monthly_budget_usd
    since = datetime(projection.month.year, projection.month.month, 1, tzinfo=at.tzinfo)
    history = services.store.history(services.name, services.configured.plan)
    await artifacts.leave_costs(
        services.name,
        projection,
        float(budget) if budget is not None else None,
        breakdown(history, Window(min(since, at - _SLOT), at)),
        _compared_days(services, at),
    )
    get_run_logger().info(
        "%s: %s spent since %s, %s expected for the month (%s)",
        services.name,
        artifacts.dollars(projection.spent_usd),
        projection.since,
        artifacts.dollars(projection.total_usd),
        projection.because,
    )


async def _reconcile(services: Services, at: datetime) -> None:
    """Count before money is counted: hours that have had time to arrive, against the source's own count."""
    log = get_run_logger()
    found = await reconcile(services.reconciler, at)
    if not found:
        log.info("%s: nothing to reconcile yet: the hour before the last is not read", services.name)
    for one in found:
        log.info("%s: %s", services.name, one)
    for day in _compared_days(services, at):
        log.log(logging.WARNING if not day.agrees else logging.INFO, "%s: %s", services.name, day_words(day))


def _compared_days(services: Services, at: datetime) -> list[ReconciledDay]:
    """Return the days of which hours were compared, of yesterday and today."""
    since = floor_to(at, _DAY) - _DAY
    return add_up_days(services.store.reconciliations.hours(services.name, Window(since, max(at, since + _DAY))))


def breakdown(history: History, window: Window) -> list[tuple[str, str, int, float]]:
    """Return label, name, requests and USD for every label that costs are read by, dearest first."""
    rows = [
        (label.replace("_", " "), name, len(part), spend_nano_usd(part) / NANO_PER_USD)
        for label in _BREAKDOWN
        for name, part in history.by(window, label).items()
    ]
    return sorted(rows, key=lambda row: (_BREAKDOWN.index(row[0].replace(" ", "_")), -row[3]))
