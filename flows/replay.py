"""Past traffic, slot by slot, as if each slot were now: the same steps as live, for the demo and for history."""

from datetime import datetime, timedelta

from prefect import flow, get_run_logger

from domain.alerting import Notice, State
from domain.errors import ConfigError
from domain.window import Window, slots
from flows import artifacts
from flows.each import for_each
from flows.send_digest import compose
from flows.services import Services, open_services
from tasks.alerting import replay_slots
from tasks.assessing import assess_objectives
from tasks.judging import judge_answers
from tasks.reading import read_traces

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@flow(name="replay", flow_run_name="replay-{start:%Y-%m-%d}-{until:%Y-%m-%d}")
async def replay(start: datetime, until: datetime, applications: list[str] = [], tell: bool = False) -> None:
    """Read, judge and decide past traffic in order of time; slots that were decided before are left alone.

    Args:
        start: Beginning of the past to replay.
        until: End of it.
        applications: Names of folders under deployments; empty means every application.
        tell: Tell people what they would have been told; otherwise only what still fires is told, by the next live run.
    """

    async def play(services: Services) -> None:
        await _play(services, Window(start, until), tell=tell)

    await for_each(applications, play, open_services)


async def _play(services: Services, window: Window, *, tell: bool) -> None:
    log = get_run_logger()
    decided = services.store.alerts.last_slot(services.name)
    if decided is not None and decided > window.end:
        raise ConfigError(
            f"its alerts are decided up to {decided:%Y-%m-%d %H:%M} UTC already, and the past cannot follow it; "
            "replay into a database of its own, such as GOODPUT_DATABASE_URL=sqlite:////data/replay.db"
        )
    await services.look_around()
    desk = services.desk(tell=tell)
    for day in window.parts(_DAY):
        log.info(
            "%s %s: %s", services.name, f"{day.start:%a %d %b}", await read_traces(services.intake, day.start, day.end)
        )
        log.info(
            "%s %s: %s", services.name, f"{day.start:%a %d %b}", await judge_answers(services.evaluator, day, day.end)
        )
        due = list(slots(day.start, day.end, services.book.slot_length))
        decisions = await replay_slots(desk, services.post.dispatcher, due, services.outlook(due[0], due[-1]))
        fired = [t for d in decisions for t in d.transitions if t.after is State.FIRING]
        log.info("%s %s: %d slots, %d alerts", services.name, f"{day.start:%a %d %b}", len(decisions), len(fired))
    assessed = assess_objectives(services.assessor, window.end)
    await artifacts.leave_objectives(services.name, assessed, window.end)
    if tell and window.length >= _WEEK:
        _queue_digest(services, window.end)
    await services.post.deliver(lambda: window.end)
    services.post.complain(window.end)


def _queue_digest(services: Services, at: datetime) -> None:
    digest = Notice(message=compose(services, at), channels=services.configured.file.routes.informational)
    services.store.outbox.add([digest], at)
