"""Goodput watching itself: decided at every run, whatever the source of traces does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.store import Store
from alerts.view import View
from domain.watching import WatchedRule
from domain.window import Window
from flows.configuration import Configured
from flows.outlook import StoredOutlook

_LOOK = timedelta(hours=2)


class WatcherOutlook:
    """What was known at a slot, and how the watcher itself does."""

    def __init__(self, outlook: StoredOutlook, store: Store, configured: Configured) -> None:
        self._outlook = outlook
        self._store = store
        self._configured = configured

    def view(self, slot: datetime) -> View:
        """Return the world at *slot*, with the state of rules, channels and slots."""
        name, outbox = self._configured.application.name, self._store.outbox
        return replace(
            self._outlook.view(slot),
            watched=self._watched(),
            channels=outbox.of(name).health(list(self._configured.file.channels)),
            decided=self._store.alerts.decided(name, Window(slot - _LOOK, slot + timedelta(microseconds=1))),
            slot_length=self._configured.file.slot,
        )

    def _watched(self) -> Sequence[WatchedRule]:
        seen = self._store.alerts.seen(self._configured.application.name)
        return [
            WatchedRule(
                name=rule.name, severity=rule.severity, blind_after=rule.blind_after, seen_at=seen.get(rule.name)
            )
            for rule in self._configured.rules
            if rule.blind_after is not None
        ]
