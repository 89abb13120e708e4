"""Taking requests in: from a source's observations to stored facts, each window whole or not at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.sources import Skip, TraceSource
from adapters.store import Store
from domain.assembly import Assembly, Trace, assemble, group
from domain.observation import Observation
from domain.reconciliation import Totals, totals_of
from domain.window import Window

OVERLAP = timedelta(minutes=15)
"""How far back every reading goes again: spans are sent when they end, so the longest request and the source's lag.

What a trace lacks this long after it began does not come any more.
"""

_SKEW = timedelta(minutes=1)
"""How much earlier than its root a span may seem to start, because two hosts have two clocks."""


_PART = timedelta(hours=12)
"""A longer time is read in parts, so that the rows of one part are all that memory holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """What one reading brought.

    Attributes:
        waiting: Traces that are not complete yet; the next reading has them.
        cut: Traces without a root whose beginning lies before what was read.
        skips: Rows that could not be read.
        oddities: What was wrong with requests that were kept all the same, and how often.
    """

    window: Window
    observations: int
    requests: int
    new: int
    feedback: int
    waiting: int
    cut: int
    skips: tuple[Skip, ...]
    oddities: Counter[str] = field(default_factory=Counter)

    def __add__(self, later: "IntakeReport") -> "IntakeReport":
        return IntakeReport(
            window=Window(self.window.start, later.window.end),
            observations=self.observations + later.observations,
            requests=self.requests + later.requests,
            new=self.new + later.new,
            feedback=self.feedback + later.feedback,
            waiting=later.waiting,
            cut=self.cut + later.cut,
            skips=self.skips + later.skips,
            oddities=self.oddities + later.oddities,
        )

    def __str__(self) -> str:
        parts = [
            f"{self.requests} requests from {self.observations} observations, {self.new} new, {self.feedback} votes"
        ]
        parts += [f"{self.waiting} not complete yet"] * bool(self.waiting)
        parts += [f"{self.cut} begun before what was read"] * bool(self.cut)
        parts += [f"{count} with {oddity}" for oddity, count in sorted(self.oddities.items())]
        reasons = Counter(skip.reason for skip in self.skips)
        parts += [f"{n} rows skipped: {why} (first {self._first(why)})" for why, n in sorted(reasons.items())]
        return "; ".join(parts)

    def _first(self, reason: str) -> str:
        return next(skip.where for skip in self.skips if skip.reason == reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A window that was read again.

    Attributes:
        rows: What started in it, all applications' rows and unreadable ones included.
        late: Requests that the readings before did not have.
    """

    rows: Totals
    late: int


class Intake:
    """Reads one application's traces from its source into the store."""

    def __init__(self, source: TraceSource, store: Store, reading: Assembly) -> None:
        self._source = source
        self._store = store
        self._reading = reading

    async def read(self, start: datetime, until: datetime) -> IntakeReport:
        """Read what is new since the last reading (or since *start*, the first time) up to *until*.

        Nothing is kept and nothing is marked as read unless every page of a part arrived.
        """
        known = self._store.requests.known(self._reading.application.name)
        account = start if known is None else min(start, known.start)
        begin = start if known is None or start < known.start else known.until
        begin = min(begin, until - timedelta(seconds=1))
        reports = []
        for part in Window(begin, until).parts(_PART):
            reading = Window(_goes_back_to(part.start, account), part.end)
            rows, skips = await self._rows(reading)
            reports.append(await self._keep(rows, skips, reading, part, account))
        return sum(reports[1:], reports[0])

    def knows(self, window: Window) -> bool:
        """Whether *window* was read before, all of it."""
        known = self._store.requests.known(self._reading.application.name)
        return known is not None and known.start <= window.start and window.end <= known.until

    async def read_again(self, window: Window) -> Reread | None:
        """Read *window* again, and keep what came late.

        None for a window that is not known yet: reading it for the first time is not this method's business.
        """
        known = self._store.requests.known(self._reading.application.name)
        if known is None or not self.knows(window):
            return None
        reading = Window(_goes_back_to(window.start, known.start), window.end)
        rows, skips = await self._rows(reading)
        report = await self._keep(rows, skips, reading, window, known.start)
        unreadable = {skip.where for skip in skips if skip.started_at is None or skip.started_at in window}
        return Reread(
            rows=totals_of((row for row in rows if row.started_at in window), unreadable=len(unreadable)),
            late=report.new,
        )

    async def _rows(self, window: Window) -> tuple[list[Observation], list[Skip]]:
        rows: list[Observation] = []
        skips: list[Skip] = []
        async for page in self._source.observations(window):
            rows.extend(page.observations)
            skips.extend(page.skips)
        return rows, skips

    async def _keep(
        self, rows: list[Observation], skips: list[Skip], reading: Window, part: Window, account: datetime
    ) -> IntakeReport:
        application = self._reading.application.name
        traces = list(group(rows))
        doubtful = [trace.id for trace in traces if not trace.has_root or _perhaps_cut(trace, reading)]
        stored = self._store.requests.present(application, doubtful, since=reading.start)
        ready, waiting, cut = _sort(traces, reading, account, stored)
        requests = [r for r in assemble(ready, self._reading) if r.ended_at >= account]
        feedback = await self._source.feedback(reading)
        return IntakeReport(
            window=reading,
            observations=len(rows),
            requests=len(requests),
            new=self._store.requests.save(application, part, requests, feedback),
            feedback=len(feedback),
            waiting=waiting,
            cut=cut,
            skips=tuple(skips),
            oddities=sum((Counter(request.oddities) for request in requests), Counter()),
        )


def _goes_back_to(begin: datetime, account: datetime) -> datetime:
    """Return where a reading starts: in the first half hour always where the first one did.

    Otherwise the end of a trace that the first reading found cut would look like a trace of its own.
    """
    back = begin - OVERLAP - _SKEW
    return back if back >= account + OVERLAP else account - OVERLAP - _SKEW


def _sort(traces: Iterable[Trace], window: Window, account: datetime, stored: set[str]) -> tuple[list[Trace], int, int]:
    """Return the traces to keep, how many are not complete yet, and how many can never be.

    A trace that begins in the first moments of *window* may have begun before it: earlier readings had all of it, so
    what they stored stands. Whether a trace has no root is decided once, when its root can no longer come.
    """
    ready: list[Trace] = []
    waiting = cut = 0
    for trace in traces:
        began = trace.observations[0].started_at
        perhaps_cut = _perhaps_cut(trace, window)
        if trace.has_root and trace.root.ended_at is not None and trace.root.ended_at > window.end:
            waiting += 1
        elif trace.has_root:
            ready += [] if perhaps_cut and trace.id in stored else [trace]
        elif began > window.end - OVERLAP:
            waiting += 1
        elif trace.id in stored:
            continue  # an earlier reading had more of it
        elif perhaps_cut or began < account:
            cut += 1
        else:
            ready.append(trace)  # it is kept, and counted as odd
    return ready, waiting, cut


def _perhaps_cut(trace: Trace, window: Window) -> bool:
    return trace.observations[0].started_at < window.start + _SKEW
