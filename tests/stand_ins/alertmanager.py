"""Alertmanager's API v2 on loopback: it keeps alerts by their labels, merges what it is told as the real one does.

`tests/alerts/channels/test_real_alertmanager.py` holds the same story against the real one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from tests.stand_ins.server import Answer, Incoming, StandIn
from tests.stand_ins.slack import FIRST_TS

TOKEN = "very-secret-alertmanager-token"
_OPENAPI = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "alertmanager_v2.openapi.yaml")
_SCHEMA = Draft202012Validator({"definitions": _OPENAPI["definitions"], "$ref": "#/definitions/postableAlerts"})
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass
class Kept:
    """An alert as Alertmanager has it."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    ends_at: datetime


class AlertmanagerStandIn:
    """One Alertmanager; tests set its clock.

    Attributes:
        kept: By labels; what is over stays here for the tests to see.
    """

    def __init__(self) -> None:
        self.kept: dict[frozenset, Kept] = {}
        self.now = datetime.fromtimestamp(FIRST_TS).astimezone() + timedelta(seconds=1)
        self.server = StandIn(self._handle)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def open(self) -> list[Kept]:
        return [kept for kept in self.kept.values() if kept.ends_at > self.now]

    def _handle(self, incoming: Incoming) -> Answer:
        if incoming.headers.get("Authorization") not in {None, f"Bearer {TOKEN}"}:
            return Answer("Unauthorized", status=401)
        if (incoming.method, incoming.path) == ("GET", "/api/v2/status"):
            return Answer({"versionInfo": {"version": "0.25.0"}, "cluster": {"status": "ready"}})
        if (incoming.method, incoming.path) != ("POST", "/api/v2/alerts"):
            return Answer("404 page not found", status=404)
        told = incoming.json()
        if errors := alert_errors(told):
            return Answer(errors, status=400)
        for alert in told:
            self._merge(alert)
        return Answer(b"", status=200)

    def _merge(self, alert: dict) -> None:
        """The earliest start counts, and the latest end of those that still lie ahead."""
        key = frozenset(alert["labels"].items())
        starts_at, ends_at = (datetime.fromisoformat(alert[name]) for name in ("startsAt", "endsAt"))
        before = self.kept.get(key)
        overlaps = before and (
            before.starts_at < ends_at < before.ends_at or before.starts_at < starts_at < before.ends_at
        )
        if overlaps:
            starts_at = min(starts_at, before.starts_at)
            ends_at = max(ends_at, before.ends_at) if ends_at > self.now else ends_at
        self.kept[key] = Kept(alert["labels"], alert["annotations"], starts_at, ends_at)


def alert_errors(alerts: list) -> list[str]:
    """Return what Alertmanager says of wrong alerts, in its oldest version that is about."""
    errors = [error.message for error in _SCHEMA.iter_errors(alerts)]
    if errors:
        return errors
    for alert in alerts:
        if not any(alert["labels"].values()):
            errors.append("at least one label pair required")
        errors += [f"invalid label set: invalid name {name!r}" for name in alert["labels"] if not _NAME.fullmatch(name)]
        errors += [f"invalid annotation {name!r}" for name in alert["annotations"] if not _NAME.fullmatch(name)]
        if datetime.fromisoformat(alert["endsAt"]) < datetime.fromisoformat(alert["startsAt"]):
            errors.append("start time must be before end time")
    return errors


@contextmanager
def alertmanager() -> Iterator[AlertmanagerStandIn]:
    """Run Alertmanager for the length of a test."""
    running = AlertmanagerStandIn()
    with running.server:
        yield running
