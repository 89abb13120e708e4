"""The past decided again by any rules, from what the store remembers: nothing is read, kept or told.

The code is that of a live run: the alert desk, over the stored outlook. What it knows is not always the same. A live
slot is decided by what is there at that minute; the store also has what came later: late traces, answers judged after
their turn, thumbs. And nobody takes an incident in a backtest, so that those who are told are reminded to the end.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice

from adapters.collecting import without_collection
from adapters.store import Known, Store
from adapters.store.aside import counting_aside
from alerts.backtest import Outcome, outcome
from alerts.desk import AlertDesk, Memory
from alerts.ledger import Ledger
from domain.duration import spell_duration
from domain.errors import ConfigError
from domain.window import Window, slots
from flows.configuration import Configured
from flows.outlook import StoredOutlook, stretch_of
from flows.rulebooks import rulebook
from flows.services import SETTLE
from flows.silenced import silences_within

_AT_ONCE = 360
"""So many slots are decided in one go: their evaluations are in memory until they are added up."""

_JUST_AFTER = timedelta(microseconds=1)


def backtest(
    store: Store, configured: Configured, window: Window, done: Callable[[datetime], None] = lambda _: None
) -> Outcome:
    """Decide the slots of *window* and return what came of it; *done* is told how far it is.

    Raises:
        ConfigError: There is no slot in *window*, or nothing is known of it.
    """
    name, book = configured.application.name, rulebook(configured)
    refuse_unknown(store, name, window)
    ledger = Ledger()
    replay(store, configured, window, ledger, done)
    if not ledger.slots:
        raise ConfigError(f"no slot lies in that time: they are {spell_duration(book.slot_length)} apart")
    silences = silences_within(store, configured, Window(window.start, window.end + _JUST_AFTER))
    return outcome(name, window, SETTLE, configured.rules, silences, ledger)


def backtest_tried(
    store: Store,
    tried: Configured,
    present: Configured,
    window: Window,
    done: Callable[[datetime], None] = lambda _: None,
) -> Outcome:
    """Do the same by rules that are only *tried*: what they count otherwise than the *present* ones is not kept."""
    if tried.plan.version == present.plan.version:
        return backtest(store, tried, window, done)
    with counting_aside(store) as aside:
        return backtest(aside, tried, window, done)


def replay(
    store: Store, configured: Configured, window: Window, memory: Memory, done: Callable[[datetime], None]
) -> None:
    """Decide the slots of *window* into *memory*; whole days share an outlook."""
    book = rulebook(configured)
    desk = AlertDesk(configured.application.name, book, memory)
    stretch = stretch_of(store.history(configured.application.name, configured.plan), window)
    for part in window.parts(stretch):
        due = iter(slots(part.start, part.end, book.slot_length))
        outlook = None
        while some := list(islice(due, _AT_ONCE)):
            outlook = outlook or StoredOutlook(store, configured, book, some[0], part.end, SETTLE)
            with without_collection(), _unheard():
                desk.decide(some, outlook)
            done(some[-1])


def refuse_unknown(store: Store, application: str, window: Window) -> Known:
    """Return from when until when the application's traces are known.

    Raises:
        ConfigError: They never were, or *window* lies outside of it.
    """
    known = store.requests.known(application)
    if known is None:
        raise ConfigError(f"{application}: nothing is read yet; `goodput run watch-requests` reads what is new")
    if window.end <= known.start or known.until <= window.start:
        raise ConfigError(
            f"{application}: nothing is known of that time; its traces are known from {_moment(known.start)} to "
            f"{_moment(known.until)}"
        )
    return known


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep what fires out of the log: it is long over, and the outcome says it."""
    log = logging.getLogger("alerts.desk")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%MZ}"
