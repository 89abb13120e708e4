"""As much of Prefect's API on loopback as takes events; a real server takes the same in `test_prefect_event.py`."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from tests.stand_ins.server import Answer, Incoming, StandIn

AUTH_STRING = "admin:very-secret-prefect-password"
BASIC = f"Basic {b64encode(AUTH_STRING.encode()).decode()}"


class PrefectApiStandIn:
    """One server that asks for a password; *events* are by id, as they came first."""

    def __init__(self) -> None:
        self.events: dict[UUID, dict] = {}
        self.server = StandIn(self._handle)

    @property
    def url(self) -> str:
        return f"{self.server.url}/api"

    def _handle(self, incoming: Incoming) -> Answer:
        if incoming.headers.get("Authorization") != BASIC:
            return Answer({"exception_message": "Unauthorized"}, status=401)
        if (incoming.method, incoming.path) == ("GET", "/api/admin/version"):
            return Answer("3.8.8".join('""'))
        if (incoming.method, incoming.path) != ("POST", "/api/events"):
            return Answer({"detail": "Not Found"}, status=404)
        told = incoming.json()
        if errors := [error for event in told for error in event_errors(event)]:
            return Answer({"exception_message": "Invalid request received.", "exception_detail": errors}, status=422)
        for event in told:
            self.events.setdefault(UUID(event["id"]), event)
        return Answer(b"", status=204)


def event_errors(event: dict) -> list[str]:
    """Return what Prefect says of a wrong event."""
    missing = [f"{name} is missing" for name in ("id", "occurred", "event", "resource") if not event.get(name)]
    resources = [event.get("resource", {}), *event.get("related", [])]
    wrong = [f"{label} must be text" for one in resources for label, value in one.items() if not isinstance(value, str)]
    unnamed = ["prefect.resource.id is missing" for one in resources if not one.get("prefect.resource.id")]
    idle = ["prefect.resource.role is missing" for one in resources[1:] if not one.get("prefect.resource.role")]
    return missing + wrong + unnamed + idle


@contextmanager
def prefect_events() -> Iterator[PrefectApiStandIn]:
    """Run the API for the length of a test."""
    running = PrefectApiStandIn()
    with running.server:
        yield running
