"""`app.yaml`: one watched application, as its operator describes it."""

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
from alerts.policy import Policy
from domain.application import Application, Environment, Labelling, Saturation
from domain.duration import Duration
from domain.message import Severity
from flows.judging import Judging


class Routes(BaseModel):
    """Which channels hear of what; several are told each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: tuple[str, ...]
    ticket: tuple[str, ...]
    informational: tuple[str, ...]

    def for_severity(self) -> dict[Severity, tuple[str, ...]]:
        """Return the routes as the engine reads them."""
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
    maintenance: tuple[Maintenance, ...] = ()

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Self:
        for severity, names in self.routes.for_severity().items():
            for name in names:
                if name not in self.channels:
                    known = ", ".join(self.channels)
                    raise ValueError(f"route {severity} leads to {name!r}, but the channels are {known}")
                if severity is Severity.INFORMATIONAL and self.channels[name].kind == "pagerduty":
                    raise ValueError(
                        f"{name!r} is PagerDuty, which takes no digests: give informational another channel"
                    )
        return self


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
