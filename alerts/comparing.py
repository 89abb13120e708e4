"""Two backtests of one past, side by side: what a change of the rules would have done."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.backtest import Episode, OfRule, Outcome
from alerts.figures import window_words
from domain.duration import spell_duration

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of the same past, by two sets of rules."""

    before: Outcome
    after: Outcome

    @property
    def lost(self) -> list[Episode]:
        """The episodes that are no longer found: nothing of that rule goes on about the same thing at that time."""
        return _without(self.before.episodes, self.after.episodes)

    @property
    def new(self) -> list[Episode]:
        """The episodes that were not found before."""
        return _without(self.after.episodes, self.before.episodes)

    @property
    def moved(self) -> list[tuple[Episode, timedelta]]:
        """The episodes that fire at another time than before, and how much later that is."""
        found = ((one, _first(one, self.before.episodes)) for one in self.after.episodes)
        shifts = [(one, one.fired_at - before.fired_at) for one, before in found if before is not None]
        return [(one, shift) for one, shift in shifts if shift]

    @property
    def rules(self) -> Iterator[tuple[str, OfRule | None, OfRule | None]]:
        """What came of each rule by both; None where there is no such rule."""
        before = {one.name: one for one in self.before.rules}
        after = {one.name: one for one in self.after.rules}
        for name in dict.fromkeys((*before, *after)):
            yield name, before.get(name), after.get(name)

    @property
    def differs(self) -> bool:
        """Whether any episode or message is another one, or at another time; words do not count."""
        return _shape(self.before) != _shape(self.after)

    @property
    def verdict(self) -> str:
        """What the change would have done, in one line."""
        over = window_words(self.after.window.length)
        if not self.differs:
            return f"nothing differs in {over}"
        counted = [
            _more("page", self.after.pages - self.before.pages),
            _more("ticket", self.after.tickets - self.before.tickets),
        ]
        told = " and ".join(one for one in counted if one) or "as many pages and tickets"
        changes = [*_changes(self.lost, "no longer found"), *_changes(self.new, "found anew"), *_moves(self.moved)]
        return "; ".join((f"{told} in {over}", *changes))


def _without(these: Sequence[Episode], those: Sequence[Episode]) -> list[Episode]:
    return [one for one in these if _first(one, those) is None]


def _first(one: Episode, those: Sequence[Episode]) -> Episode | None:
    return next((other for other in those if one.overlaps(other)), None)


def _shape(of: Outcome) -> tuple[object, ...]:
    """Return all of an outcome that is not words."""
    found = sorted(
        (one.rule, one.labels, one.fired_at, str(one.severity), one.since, str(one.ended), str(one.told_at))
        for one in of.episodes
    )
    messages = [one.message for one in of.notices]
    return found, sorted((one.at, one.kind, one.severity, one.rule) for one in messages)


def _more(what: str, by: int) -> str:
    """Return how many more, or fewer, there are.

    >>> _more("page", -3), _more("ticket", 1), _more("page", 0)
    ('3 pages fewer', '1 ticket more', '')
    """
    if not by:
        return ""
    return f"{abs(by)} {what}{'s' if abs(by) > 1 else ''} {'more' if by > 0 else 'fewer'}"


def _changes(found: Sequence[Episode], how: str) -> list[str]:
    """Return for each rule how many of its episodes are lost or new, and when the first of them were."""
    times = Counter(one.rule for one in found)
    return [
        f"{_episodes(n)} of {rule} {how}: {_when([e for e in found if e.rule == rule])}" for rule, n in times.items()
    ]


def _when(found: Sequence[Episode]) -> str:
    named = [f"{_moment(one.since)}" for one in found[:_MOST_NAMED]]
    more = len(found) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _moment(at: datetime) -> str:
    return f"{at:%-d %b %H:%M}"


def _moves(moved: Sequence[tuple[Episode, timedelta]]) -> list[str]:
    later = [shift for _, shift in moved if shift > timedelta()]
    earlier = [-shift for _, shift in moved if shift < timedelta()]
    return [
        f"{_episodes(len(shifts))} {word}, by up to {spell_duration(max(shifts))}"
        for word, shifts in (("found later", later), ("found earlier", earlier))
        if shifts
    ]


def _episodes(n: int) -> str:
    return f"{n} episode{'s' if n > 1 else ''}"
