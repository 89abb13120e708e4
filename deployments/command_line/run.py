"""`goodput run`: one flow now."""

import asyncio
from datetime import datetime

from domain.errors import ConfigError


def run_flow(name: str, application: str | None, at: datetime | None) -> int:
    """Run the flow *name* to its end."""
    from flows.evaluate_traces import evaluate_traces
    from flows.project_costs import project_costs
    from flows.send_digest import send_digest
    from flows.watch_requests import watch_requests

    if at is not None and at.tzinfo is None:
        raise ConfigError(f"--at {at.isoformat()}: a time needs a zone, such as {at.isoformat()}Z")
    flows = {flow.name: flow for flow in (watch_requests, evaluate_traces, project_costs, send_digest)}
    asyncio.run(flows[name](applications=[application] if application else [], slot=at))
    return 0
