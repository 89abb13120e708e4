"""`app.yaml`: one watched application, as its operator describes it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.maintenance import Maintenance
from adapters.probe import ProbeConfig
from adapters.sources import JsonlConfig, SourceConfig
from alerts.channels import ChannelConfig
from alerts.channels.console import ConsoleConfig
from alerts.links import LinkTemplates
from alerts.policy import Policy
from alerts.routing import RouteException, Routing
from domain.application import Application, Environment, Labelling, Saturation
from domain.duration import Duration
from domain.fallback import Fallback
from domain.message import MessageKind, Severity
from flows.judging import Judging


class Routes(BaseModel):
    """Which channels hear of what; several are told each.

    Attributes:
        informational: Who gets the digests.
        change: Who hears that a release, a prompt or a model is new; where left out, those of `page` that keep such
            things beside incidents without calling anybody.
        exceptions: The first that fits an alert says who is told instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: tuple[str, ...]
    ticket: tuple[str, ...]
    informational: tuple[str, ...]
    change: tuple[str, ...] | None = None
    exceptions: tuple[RouteException, ...] = ()

    @property
    def usual(self) -> dict[Severity, tuple[str, ...]]:
        """The channels by severity."""
        return {severity: getattr(self, severity.value) for severity in Severity}


class ApplicationFile(BaseModel):
    """`app.yaml`: one watched application.

    Attributes:
        environment: The Langfuse environment (or the field `environment` of the rows) that its traces have.
        trace_names: Which traces of that environment are its own; empty means all.
        labels: Where feature, user tier and profile are found on a trace.
        saturation: Where the application reports how full it is.
        probe: An address of the application to ask each minute, so that "no traffic" and "down" differ.
        slot: How often alerts are decided; the schedule of `watch_requests` must fit.
        fallbacks: Who is told instead when a channel is down, by the name of that channel.
        links: Where messages point to besides traces and the flow run.
        expected_requests_a_day: So that `goodput validate` can tell which rules ask for more answers than there are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: Environment = "default"
    trace_names: tuple[str, ...] = ()
    labels: Labelling = Labelling()
    saturation: Saturation = Saturation()
    monthly_budget_usd: Decimal | None = Field(default=None, gt=0)
    slot: Duration = timedelta(minutes=1)
    expected_requests_a_day: int | None = Field(default=None, gt=0)
    source: SourceConfig
    judging: Judging = Judging()
    probe: ProbeConfig | None = None
    channels: dict[str, ChannelConfig] = {"console": ConsoleConfig(kind="console")}
    routes: Routes = Routes(page=("console",), ticket=("console",), informational=("console",))
    telling: Policy = Policy()
    links: LinkTemplates = LinkTemplates()
    maintenance: tuple[Maintenance, ...] = ()
    fallbacks: Mapping[str, Fallback] = {}

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Self:
        routes = self.routes
        leads = [(f"route {severity}", name) for severity, names in routes.usual.items() for name in names]
        leads += [("route change", name) for name in routes.change or ()]
        leads += [
            (f"exception {n} of the routes", name) for n, one in enumerate(routes.exceptions, 1) for name in one.to
        ]
        leads += [("a fallback", name) for names in self.fallbacks.items() for name in (names[0], names[1].to)]
        for what, name in leads:
            if name not in self.channels:
                raise ValueError(f"{what} leads to {name!r}, but the channels are {', '.join(self.channels)}")
        return self

    @model_validator(mode="after")
    def _channels_take_what_they_are_told(self) -> Self:
        for name in self._with_fallbacks(self.routes.informational):
            if MessageKind.DIGEST in self.channels[name].refuses:
                kind = self.channels[name].kind
                raise ValueError(f"{name!r} is {kind}, which takes no digests: give informational another channel")
        for name in self.routes.change or ():
            if MessageKind.CHANGE in self.channels[name].refuses:
                kind = self.channels[name].kind
                raise ValueError(f"{name!r} is {kind}, which knows no changes: give change another channel")
        for name, fallback in self.fallbacks.items():
            if name == fallback.to:
                raise ValueError(f"the fallback of {name!r} is {name!r} itself")
        if self.telling.business_hours is None and any(one.hours for one in self.routes.exceptions):
            raise ValueError("routes.exceptions asks for hours: say under telling.business_hours which these are")
        return self

    def _with_fallbacks(self, names: Iterable[str]) -> Iterator[str]:
        """Yield these channels and those behind them, each once."""
        waiting, seen = list(names), set[str]()
        while waiting:
            name = waiting.pop(0)
            if name not in seen:
                seen.add(name)
                yield name
                waiting += [self.fallbacks[name].to] if name in self.fallbacks else []

    @property
    def routing(self) -> Routing:
        """The routes as the engine reads them."""
        return Routing(self.routes.usual, self.routes.exceptions, self.telling.business_hours)

    @property
    def told_of_changes(self) -> tuple[str, ...]:
        """Who hears that something is new."""
        if self.routes.change is not None:
            return self.routes.change
        return tuple(name for name in self.routes.page if self.channels[name].keeps_changes)


def application_of(name: str, file: ApplicationFile) -> Application:
    """Return what the rest of the program knows of the application."""
    return Application(
        name=name,
        environment=file.environment,
        trace_names=file.trace_names,
        labels=file.labels,
        saturation=file.saturation,
        monthly_budget_usd=file.monthly_budget_usd,
    )


def with_absolute_paths(file: ApplicationFile, folder: Path) -> ApplicationFile:
    """Return *file* with its paths read relative to the folder it stands in: a worker may run anywhere."""
    source, judging = file.source, file.judging
    files = {name: folder / path for name in ("catalogue", "anchors") if (path := getattr(judging, name)) is not None}
    update: dict[str, object] = {"judging": judging.model_copy(update=files)}
    if isinstance(source, JsonlConfig):
        scores = folder / source.scores if source.scores else None
        update["source"] = source.model_copy(update={"path": folder / source.path, "scores": scores})
    return file.model_copy(update=update)
