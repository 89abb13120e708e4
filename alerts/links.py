"""Where a message can point to: addresses that an operator wrote once, filled in for each message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.application import Application
from domain.message import Link, WorstTrace

PLACEHOLDERS = ("application", "environment", "rule", "from_ms", "to_ms")
"""What an address may be filled in with; times are milliseconds since 1970, as Grafana has them."""

_ADDRESS = re.compile(r"https?://[^\s<>|\"'`\\/?#]+[^\s<>|\"'`\\]*")
_BEFORE = timedelta(hours=1)
"""So much of the time before the trouble is shown by a dashboard."""


def _checked(said: str) -> str:
    if not said.startswith(("https://", "http://")):
        raise ValueError("an address begins with https:// or http://")
    if _ADDRESS.fullmatch(said) is None or not said.isprintable():
        raise ValueError("an address has a host, and no space, quote, backslash or one of < > |")
    try:
        fields = [(name, spec, turned) for _, name, spec, turned in Formatter().parse(said) if name is not None]
    except ValueError:
        raise ValueError("a { or } stands alone; write {{ or }} for one that is part of the address") from None
    for name, spec, turned in fields:
        if name not in PLACEHOLDERS or spec or turned:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise ValueError(f"there is no placeholder {{{name}}}; there are {known}")
    return said


LinkTemplate = Annotated[str, Field(max_length=1000), AfterValidator(_checked)]
"""An address, https or http, with PLACEHOLDERS in braces."""


class LinkTemplates(BaseModel):
    """Where an application's messages point to.

    Attributes:
        runbook: What to do about a rule, such as `https://wiki.example/{rule}`; a rule's own address wins.
        dashboard: What shows the application from before the trouble until now, such as
            `https://grafana.example/d/llm?var-app={application}&from={from_ms}&to={to_ms}`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    runbook: LinkTemplate | None = None
    dashboard: LinkTemplate | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Where a message can point to; None where there is no such place.

    Attributes:
        trace: With `{trace_id}` in it.
        flow_run: The Prefect run that decided.
        runbook, dashboard: With PLACEHOLDERS in them; a rule's own runbook wins.
    """

    trace: str | None = None
    flow_run: str | None = None
    runbook: str | None = None
    dashboard: str | None = None


def links_of(
    links: Links,
    application: Application,
    *,
    since: datetime,
    at: datetime,
    rule: str | None = None,
    runbook: str | None = None,
) -> tuple[Link, ...]:
    """Return what a message links to, in the order in which it is looked at: runbook, dashboard, flow run.

    Args:
        rule: Without one there is no runbook.
        runbook: The rule's own.
    """
    filled = {
        "application": application.name,
        "environment": application.environment,
        "rule": rule or "",
        "from_ms": _ms(since - _BEFORE),
        "to_ms": _ms(at),
    }
    asked = runbook or links.runbook if rule else None
    shown = [
        *([Link("Runbook", _fill(asked, filled))] if asked else []),
        *([Link("Dashboard", _fill(links.dashboard, filled))] if links.dashboard else []),
        *([Link("Prefect flow run", links.flow_run)] if links.flow_run else []),
    ]
    return tuple(shown)


def trace_url(links: Links, trace: WorstTrace) -> str | None:
    """Return where *trace* is shown, or None."""
    return None if links.trace is None else links.trace.replace("{trace_id}", quote(trace.trace_id, safe=""))


def _fill(template: str, values: Mapping[str, str]) -> str:
    return template.format_map({name: quote(value, safe="") for name, value in values.items()})


def _ms(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1000))
