"""Where the parts are put together: the one reader of the clock, of the environment and of the deployment's files."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
from prefect.runtime import flow_run
from pydantic import SecretStr

from adapters.assessor import Assessor
from adapters.evaluator import Evaluator
from adapters.intake import Intake
from adapters.judges import Wire, build_judge
from adapters.reconciler import Reconciler
from adapters.settings import Settings, read_settings
from adapters.sources import Access, TraceSource
from adapters.store import Store
from alerts.channels import ChannelSecrets, build_channel
from alerts.desk import AlertDesk
from alerts.dispatcher import Dispatcher
from alerts.engine import Rulebook
from alerts.words import Links
from domain.assembly import Assembly
from domain.window import floor_to, utc
from flows.configuration import Configured, read_application
from flows.outlook import StoredOutlook

SETTLE = timedelta(seconds=60)
"""How long a trace is given to arrive before a slot decides about it."""

_JUDGE_CONNECTIONS = 100


class Services:
    """The parts of one application, wired. A plain class: Prefect walks through dataclasses that it is handed."""

    def __init__(
        self, configured: Configured, settings: Settings, source: TraceSource, client: httpx.AsyncClient
    ) -> None:
        self.configured = configured
        self.application = configured.application
        self.source = source
        self.client = client
        self.store = Store.open(settings.database)
        self.links = Links()
        file = configured.file
        reading = Assembly(configured.application, configured.prices, configured.models)
        judge = build_judge(
            file.judging.judge,
            Wire(client=client, nonce=lambda: secrets.token_hex(8), api_key=settings.judge_api_key),
        )
        self.intake = Intake(source, self.store, reading)
        self.reconciler = Reconciler(self.name, source, self.store, self.intake)
        self.evaluator = Evaluator(
            source,
            judge,
            self.store,
            reading,
            sample_rate=file.judging.sample_rate,
            concurrency=file.judging.concurrency,
            keep_reasons=file.judging.keep_reasons,
        )
        self.assessor = Assessor(self.store, configured.application, configured.objectives, configured.plan)
        self.book = Rulebook(rules=configured.rules, routes=file.routes.for_severity(), slot_length=file.slot)
        channels = {name: build_channel(config, _channel_secrets(settings)) for name, config in file.channels.items()}
        self.dispatcher = Dispatcher(
            self.store.outbox.of(self.name), channels, owner=f"{socket.gethostname()}:{os.getpid()}"
        )

    @property
    def name(self) -> str:
        """The application's name."""
        return self.application.name

    def desk(self, *, tell: bool = True) -> AlertDesk:
        """Return the alert desk, with links to what is known now; one that does not *tell* has no channels."""
        book = self.book if tell else replace(self.book, routes={})
        return AlertDesk(self.name, book, self.store.alerts, self.links)

    def outlook(self, first: datetime, last: datetime) -> StoredOutlook:
        """Return the stored view of the slots from *first* to *last*."""
        return StoredOutlook(self.store, self.configured, self.book, first, last, SETTLE)

    async def look_around(self) -> None:
        """Ask the source who it is, so that a wrong address or key is said before anything else happens."""
        check = await self.source.check()
        self.links = Links(trace=check.trace_url, flow_run=flow_run.ui_url)


@asynccontextmanager
async def open_services(application: str) -> AsyncIterator[Services]:
    """Open the parts of *application* for as long as the block lasts.

    Raises:
        ConfigError: A file, a setting or a secret is wrong; the message says where and what.
    """
    settings = read_settings()
    configured = read_application(settings.deployments_folder, application)
    access = Access(
        base_url=settings.langfuse_url,
        public_key=SecretStr(settings.langfuse_public_key or ""),
        secret_key=settings.langfuse_secret_key or SecretStr(""),
        environments=(configured.application.environment,),
    )
    limits = httpx.Limits(max_connections=_JUDGE_CONNECTIONS)
    async with httpx.AsyncClient(limits=limits) as client, configured.file.source.open(access) as source:
        services = Services(configured, settings, source, client)
        try:
            yield services
        finally:
            services.store.close()


def clock() -> datetime:
    """Return what time it is. The only place that knows."""
    return datetime.now(UTC)  # noqa: TID251


def slot_of_this_run(slot: datetime | None, length: timedelta, now: Callable[[], datetime] = clock) -> datetime:
    """Return the slot that this run is about: the one given, else the scheduled time, floored to *length*."""
    scheduled = slot or flow_run.scheduled_start_time or now()
    return floor_to(utc(scheduled), length)


def _channel_secrets(settings: Settings) -> ChannelSecrets:
    return ChannelSecrets(
        pagerduty_routing_key=settings.pagerduty_routing_key,
        slack_token=settings.slack_token,
        slack_webhook_url=settings.slack_webhook_url,
        pagerduty_url=settings.pagerduty_url,
        slack_url=settings.slack_url,
    )
