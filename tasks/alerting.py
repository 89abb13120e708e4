"""Deciding alerts and telling people."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from alerts.desk import AlertDesk, Outlook
from alerts.dispatcher import Dispatcher, DispatchReport
from domain.alerting import Decision


@task(name="decide alerts", task_run_name="decide alerts from {slots[0]:%d %b %H:%M}", cache_policy=NO_CACHE)
def decide_alerts(desk: AlertDesk, slots: Sequence[datetime], outlook: Outlook) -> list[Decision]:
    """Decide these slots in order; those that were decided before are left alone."""
    return desk.decide(slots, outlook)


@task(name="decide about Goodput", task_run_name="decide about Goodput at {slot:%d %b %H:%M}", cache_policy=NO_CACHE)
def decide_about_goodput(desk: AlertDesk, slot: datetime, outlook: Outlook) -> list[Decision]:
    """Decide whether Goodput itself can see and be heard."""
    return desk.decide([slot], outlook)


@task(name="deliver messages", cache_policy=NO_CACHE)
async def deliver_messages(dispatcher: Dispatcher, now: Callable[[], datetime]) -> DispatchReport:
    """Try every message that is due; what fails waits in the outbox for the next run."""
    return await dispatcher.drain(now)


@task(name="replay slots", task_run_name="replay {slots[0]:%a %d %b}", cache_policy=NO_CACHE)
async def replay_slots(
    desk: AlertDesk, dispatcher: Dispatcher, slots: Sequence[datetime], outlook: Outlook
) -> list[Decision]:
    """Decide past slots one by one and tell at once, as if each were now."""
    made: list[Decision] = []
    for slot in slots:
        decisions = desk.decide([slot], outlook)
        if any(decision.notices for decision in decisions):
            await dispatcher.drain(partial(_stopped, slot))
        made += decisions
    return made


def _stopped(slot: datetime) -> datetime:
    """Return *slot*: in a replay time stands still while messages are told."""
    return slot
