"""The view of each slot, from what the store remembers: loaded once for a stretch of slots, cut to each of them."""

from datetime import UTC, datetime, timedelta

from adapters.store import Store
from alerts.conditions import Unreachable
from alerts.engine import Rulebook
from alerts.view import COMPARED_DAYS, JUDGE_MODELS_OVER, JUDGED_TOO_LONG_AGO, View
from domain.anchor import checks_at
from domain.history import LONG, History
from domain.reconciliation import add_up_days
from domain.seen import Seen
from domain.window import Window, floor_to
from flows.configuration import Configured
from flows.silenced import silences_within

_JUDGED_EVERY = timedelta(minutes=15)  # as `evaluate-traces` is scheduled; a replay pretends that it was so
_JUST_AFTER = timedelta(microseconds=1)  # a probe is filed under its slot, and windows leave their end out
_DAY = timedelta(days=1)
_NO_TIME = timedelta()
_MOST_ROWS, _MOST_DAYS = 200_000, 15
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class StoredOutlook:
    """What was known at each slot of a stretch, no more: a slot's windows end before later requests."""

    def __init__(
        self, store: Store, configured: Configured, book: Rulebook, first: datetime, last: datetime, settle: timedelta
    ) -> None:
        self._configured = configured
        self._objectives = {objective.name: objective for objective in configured.objectives}
        self._settle = settle
        self._known = store.requests.known(configured.application.name)
        looks_back = book.looks_back(first, last)
        self._history = store.history(configured.application.name, configured.plan)
        self._history.hold(
            rows=_before(first - settle, min(looks_back, LONG) + JUDGED_TOO_LONG_AGO, last),
            hours=_before(first - settle, looks_back + JUDGED_TOO_LONG_AGO, last),
        )
        self._judged = store.judgements.judged_until(configured.application.name)
        self._probed = _probed(book)
        probes = store.probes.made_in(configured.application.name, _before(first, self._probed, last + _JUST_AFTER))
        self._probes = Seen(probes, lambda one: one.at, list)
        compared = Window(floor_to(first, _DAY) - COMPARED_DAYS * _DAY, last + _JUST_AFTER)
        hours = store.reconciliations.hours(configured.application.name, compared)
        self._reconciled = Seen(hours, lambda one: one.checked_at, add_up_days)

        self._silences = silences_within(store, configured, Window(first, last + _JUST_AFTER))
        rounds = store.anchors.rounds(configured.application.name)
        self._checks = Seen(rounds, lambda one: one.at, lambda made: checks_at(made, last))
        served = Window(first - JUDGE_MODELS_OVER, last + _JUST_AFTER)
        self._served = store.judgements.served_models(configured.application.name, served)

    def view(self, slot: datetime) -> View:
        """Return the world as it was known at *slot*."""
        return View(
            slot=slot,
            application=self._configured.application,
            objectives=self._objectives,
            history=self._history,
            judged_until=min(self._judged, floor_to(slot, _JUDGED_EVERY)) if self._judged else None,
            probes=self._probes.between(slot - self._probed, slot),
            reconciled=self._reconciled.until(slot),
            judge_checks=self._checks.until(slot),
            silences=self._silences,
            judge_models=[one for one in self._served if one.first <= slot],
            known_from=self._known.start if self._known else slot,
            known_until=min(self._known.until, slot) if self._known else _LONG_AGO,
            settle=self._settle,
        )


def _probed(book: Rulebook) -> timedelta:
    """Return how far back the rules look that are about probes."""
    looks = (rule.when.looks_back for rule in book.rules if isinstance(rule.when, Unreachable))
    return max(looks, default=_NO_TIME)


def _before(first: datetime, looks_back: timedelta, last: datetime) -> Window:
    return Window(max(first - looks_back, _LONG_AGO), last)


def stretch_of(history: History, past: Window) -> timedelta:
    """Return for how long slots of *past* best share an outlook: whole days, of no more rows than are soon forgotten.

    Days before a stretch are read again for the windows that begin there, so a longer one reads less.
    """
    per_day = len(history.over(past)) / (past.length / _DAY)
    return max(1, min(_MOST_DAYS, int(_MOST_ROWS / max(per_day, 1)))) * _DAY
