"""The scores of the Langfuse stand-in: strict reading, and the two ways of writing that depend on the version."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

from tests.stand_ins.server import Answer, Incoming

PARAMETERS = {
    "limit",
    "cursor",
    "fields",
    "id",
    "name",
    "source",
    "queueId",
    "authorUserId",
    "dataType",
    "value",
    "valueMin",
    "valueMax",
    "environment",
    "traceId",
    "fromTimestamp",
    "toTimestamp",
}
GROUPS = {
    "core": ("id", "projectId", "name", "source", "timestamp", "environment", "createdAt", "updatedAt"),
    "details": ("comment", "configId", "metadata"),
    "annotation": ("authorUserId", "queueId"),
    "subject": ("subject",),
}
VALUE = ("dataType", "value")


class RefusedError(Exception):
    """A request that ends with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def bad_request(message: str, error: object) -> RefusedError:
    return RefusedError(Answer({"message": message, "error": error}, 400))


class Scores:
    """Scores to read, and those that were written: the last one of each id.

    Attributes:
        configs: Name, least and greatest value of each score configuration, by its id.
        loses: Scores that are accepted and never appear.
    """

    def __init__(self, rows: Sequence[dict], *, arrays: bool) -> None:
        self.written: dict[str, dict] = {}
        self.configs: dict[str, tuple[str, float, float]] = {}
        self.loses: set[str] = set()
        self._rows = list(rows)
        self._arrays = arrays

    def _readable(self) -> list[dict]:
        stored = [_stored(score, self.configs) for key, score in self.written.items() if key not in self.loses]
        return sorted([*self._rows, *(row for row in stored if row)], key=_order, reverse=True)

    def read(self, incoming: Incoming) -> Answer:
        query = incoming.query
        if unknown := [name for name in query if name not in PARAMETERS]:
            issue = {"code": "unrecognized_keys", "keys": unknown, "path": []}
            raise bad_request("Invalid request data", [issue | {"message": f'Unrecognized key: "{unknown[0]}"'}])
        limit = _limit(query.get("limit", "50"))
        fields = {field for group in _groups(query.get("fields")) for field in GROUPS[group]} | set(VALUE)
        rows = [row for row in self._readable() if _matches(row, query)]
        if "cursor" in query:
            last = _cursor(query["cursor"])
            rows = [row for row in rows if _order(row) < last]
        page = [{name: value for name, value in row.items() if name in fields} for row in rows[:limit]]
        more = {"cursor": _cursor_after(rows[limit - 1])} if limit < len(rows) else {}
        return Answer({"data": page, "meta": {"limit": limit, **more}})

    def write(self, incoming: Incoming) -> Answer:
        body = _json(incoming)
        if isinstance(body, list) != self._arrays:
            expected, received = ("array", "object") if self._arrays else ("object", "array")
            words = f"Invalid input: expected {expected}, received {received}"
            issue = {"expected": expected, "code": "invalid_type", "path": [], "message": words}
            raise bad_request("Invalid request data", [issue])
        if not isinstance(body, list):
            self.written[body["id"]] = {key: value for key, value in body.items() if key != "timestamp"}
            return Answer({"id": body["id"]})
        problems = [_problem(score) for score in body]
        self.written |= {score["id"]: score for score, problem in zip(body, problems, strict=True) if not problem}
        errors = [{"message": problem} for problem in problems if problem]
        if errors:
            return Answer({"accepted": len(body) - len(errors), "rejected": len(errors), "errors": errors}, 207)
        return Answer({"message": "Accepted"}, 202)

    def ingest(self, incoming: Incoming) -> Answer:
        successes, errors = [], []
        for event in _json(incoming)["batch"]:
            problem = _problem(event["body"]) if event["type"] == "score-create" else "Invalid input"
            if problem:
                details = json.dumps([{"code": "custom", "message": problem}])
                refusal = {
                    "id": event["id"],
                    "status": 400,
                    "message": "Invalid request data",
                    "error": details,
                }
                errors.append(refusal)
            else:
                self.written[event["body"]["id"]] = {**event["body"], "timestamp": event["timestamp"]}
                successes.append({"id": event["id"], "status": 201})
        return Answer({"successes": successes, "errors": errors}, 207)


