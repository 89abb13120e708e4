"""The recorded 48 hours and what is true about them."""

import gzip
import json
from datetime import datetime
from functools import cache
from pathlib import Path

from adapters.sources.rows import read_row
from domain.application import Application, Labelling, LabelRule
from domain.assembly import Assembly, Trace, assemble, group
from domain.observation import Observation
from domain.prices import PriceTable
from domain.request import Request

ROOT = Path(__file__).parent.parent
OBSERVATIONS = ROOT / "deployments" / "recorded" / "brightcart-48h.observations.jsonl.gz"
SCORES = ROOT / "deployments" / "recorded" / "brightcart-48h.scores.jsonl.gz"

TRACE_NAMES = {
    "support-bot": "support-bot",
    "research-agent": "research-agent",
    "catalog-assistant": "POST /catalog/ask",
}


@cache
def rows() -> list[dict[str, object]]:
    with gzip.open(OBSERVATIONS, "rt") as lines:
        return [json.loads(line) for line in lines]


@cache
def observations() -> list[Observation]:
    return [read_row(row) for row in rows()]


@cache
def traces() -> dict[str, Trace]:
    return {trace.id: trace for trace in group(observations())}


def application(name: str) -> Application:
    feature = LabelRule(tag="feature", otherwise="catalog" if name == "catalog-assistant" else None)
    return Application(
        name=name,
        environment="shop-prod",
        trace_names=(TRACE_NAMES[name],),
        labels=Labelling(feature=feature),
    )


@cache
def requests() -> dict[str, Request]:
    """Every request of the three applications, by trace id."""
    found = [
        request
        for name in TRACE_NAMES
        for request in assemble(traces().values(), Assembly(application(name), PriceTable()))
    ]
    return {request.trace_id: request for request in found}


@cache
def truth() -> dict[str, dict]:
    with gzip.open(ROOT / "tests" / "data" / "truth.json.gz", "rt") as file:
        return {trace["trace_id"]: trace for trace in json.load(file)["traces"]}


@cache
def totals() -> dict:
    with gzip.open(ROOT / "tests" / "data" / "truth.json.gz", "rt") as file:
        return json.load(file)["aggregates"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
