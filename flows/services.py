"""Where the parts are put together: the one reader of the clock, of the environment and of the deployment's files."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
from prefect.runtime import flow_run
from pydantic import SecretStr

from adapters.assessor import Assessor
from adapters.calibrator import Calibrator
from adapters.catalogue import read_catalogue
from adapters.evaluator import Evaluator
from adapters.human_review import HumanReview
from adapters.intake import Intake
from adapters.judge_watch import JudgeWatch
from adapters.judges import Brief, Judge, Wire, build_judge
from adapters.judges.endpoint import Client, open_client
from adapters.labelled_file import read_labelled
from adapters.reconciler import Reconciler
from adapters.settings import Settings, read_settings
from adapters.sources import Access, TraceSource
from adapters.store import Store
from adapters.trusting import Trusting
from alerts.desk import AlertDesk
from alerts.routing import NOBODY
from alerts.words import Links
from domain.assembly import Assembly
from domain.families import same_family
from domain.transcript import Transcript
from domain.window import Window, floor_to, utc
from flows.configuration import Configured, read_application
from flows.outlook import StoredOutlook
from flows.post import Post
from flows.rulebooks import rulebook, watcher_rulebook
from flows.watcher import WatcherOutlook

SETTLE = timedelta(seconds=60)
"""How long a trace is given to arrive before a slot decides about it."""

VERDICTS_KEPT = timedelta(days=90)

_JUDGE_CONNECTIONS = 256


class Services:
    """The parts of one application, wired. A plain class: Prefect walks through dataclasses that it is handed."""

    def __init__(
        self,
        configured: Configured,
        settings: Settings,
        source: TraceSource,
        client: httpx.AsyncClient,
        judges: Client,
    ) -> None:
        self.configured = configured
        self.application = configured.application
        self.source = source
        self.client = client
        self.store = Store.open(settings.database)
        file = configured.file
        self.links = Links(runbook=file.links.runbook, dashboard=file.links.dashboard)
        reading = Assembly(configured.application, configured.prices, configured.models)
        self._verdicts = self.store.judge_verdicts(self.name, keep_reasons=file.judging.keep_reasons, now=clock)
        self.judge = self._judge(settings, judges)
        self.judge_watch = JudgeWatch(self.name, self.judge, self.store, configured.lines, file.judging.anchors)
        self.calibrator = Calibrator(
            source,
            self.store,
            self.judge,
            self.judge_watch,
            Trusting(self.store, self.name, configured.plan, configured.lines),
            {name: one.good for name, one in configured.criteria.items()},
        )
        self.human_review = HumanReview(
            self.name, source, self.store, configured.plan, configured.objectives, file.judging.review_queue
        )
        self.intake = Intake(source, self.store, reading)
        self.reconciler = Reconciler(self.name, source, self.store, self.intake)
        self.evaluator = Evaluator(
            source,
            self.judge,
            self.store,
            reading,
            sample_rate=file.judging.sample_rate,
            keep_reasons=file.judging.keep_reasons,
            order=_doubt if self.judge.reads_as_told else _as_they_came,
        )
        self.assessor = Assessor(self.store, configured.application, configured.objectives, configured.plan)
        self.book, self.watcher_book = rulebook(configured), watcher_rulebook(configured)
        self.post = Post(configured, settings, self.store)

    @property
    def name(self) -> str:
        """The application's name."""
        return self.application.name

    def desk(self, *, tell: bool = True) -> AlertDesk:
        """Return the alert desk, with links to what is known now; one that does not *tell* has no channels."""
        book = self.book if tell else replace(self.book, routes=NOBODY)
        return AlertDesk(self.name, book, self.store.alerts, self.links)

    def remember_rules(self, at: datetime) -> None:
        """Keep how the rules stand that decide from *at* on: what decided in the past can be read later."""
        written = [(rule.name, rule.version, rule.model_dump_json(by_alias=True)) for rule in self.configured.rules]
        self.store.alerts.remember(self.name, written, at)

    def watcher(self, slot: datetime) -> tuple[AlertDesk, WatcherOutlook]:
        """Return the desk that decides about Goodput itself, and what it looks at."""
        outlook = StoredOutlook(self.store, self.configured, self.watcher_book, slot, slot, SETTLE)
        desk = AlertDesk(self.name, self.watcher_book, self.store.alerts.of_watcher, self.links)
        return desk, WatcherOutlook(outlook, self.store, self.configured)

    def outlook(self, first: datetime, last: datetime) -> StoredOutlook:
        """Return the stored view of the slots from *first* to *last*."""
        return StoredOutlook(self.store, self.configured, self.book, first, last, SETTLE)

    def _judge(self, settings: Settings, client: Client) -> Judge:
        file = self.configured.file
        wire = Wire(
            client=client,
            nonce=lambda: secrets.token_hex(8),
            now=clock,
            ledger=self.store.judge_spend(self.name),
            cache=self._verdicts,
            api_key=settings.judge_api_key,
            fallback_api_key=settings.fallback_judge_api_key,
        )
        catalogue = read_catalogue(file.judging.catalogue) if file.judging.catalogue else None
        path = file.judging.anchors if file.judging.judge.kind == "triage" else None
        labelled = read_labelled(path) if path else ()
        brief = Brief(self.configured.criteria, file.judging.criteria, self.configured.prices, catalogue, labelled)
        return build_judge(file.judging.judge, wire, brief)

    def shared_family(self, window: Window) -> str | None:
        """Return the family of models that the judge shares with most answers of *window*, or None."""
        answers = self.store.history(self.name, self.configured.plan).by(window, "model")
        return same_family(self.judge.name, {model: len(sample) for model, sample in answers.items()})

    def forget_verdicts(self, at: datetime) -> int:
        """Forget verdicts that judges gave long before *at*; return how many."""
        return self._verdicts.forget(at - VERDICTS_KEPT)

    async def look_around(self) -> None:
        """Ask the source who it is, so that a wrong address or key is said before anything else happens."""
        self.links = replace(self.links, flow_run=flow_run.ui_url)
        check = await self.source.check()
        self.links = replace(self.links, trace=check.trace_url)


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
    async with (
        httpx.AsyncClient() as client,
        open_client(_JUDGE_CONNECTIONS) as judges,
        configured.file.source.open(access) as source,
    ):
        services = Services(configured, settings, source, client, judges)
        try:
            yield services
        finally:
            services.store.close()


def _doubt(transcript: Transcript) -> float:
    """Return how doubtful an answer is: where the judge's budget ends early, the worst ones are judged."""
    from domain.triage import triage_risk  # noqa: PLC0415 - most runs judge nothing

    return triage_risk(transcript.question, transcript.context, transcript.answer) or 0.0


def _as_they_came(_transcript: Transcript) -> float:
    """Return the same for all: a judge that costs nothing judges everything."""
    return 0.0


def clock() -> datetime:
    """Return what time it is. The only place that knows."""
    return datetime.now(UTC)  # noqa: TID251


def slot_of_this_run(slot: datetime | None, length: timedelta, now: Callable[[], datetime] = clock) -> datetime:
    """Return the slot that this run is about: the one given, else the scheduled time, floored to *length*."""
    scheduled = slot or flow_run.scheduled_start_time or now()
    return floor_to(utc(scheduled), length)
