"""Probing an application's endpoint from outside."""

from datetime import datetime

import httpx
from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.probe import ProbeConfig, probe
from domain.probe import Probe


@task(name="probe endpoint", task_run_name="probe {application}", cache_policy=NO_CACHE)
async def probe_endpoint(client: httpx.AsyncClient, config: ProbeConfig, application: str, at: datetime) -> Probe:
    """Ask once and say what happened; no answer is an answer too, so nothing is retried."""
    return await probe(client, config, application, at)
