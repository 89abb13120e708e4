"""`goodput run` and `goodput replay`: one flow now, or the past slot by slot."""

import asyncio
import logging
from datetime import datetime

from domain.errors import ConfigError, GoodputError

_END_WITH_THE_RUN = {"flows.each", "prefect.flow_runs", "prefect.task_runs"}


class SaidAtTheEnd(logging.Filter):
    """Keeps off the console what the command itself says in a sentence when it ends; the Prefect UI keeps it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass but the failure that the command ends with; a defect keeps its traceback."""
        if record.levelno < logging.ERROR or record.name not in _END_WITH_THE_RUN:
            return True
        raised = record.exc_info[1] if record.exc_info else None
        arguments = record.args.values() if isinstance(record.args, dict) else record.args or ()
        if any(isinstance(one, GoodputError) for one in (raised, *arguments)):
            return False
        return not str(record.msg).startswith("Finished in state")


def replay_past(start: datetime, until: datetime, application: str | None, *, tell: bool) -> int:
    """Replay the past from *start* to *until*."""
    from flows.replay import replay

    for name, moment in (("--from", start), ("--to", until)):
        _refuse_naive(name, moment)
    if until <= start:
        raise ConfigError("--to must lie after --from")
    _say_failures_once()
    asyncio.run(replay(start, until, applications=[application] if application else [], tell=tell))
    return 0


def run_flow(name: str, application: str | None, at: datetime | None) -> int:
    """Run the flow *name* to its end."""
    from flows.check_judge import check_judge
    from flows.deliver_messages import deliver_messages
    from flows.evaluate_traces import evaluate_traces
    from flows.probe_endpoints import probe_endpoints
    from flows.project_costs import project_costs
    from flows.review_judge import review_judge
    from flows.send_digest import send_digest
    from flows.watch_requests import watch_requests

    if at is not None:
        _refuse_naive("--at", at)
    _say_failures_once()
    runnable = (watch_requests, probe_endpoints, evaluate_traces, check_judge, review_judge, project_costs, send_digest)
    flows = {flow.name: flow for flow in runnable}
    applications = [application] if application else []
    if name == deliver_messages.name:
        if at is not None:
            raise ConfigError(f"{name} takes no --at: it delivers what waits now")
        asyncio.run(deliver_messages(applications=applications))
    else:
        asyncio.run(flows[name](applications=applications, slot=at))
    return 0


def _say_failures_once() -> None:
    for handler in logging.getLogger().handlers:  # Prefect's console; it is there once Prefect is imported
        handler.addFilter(SaidAtTheEnd())


def _refuse_naive(option: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ConfigError(f"{option} {moment.isoformat()}: a time needs a zone, such as {moment.isoformat()}Z")
