"""Every minute: read what is new, decide the alerts of every slot that is due, tell people."""

from datetime import datetime, timedelta

import httpx
from prefect import flow, get_run_logger

from adapters.heartbeat import Heartbeat
from adapters.settings import read_settings
from domain.errors import ConfigError, TransientError
from domain.window import Window, slots
from flows import artifacts
from flows.alert_artifacts import leave_alerts, leave_incidents, leave_worst_traces
from flows.changes import tell_of_changes
from flows.each import for_each
from flows.services import Services, clock, open_services, slot_of_this_run
from flows.silenced import silences_within
from flows.survey_artifacts import leave_survey
from tasks.alerting import decide_about_goodput, decide_alerts
from tasks.assessing import assess_objectives
from tasks.reading import read_traces

FIRST_LOOK = timedelta(hours=24)
"""How far back the first reading of an application goes."""

_MOST_SLOTS = 15  # after a longer pause older slots are history, not news
_MOMENT = timedelta(microseconds=1)
_ASSESS_EVERY = timedelta(minutes=15)
_AHEAD = timedelta(minutes=2)  # clocks of workers differ


@flow(name="watch-requests", flow_run_name="watch-requests")
async def watch_requests(applications: list[str] = [], slot: datetime | None = None) -> None:
    """Read new traces, decide alerts and tell people.

    Args:
        applications: Names of folders under deployments; empty means every application.
        slot: The minute to decide about; empty means the scheduled time of this run.
    """

    async def watch(services: Services) -> None:
        await _watch(services, slot_of_this_run(slot, services.book.slot_length))

    await for_each(applications, watch, open_services)
    if not applications:
        await _give_a_sign_of_life()


async def _watch(services: Services, slot: datetime) -> None:
    """Read and decide; and whatever comes of that, deliver: a page must not wait for a source that is down.

    Raises:
        ConfigError: The slot lies in the future; decided now, it would make no-ops of all that come before it.
    """
    if slot - clock() > _AHEAD:
        raise ConfigError(f"the slot {slot:%Y-%m-%d %H:%M} UTC lies in the future; nothing was decided")
    try:
        await _read_and_decide(services, slot)
    finally:
        await _watch_ourselves(services, slot)
    services.post.complain(clock())


async def _watch_ourselves(services: Services, slot: datetime) -> None:
    """Decide about Goodput, deliver what was decided by now, and leave for people how everything stands."""
    alerts = services.store.alerts
    try:
        desk, outlook = services.watcher(slot)
        decide_about_goodput(desk, slot, outlook)
    finally:
        await services.post.deliver(clock)
    await leave_alerts(services.name, services.configured.rules, alerts.latest_evaluations(services.name), slot)
    silences = silences_within(services.store, services.configured, Window(slot, slot + _MOMENT))
    await leave_incidents(services.name, alerts.incidents(services.name), silences, slot)


async def _give_a_sign_of_life() -> None:
    """Tell the dead-man's switch that all applications were watched; it misses the sign of any other run."""
    url = read_settings().heartbeat_url
    async with httpx.AsyncClient() as client:
        try:
            await Heartbeat(client, url.get_secret_value() if url else None).beat()
        except TransientError as error:
            get_run_logger().warning("%s; everything else was done", error)


async def _read_and_decide(services: Services, slot: datetime) -> None:
    log = get_run_logger()
    await services.look_around()
    report = await read_traces(services.intake, slot - FIRST_LOOK, slot)
    log.info("%s: %s", services.name, report)

    last = services.store.alerts.last_slot(services.name)
    due = list(slots(last or slot - services.book.slot_length, slot, services.book.slot_length))
    if len(due) > _MOST_SLOTS:
        log.warning("%s: %d slots were missed; the last %d are decided", services.name, len(due), _MOST_SLOTS)
        due = due[-_MOST_SLOTS:]
    if not due:
        log.info("%s: %s was decided before; nothing to do", services.name, f"{slot:%d %b %H:%M}")
    else:
        services.remember_rules(due[0])
        decisions = decide_alerts(services.desk(), due, services.outlook(due[0], due[-1]))
        log.info("%s: %d slots decided up to %s", services.name, len(decisions), f"{slot:%H:%M}")
        await leave_worst_traces(services.name, decisions)
        if any(_is_quarter(one) for one in due):
            assessed = assess_objectives(services.assessor, slot)
            await artifacts.leave_objectives(services.name, assessed, slot)
            await leave_survey(services, slot)
            tell_of_changes(services, slot)


def _is_quarter(slot: datetime) -> bool:
    return slot.minute % int(_ASSESS_EVERY.total_seconds() // 60) == 0