def _json(incoming: Incoming) -> object:
    try:
        return json.loads(incoming.body, parse_constant=float.fromhex)
    except ValueError:
        raise RefusedError(Answer('"Invalid JSON"', 400)) from None


def _problem(score: dict) -> str | None:
    if not score.get("traceId"):
        return "Provide exactly one of the following: traceId (with optional observationId), sessionId or datasetRunId."
    if score.get("dataType") == "BOOLEAN" and score["value"] not in {0, 1}:
        return "Value must be a number equal to either 0 or 1 for data type BOOLEAN"
    if not isinstance(score.get("value"), int | float):
        return "Invalid input"
    return None


def _stored(score: dict, configs: dict[str, tuple[str, float, float]]) -> dict | None:
    """Return what becomes of an accepted score; None if it is dropped, of which nobody is told."""
    config = score.get("configId")
    name, least, most = configs.get(config, (None, 0, 0)) if config else (score["name"], score["value"], score["value"])
    if name is None or not least <= score["value"] <= most:
        return None
    at = score.get("timestamp", "2026-11-23T09:51:09.323Z")
    observation = {"kind": "observation", "id": score.get("observationId"), "traceId": score["traceId"]}
    return {
        "id": score["id"],
        "projectId": "local-project",
        "name": name,
        "source": "API",
        "timestamp": at,
        "environment": _environment(score.get("environment", "default")),
        "createdAt": at,
        "updatedAt": at,
        "comment": score.get("comment"),
        "configId": config,
        "metadata": score.get("metadata", {}),
        "authorUserId": None,
        "queueId": None,
        "subject": observation if score.get("observationId") else {"kind": "trace", "id": score["traceId"]},
        "dataType": "NUMERIC",
        "value": score["value"],
    }


def _environment(name: str) -> str:
    return re.sub(r"^langfuse[-_]?", "", name) if re.fullmatch(r"[a-z0-9_-]{1,40}", name) else "default"


def _matches(row: dict, query: dict[str, str]) -> bool:
    subject = row["subject"]
    trace_id = subject.get("traceId") or (subject["id"] if subject["kind"] == "trace" else None)
    given, value = _moment(row["timestamp"]), row["value"]
    lists = ("id", "name", "source", "environment", "dataType", "queueId", "authorUserId")
    return (
        all(row.get(name) in query[name].split(",") for name in lists if name in query)
        and ("value" not in query or str(value).lower() in query["value"].split(","))
        and ("valueMin" not in query or value >= float(query["valueMin"]))
        and ("valueMax" not in query or value <= float(query["valueMax"]))
        and ("traceId" not in query or trace_id in query["traceId"].split(","))
        and ("fromTimestamp" not in query or given >= _moment(query["fromTimestamp"]))
        and ("toTimestamp" not in query or given < _moment(query["toTimestamp"]))
    )


def _groups(fields: str | None) -> set[str]:
    groups = [name for name in (fields or "").split(",") if name]
    for i, name in enumerate(groups):
        if name not in GROUPS:
            words = 'Invalid option: expected one of "core"|"details"|"subject"|"annotation"'
            values = ["core", "details", "subject", "annotation"]
            issue = {"code": "invalid_value", "values": values, "path": ["fields", i], "message": words}
            raise bad_request("Invalid request data", [issue])
    return {"core", *groups}


def _limit(text: str) -> int:
    if int(text) > 100:
        issue = {"origin": "number", "code": "too_big", "maximum": 100, "inclusive": True, "path": ["limit"]}
        raise bad_request("Invalid request data", [issue | {"message": "Too big: expected number to be <=100"}])
    return int(text)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _order(row: dict) -> tuple[datetime, str]:
    return _moment(row["timestamp"]), row["id"]


def _cursor_after(row: dict) -> str:
    last = {"v": 1, "lastTimestamp": row["timestamp"], "lastId": row["id"]}
    return b64encode(json.dumps(last, separators=(",", ":")).encode()).decode().rstrip("=")


def _cursor(text: str) -> tuple[datetime, str]:
    try:
        last = json.loads(b64decode(text + "=" * (-len(text) % 4), validate=True))
    except ValueError:
        raise bad_request("Invalid cursor format", "InvalidRequestError") from None
    return _moment(last["lastTimestamp"]), last["lastId"]
