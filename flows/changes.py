"""Telling what is new: a release, a prompt version, a model. Nobody is called; whoever looks for a cause finds it."""

from datetime import datetime

from prefect import get_run_logger

from alerts.words import change
from domain.alerting import Notice
from domain.newcomers import newcomers
from flows.services import Services


def tell_of_changes(services: Services, slot: datetime) -> None:
    """Queue what is new at *slot* for those who hear of changes; each name once ever."""
    channels = services.configured.file.told_of_changes
    if not channels:
        return
    found = newcomers(services.store.history(services.name, services.configured.plan), slot)
    messages = [change(services.application, one, services.links, slot) for one in reversed(found)]
    outbox = services.store.outbox.of(services.name)
    known = outbox.known([message.key for message in messages])
    news = [message for message in messages if message.key not in known]
    outbox.add([Notice(message=message, channels=channels) for message in news], slot)
    for message in news:
        get_run_logger().info("%s", message.sentence)
