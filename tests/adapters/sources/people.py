"""What people said of some of the recorded answers, as Langfuse's annotation queues store it."""

from datetime import UTC, datetime, timedelta

from domain.window import Window

QUEUE_ID = "id00000001"
"""What the first queue of a stand-in gets."""

QUEUE = "worst-answers"
MORNING = datetime(2026, 11, 22, 9, tzinfo=UTC)
THAT_DAY = Window(MORNING, MORNING + timedelta(hours=12))


def said(number, value, kind="BOOLEAN", **changes):
    """One score that a person gave; *number* minutes after nine."""
    row = {
        "id": f"label-{number}",
        "projectId": "local-project",
        "name": "faithfulness",
        "source": "ANNOTATION",
        "timestamp": (MORNING + timedelta(minutes=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "environment": "shop-prod",
        "createdAt": "2026-11-22T09:00:00.000Z",
        "updatedAt": "2026-11-22T09:00:00.000Z",
        "comment": None,
        "configId": "beaee43d-df1c-47d1-a352-bde2fe12564d",
        "metadata": {},
        "authorUserId": "ann",
        "queueId": QUEUE_ID,
        "subject": {"kind": "trace", "id": f"trace-{number}"},
        "dataType": kind,
        "value": value,
    }
    return row | changes
