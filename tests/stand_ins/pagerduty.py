"""PagerDuty's Events API v2 on loopback: it keeps incidents by key and changes, and refuses what its own description
and its documented limits refuse."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.stand_ins.server import Answer, Incoming, StandIn

ROUTING_KEY = "a0utingKeyThatNobodyElseMayKnow1"
_OPENAPI = json.loads((Path(__file__).parents[1] / "data" / "pagerduty_events_v2.openapi.json").read_text())
_SCHEMAS = {
    path: Draft202012Validator(
        {**_OPENAPI, "$ref": f"#/paths/{path.replace('/', '~1')}/post/requestBody/content/application~1json/schema"}
    )
    for path in ("/enqueue", "/change/enqueue")
}
_MOST_BYTES = 512_000


@dataclass
class Incident:
    """Something somebody was woken for."""

    summary: str
    severity: str
    events: list[dict] = field(default_factory=list)
    resolved: bool = False


class PagerDutyStandIn:
    """One integration; *incidents* are oldest first under each key, *changes* in the order of their coming."""

    def __init__(self) -> None:
        self.incidents: dict[str, list[Incident]] = {}
        self.changes: list[dict] = []
        self.server = StandIn(self._handle)

    @property
    def url(self) -> str:
        return self.server.url

    def _handle(self, incoming: Incoming) -> Answer:
        place = incoming.path.removeprefix("/v2")
        if incoming.method != "POST" or place not in _SCHEMAS:
            return Answer({"status": "not found", "message": "No such place"}, status=404)
        if len(incoming.body) > _MOST_BYTES:
            return Answer({"status": "too large", "message": "Payload Too Large"}, status=413)
        event = json.loads(incoming.body, parse_constant=_refuse)
        if place == "/change/enqueue":
            return self._change(event)
        if errors := event_errors(event):
            return invalid(*errors)
        key = event.get("dedup_key") or f"made-up-{len(self.incidents)}"
        self._keep(key, event)
        return Answer({"status": "success", "message": "Event processed", "dedup_key": key}, status=202)

    def _change(self, change: dict) -> Answer:
        if errors := change_errors(change):
            return invalid(*errors)
        self.changes.append(change)
        return Answer({"status": "success", "message": "Change event processed"}, status=202)

    def _keep(self, key: str, event: dict) -> None:
        known = self.incidents.get(key, [])
        still_open = known[-1] if known and not known[-1].resolved else None
        if event["event_action"] == "trigger":
            if still_open is None:
                still_open = Incident(event["payload"]["summary"], event["payload"]["severity"])
                self.incidents.setdefault(key, []).append(still_open)
            still_open.events.append(event)
        elif still_open is not None:
            still_open.events.append(event)
            still_open.resolved = event["event_action"] == "resolve"


def event_errors(event: dict) -> list[str]:
    """Return what PagerDuty says of a wrong event; its limits are in words only, not in its schema."""
    errors = _errors("/enqueue", event)
    if len(event.get("dedup_key", "")) > 255:
        errors.append("'dedup_key' is longer than 255 characters")
    if event.get("event_action") == "trigger":
        errors += _payload_errors(event, "summary", "source", "severity")
    elif not event.get("dedup_key"):
        errors.append("'dedup_key' is missing or blank")
    return errors


def change_errors(change: dict) -> list[str]:
    """Return what PagerDuty says of a wrong change event."""
    errors = _errors("/change/enqueue", change) + _payload_errors(change, "summary")
    if change.get("routing_key", "").startswith("R"):
        errors.append("The key of a ruleset takes no change events")
    return errors + [f"A change event has no {name}" for name in ("dedup_key", "event_action") if name in change]


def _errors(place: str, event: dict) -> list[str]:
    errors = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in _SCHEMAS[place].iter_errors(event)]
    key = event.get("routing_key", "")
    if len(key) != 32:
        errors.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    elif key != ROUTING_KEY:
        errors.append(f"Invalid routing key {key}")
    urls = [link.get("href", "") for link in event.get("links", [])] + [event.get("client_url", "https://")]
    return errors + [
        f"{url} is no URL" for url in urls if not (url.startswith(("http://", "https://")) and url.isascii())
    ]


def _payload_errors(event: dict, *required: str) -> list[str]:
    payload = event.get("payload")
    if payload is None:
        return ["'payload' is missing or blank"]
    errors = [f"'payload.{name}' is missing or blank" for name in required if not payload.get(name)]
    if "timestamp" in payload and not datetime.fromisoformat(payload["timestamp"]).tzinfo:
        errors.append("'timestamp' says no zone")
    return errors + (["'summary' is longer than 1024"] if len(payload.get("summary", "")) > 1024 else [])


def invalid(*errors: str) -> Answer:
    return Answer({"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)}, status=400)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


@contextmanager
def pagerduty() -> Iterator[PagerDutyStandIn]:
    """Run PagerDuty for the length of a test."""
    running = PagerDutyStandIn()
    with running.server:
        yield running
