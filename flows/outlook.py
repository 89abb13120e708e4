"""The view of each slot, from what the store remembers: loaded once for a stretch of slots, cut to each of them."""

from datetime import UTC, datetime, timedelta

from adapters.store import Store
from alerts.engine import Rulebook
from alerts.view import JUDGED_TOO_LONG_AGO, View
from domain.window import Window, floor_to
from flows.configuration import Configured

_JUDGED_EVERY = timedelta(minutes=15)  # as `evaluate-traces` is scheduled; a replay pretends that it was so
_JUST_AFTER = timedelta(microseconds=1)  # a probe is filed under its slot, and windows leave their end out
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class StoredOutlook:
    """What was known at each slot of a stretch, no more: later requests are hidden from earlier slots."""

    def __init__(
        self, store: Store, configured: Configured, book: Rulebook, first: datetime, last: datetime, settle: timedelta
    ) -> None:
        self._configured = configured
        self._objectives = {objective.name: objective for objective in configured.objectives}
        self._settle = settle
        self._known = store.requests.known(configured.application.name)
        looks_back = book.looks_back(first, last)
        window = Window(max(first - settle - looks_back - JUDGED_TOO_LONG_AGO, _LONG_AGO), last)
        self._facts = store.requests.facts(configured.application.name, window)
        self._judged = store.judgements.judged_until(configured.application.name)
        self._probes = store.probes.made_in(configured.application.name, Window(window.start, last + _JUST_AFTER))

    def view(self, slot: datetime) -> View:
        """Return the world as it was known at *slot*."""
        until = slot - self._settle
        return View(
            slot=slot,
            application=self._configured.application,
            objectives=self._objectives,
            facts=self._facts.within(Window(_LONG_AGO, until)),
            judged_until=min(self._judged, floor_to(slot, _JUDGED_EVERY)) if self._judged else None,
            probes=[probe for probe in self._probes if probe.at <= slot],
            known_from=self._known.start if self._known else slot,
            known_until=min(self._known.until, slot) if self._known else _LONG_AGO,
            settle=self._settle,
        )
