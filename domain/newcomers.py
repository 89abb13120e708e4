"""What serves since a moment ago and did not before: a release, a prompt version, a model as it calls itself.

Most troubles begin with a change. What is new is what carries a name that no request of the days before carried, where
so many came that it would have been seen: chance that it was only rare is ruled out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.facts import OTHER, from_us
from domain.history import LONG, History
from domain.window import Window

SERVING = ("release", "prompt_version", "model")
"""The labels whose new names are news."""

RECENT, BEFORE = timedelta(hours=6), timedelta(days=7)

_DAY = timedelta(days=1)
_FEWEST = 3
"""Requests without which a name is not told: a typing error in one request is no release."""

_MOST = 5
"""New names of one label beyond which the label does not say what serves, but something of each request."""

_DOUBT = 1e-4
"""How often a name may be called new that is only rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A name that serves since *first*.

    Attributes:
        n, of: Since then, how many of how many requests that carry the label at all.
        before: The name that lost most by it, and its share in the days before; None where none lost anything.
        before_n, before_of: How many of how many requests that one served in the days before.
    """

    label: str
    name: str
    first: datetime
    n: int
    of: int
    before: str | None = None
    before_n: int = 0
    before_of: int = 0


def newcomers(
    history: History, until: datetime, recent: timedelta = RECENT, before: timedelta = BEFORE
) -> list[Newcomer]:
    """Return what first served in the time *recent* up to *until* and not in the time *before* that, newest first.

    In most runs nothing is new: then each label asks about the recent time and about one day before it, no more.
    A name of which it cannot be known whether it is new is not told: where the label had nothing before, or so many
    names that the rest of them were counted as one.
    """
    now = Window.ending(until, recent)
    found = [one for label in SERVING for one in _of_label(history, label, now, before)]
    return sorted(found, key=lambda one: (one.first, one.label, one.name), reverse=True)


def _of_label(history: History, label: str, now: Window, before: timedelta) -> list[Newcomer]:
    unknown = {name for name, n in _sizes(history, now, label).items() if n >= _FEWEST and name != OTHER}
    if unknown:
        unknown -= _sizes(history, Window.ending(now.start, min(before, _DAY)), label).keys()
    if not unknown:
        return []
    was = _sizes(history, Window.ending(now.start, before), label)
    fresh = unknown - was.keys()
    if not was or OTHER in was or not 0 < len(fresh) <= _MOST:
        return []
    made = (_newcomer(history, label, name, now, was) for name in sorted(fresh))
    return [one for one in made if _is_new(one)]


def _newcomer(history: History, label: str, name: str, now: Window, was: Mapping[str, int]) -> Newcomer:
    first = _first_seen(history, label, name, now)
    since = _sizes(history, Window(first, now.end), label)
    of, before_of = sum(since.values()), sum(was.values())
    lost = {one: n / before_of - since.get(one, 0) / max(of, 1) for one, n in was.items()}
    replaced = max(sorted(lost), key=lambda one: lost[one])
    new = Newcomer(label=label, name=name, first=first, n=since.get(name, 0), of=of, before_of=before_of)
    if lost[replaced] <= 0:
        return new
    return Newcomer(
        label=label,
        name=name,
        first=first,
        n=new.n,
        of=of,
        before=replaced,
        before_n=was[replaced],
        before_of=before_of,
    )


def _is_new(one: Newcomer) -> bool:
    """Whether a name that always had this share would surely have been seen before."""
    share = one.n / one.of if one.of else 0.0
    return one.n >= _FEWEST and (1 - share) ** one.before_of <= _DOUBT


def _first_seen(history: History, label: str, name: str, window: Window) -> datetime:
    """Return when the first request of *window* with this name ended: by halves, until rows are few enough to read."""
    while window.length >= LONG:
        middle = window.start + window.length / 2
        half = Window(window.start, middle)
        window = half if name in _names(history, label, half) else Window(middle, window.end)
    rows = history.rows(window).labelled(label, name)
    return from_us(int(rows.ended_us[0])) if len(rows) else window.start


def _names(history: History, label: str, window: Window) -> Collection[str]:
    return history.by(window, label).keys()


def _sizes(history: History, window: Window, label: str) -> dict[str, int]:
    return {name: len(sample) for name, sample in history.by(window, label).items()}
