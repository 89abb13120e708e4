"""Traffic as Langfuse would show it: one root and one model call per request."""

from datetime import UTC, datetime, timedelta

from tests.stand_ins.langfuse import GROUPS, PRICES

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
CONTEXT = '["Returns. Most items can be returned within 30 days of delivery."]'
TRUE = "Most items can be returned within 30 days of delivery."
EVERY_FIELD = dict.fromkeys((*(name for names in GROUPS.values() for name in names), *PRICES))
INVENTED = "Most items can be returned within 90 days of delivery."


def wire(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def request(
    number: int,
    at: datetime,
    *,
    seconds: float = 1.0,
    ttft_s: float = 0.2,
    failed: str | None = None,
    answer: str = TRUE,
    cost: float = 0.002,
    feature: str = "returns",
) -> list[dict]:
    """The rows of one request that began at *at*."""
    trace = f"{number:032x}"
    end = at + timedelta(seconds=seconds)
    common = {
        **EVERY_FIELD,
        "traceId": trace,
        "environment": "prod",
        "traceName": "bot",
        "tags": [f"feature:{feature}", "tier:pro"],
        "userId": "u1",
        "sessionId": "",
        "release": "1.0",
        "version": "",
        "updatedAt": wire(end),
        "createdAt": wire(end),
        "metadata": {},
        "statusMessage": failed or "",
        "level": "ERROR" if failed else "DEFAULT",
        "usageDetails": {},
        "costDetails": {},
        "totalCost": 0,
        "model": "",
        "promptName": "",
        "promptVersion": None,
        "completionStartTime": None,
    }
    root = {**common, "id": f"r{number}", "type": "AGENT", "name": "bot", "isRootObservation": True}
    retrieval = {
        **common,
        "id": f"x{number}",
        "type": "RETRIEVER",
        "name": "search",
        "level": "DEFAULT",
        "statusMessage": "",
    }
    call = {**common, "id": f"g{number}", "type": "GENERATION", "name": "answer", "model": "gpt-4o-mini"}
    root |= {"parentObservationId": None, "input": "How long can I return?", "output": None if failed else answer}
    retrieval |= {"parentObservationId": f"r{number}", "isRootObservation": False, "input": "?", "output": CONTEXT}
    call |= {"parentObservationId": f"r{number}", "isRootObservation": False, "input": "?", "output": answer}
    if not failed:
        call |= {
            "usageDetails": {"input": 100, "output": 20, "total": 120},
            "costDetails": {"total": cost},
            "totalCost": cost,
            "completionStartTime": wire(at + timedelta(seconds=ttft_s)),
        }
    return [{**row, "startTime": wire(at), "endTime": wire(end)} for row in (root, retrieval, call)]


def thumb(number: int, at: datetime, *, up: bool) -> dict:
    """A user's vote on a request."""
    return {
        "id": f"vote-{number}",
        "name": "user-feedback",
        "value": up,
        "dataType": "BOOLEAN",
        "source": "API",
        "timestamp": wire(at),
        "environment": "prod",
        "subject": {"kind": "trace", "id": f"{number:032x}"},
    }


def steady(start: datetime, minutes: int, *, per_minute: int = 10, first: int = 0, **how: object) -> list[dict]:
    """Requests spread evenly over *minutes*."""
    rows: list[dict] = []
    for number in range(minutes * per_minute):
        moment = start + timedelta(seconds=number * 60 / per_minute)
        rows += request(first + number, moment, **how)  # type: ignore[arg-type]
    return rows
