"""Taking an incident: one way for everybody who asks, wherever they ask."""

from dataclasses import replace
from datetime import datetime

from adapters.store import Store
from alerts.words import acknowledged
from domain.alerting import Notice
from domain.application import Application
from domain.incident import Acknowledgement, Incident, Taking


def take(
    store: Store, application: Application, incident: Incident, *, by: str, at: datetime, comment: str = ""
) -> Taking:
    """Note that *by* has taken an incident, and queue the message about it, unless somebody has, or it is over.

    The message leaves with the next run of deliver-messages.

    Raises:
        TransientError: The database does not answer.
    """
    taken = Acknowledgement(key=incident.key, by=by, at=at, comment=comment)
    message = acknowledged(incident, application.name, application.environment, taken)
    newest = store.outbox.of(application.name).newest(incident.key)
    if newest is not None:  # what is wrong stays where people read it
        message = replace(
            newest,
            kind=message.kind,
            sentence=message.sentence,
            at=at,
            is_news=False,
            is_taken=True,
            severity=incident.severity,
        )
    return store.alerts.acknowledge(application.name, taken, Notice(message=message, channels=incident.channels))
