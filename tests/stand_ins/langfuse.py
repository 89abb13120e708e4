"""Langfuse on loopback: the routes that Goodput uses, with the answers that a real 4.16 gave to the same requests."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import unquote
from zlib import crc32

from pydantic import SecretStr

from adapters.sources.source import Access
from tests.stand_ins.langfuse_queues import ROOT as QUEUES
from tests.stand_ins.langfuse_queues import Queues
from tests.stand_ins.langfuse_scores import RefusedError, Scores, bad_request
from tests.stand_ins.server import Answer, Fault, Incoming, StandIn

PUBLIC_KEY = "pk-lf-stand-in"
SECRET_KEY = "sk-lf-very-secret"
PROJECT = "local-project"

GROUPS = {
    "core": ("id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"),
    "basic": (
        *("name", "level", "statusMessage", "version", "environment", "bookmarked", "public"),
        *("userId", "sessionId", "isRootObservation"),
    ),
    "time": ("completionStartTime", "createdAt", "updatedAt"),
    "io": ("input", "output"),
    "metadata": ("metadata",),
    "model": ("model", "internalModelId", "modelParameters"),
    "usage": (
        *("usageDetails", "costDetails", "totalCost", "usagePricingTierId", "usagePricingTierName"),
        *("inputUsage", "outputUsage", "totalUsage", "inputCost", "outputCost"),
    ),
    "prompt": ("promptId", "promptName", "promptVersion"),
    "metrics": ("latency", "timeToFirstToken"),
    "trace_context": ("tags", "release", "traceName"),
}
PRICES = ("modelId", "inputPrice", "outputPrice", "totalPrice")


class LangfuseStandIn:
    """A project with these rows and scores; what is written to it lands in `scores.written`.

    Rows in `counted_too` are those that the metrics know of and the list does not give.
    """

    def __init__(self, rows: Sequence[dict], scores: Sequence[dict] = (), version: str = "4.16.0") -> None:
        self.rows = sorted(rows, key=_order, reverse=True)
        self.counted_too: list[dict] = []
        self.version = version
        self.scores = Scores(scores, arrays=_number(version) >= (4, 59))
        self.queues = Queues()
        self.server = StandIn(self.answer)
        self._to_come = -1
        self._faults: tuple[Fault, ...] = ()

    @property
    def received(self) -> list[Incoming]:
        return self.server.received

    @property
    def url(self) -> str:
        return self.server.url

    def fail_next(self, *faults: Fault) -> None:
        self.server.fail_next(*faults)

    def fail_after(self, requests: int, *faults: Fault) -> None:
        """Let this many requests pass (at least one), and the next ones meet these faults."""
        self._to_come, self._faults = requests, faults

    def answer(self, incoming: Incoming) -> Answer:
        self._to_come -= 1
        if self._to_come == 0:
            self.fail_next(*self._faults)
        routes = {
            ("GET", "/api/public/projects"): self._projects,
            ("GET", "/api/public/v2/observations"): self._observations,
            ("GET", "/api/public/v2/metrics"): self._metrics,
            ("GET", "/api/public/v3/scores"): self.scores.read,
            ("POST", "/api/public/scores"): self.scores.write,
            ("POST", "/api/public/ingestion"): self.scores.ingest,
        }
        if incoming.path == "/api/public/health":
            return Answer({"status": "OK", "version": self.version})
        route = routes.get((incoming.method, incoming.path))
        if incoming.path.startswith(QUEUES):
            route = self.queues.answer
        if route is None:
            page = "<!DOCTYPE html><html lang='en'><title>404: This page could not be found.</title></html>"
            return Answer(page, 404, {"content-type": "text/html; charset=utf-8"})
        try:
            _authorise(incoming)
            return route(incoming)
        except RefusedError as refused:
            return refused.answer

    def _projects(self, _incoming: Incoming) -> Answer:
        organization = {"id": "local-org", "name": "LocalOrg"}
        project = {"id": PROJECT, "name": PROJECT, "organization": organization, "metadata": {}}
        return Answer({"data": [project]})

    def _observations(self, incoming: Incoming) -> Answer:
        query = incoming.query
        limit = _limit(query.get("limit", "50"), most=1000)
        rows = [row for row in self.rows if _matches(row, incoming)]
        if "cursor" in query:
            last = _cursor(query["cursor"])
            rows = [row for row in rows if _order(row) < last]
        groups = [name for name in (query.get("fields") or "core,basic").split(",") if name in GROUPS]
        page = [_with_fields(row, {"core", *groups}) for row in rows[:limit]]
        meta = {"cursor": _cursor_after(rows[limit - 1])} if 0 < limit < len(rows) else {}
        return Answer({"data": page, "meta": meta})

    def _metrics(self, incoming: Incoming) -> Answer:
        query = json.loads(incoming.query["query"])
        metrics = [f"{metric['aggregation']}_{metric['measure']}" for metric in query["metrics"]]
        known = {*metrics} | {dimension["field"] for dimension in query["dimensions"]}
        for order in query.get("orderBy", []):
            if order["field"] not in known:
                words = f"Invalid orderBy field: {order['field']}. Must be one of the dimension or metric fields."
                raise bad_request(words, "InvalidRequestError")
        bounds = _moment(query["fromTimestamp"]), _moment(query["toTimestamp"])
        every = [*self.rows, *self.counted_too]
        rows = [row for row in every if bounds[0] <= _moment(row["startTime"]) < bounds[1]]
        rows = [row for row in rows if all(_passes(row, condition) for condition in query["filters"])]
        said = {
            "count_count": len(rows),
            "sum_totalCost": sum(row["totalCost"] for row in rows) if rows else None,
            "p95_latency": None,  # nobody asks for it where there are rows
        }
        return Answer({"data": [{metric: said[metric] for metric in metrics}]})


def access_to(url: str, *environments: str) -> Access:
    """What the owner of the project would set."""
    keys = {"public_key": SecretStr(PUBLIC_KEY), "secret_key": SecretStr(SECRET_KEY)}
    return Access(base_url=url, environments=environments, **keys)


@contextmanager
def langfuse(rows: Sequence[dict], scores: Sequence[dict] = (), version: str = "4.16.0") -> Iterator[LangfuseStandIn]:
    """Run a Langfuse for the length of a test."""
    stand_in = LangfuseStandIn(rows, scores, version)
    with stand_in.server:
        yield stand_in


def _authorise(incoming: Incoming) -> None:
    header = next((value for name, value in incoming.headers.items() if name.lower() == "authorization"), None)
    if header is None:
        raise RefusedError(Answer({"message": "No authorization header"}, 401))
    if header.startswith("Bearer "):
        raise RefusedError(Answer({"message": "Access denied - insufficient permissions for this endpoint"}, 403))
    if b64decode(header.removeprefix("Basic ")).decode() != f"{PUBLIC_KEY}:{SECRET_KEY}":
        words = "Invalid credentials. Confirm that you've configured the correct host."
        raise RefusedError(Answer({"message": words}, 401))


def _matches(row: dict, incoming: Incoming) -> bool:
    query = incoming.query
    conditions = _conditions(query.get("filter"))
    named = {condition["column"] for condition in conditions}
    started = _moment(row["startTime"])
    return (
        ("environment" in named or row["environment"] in incoming.queries.get("environment", [row["environment"]]))
        and ("fromStartTime" not in query or "startTime" in named or started >= _moment(query["fromStartTime"]))
        and ("toStartTime" not in query or "startTime" in named or started < _moment(query["toStartTime"]))
        and query.get("traceId", row["traceId"]) == row["traceId"]
        and query.get("type", row["type"]) == row["type"]
        and query.get("name", row["name"]) == row["name"]
        and query.get("isRootObservation") in {None, str(row["isRootObservation"]).lower()}
        and all(_passes(row, condition) for condition in conditions)
    )


def _conditions(text: str | None) -> list[dict]:
    try:
        return json.loads(text) if text else []
    except ValueError:
        raise bad_request("Invalid JSON in filter parameter", "InvalidRequestError") from None


def _passes(row: dict, condition: dict) -> bool:
    column, operator, value = condition["column"], condition["operator"], condition["value"]
    if column not in row:
        raise bad_request(f"Column {column} does not match a UI / CH table mapping.", "InvalidRequestError")
    if operator == "any of":
        return row[column] in value
    if operator == "=":
        return row[column] == value
    raise NotImplementedError(operator)


def _with_fields(row: dict, groups: set[str]) -> dict:
    fields = {field for group in groups for field in GROUPS[group]}
    shown = {name: value for name, value in row.items() if name in fields}
    timed = "time" in groups or "metrics" in groups
    always = {"latency": row["latency"], "timeToFirstToken": row["timeToFirstToken"] if timed else None}
    return shown | always | {name: row[name] if "model" in groups else None for name in PRICES}


def _limit(text: str, most: int) -> int:
    limit = int(text)
    if limit > most:
        words = f"Too big: expected number to be <={most}"
        issue = {"origin": "number", "code": "too_big", "maximum": most, "inclusive": True, "path": ["limit"]}
        raise bad_request("Invalid request data", [issue | {"message": words}])
    return limit


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(unquote(text))
    if moment.tzinfo is None:
        raise bad_request("Invalid request data", [{"message": "Invalid ISO datetime"}])
    return moment


def _order(row: dict) -> tuple[datetime, int, str]:
    # Within a millisecond the real server orders by a hash of the trace id; any fixed hash will do.
    return _moment(row["startTime"]), crc32(row["traceId"].encode()), row["id"]


def _cursor_after(row: dict) -> str:
    last = {"lastStartTimeTo": row["startTime"], "lastTraceId": row["traceId"], "lastId": row["id"]}
    return b64encode(json.dumps(last, separators=(",", ":")).encode()).decode()


def _cursor(text: str) -> tuple[datetime, int, str]:
    try:
        last = json.loads(b64decode(text, validate=True))
    except ValueError:
        raise bad_request("Invalid cursor format", "InvalidRequestError") from None
    return _moment(last["lastStartTimeTo"]), crc32(last["lastTraceId"].encode()), last["lastId"]


def _number(version: str) -> tuple[int, int]:
    major, minor, *_ = version.split(".")
    return int(major), int(minor)
