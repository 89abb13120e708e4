"""Taking requests in: from a source's observations to stored facts, each window whole or not at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.sources import Skip, TraceSource
from adapters.store import Store
from domain.assembly import Assembly, Trace, assemble, group
from domain.observation import Observation
from domain.window import Window

OVERLAP = timedelta(minutes=15)
"""How far back every reading goes again: spans are sent when they end, so the longest request and the source's lag.

What a trace lacks this long after it began does not come any more.
"""

_SKEW = timedelta(minutes=1)
"""How much earlier than its root a span may seem to start, because two hosts have two clocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """What one reading brought.

    Attributes:
        waiting: Traces that are not complete yet; the next reading has them.
        cut: Traces without a root whose beginning lies before what was read.
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

    def __str__(self) -> str:
        parts = [
            f"{self.requests} requests from {self.observations} observations, {self.new} new, {self.feedback} votes"
        ]
        parts += [f"{self.waiting} not complete yet"] * bool(self.waiting)
        parts += [f"{self.cut} begun before what was read"] * bool(self.cut)
        parts += [f"{count} with {oddity}" for oddity, count in sorted(self.oddities.items())]
        if self.skips:
            parts.append(f"{len(self.skips)} rows skipped, the first at {self.skips[0].where}: {self.skips[0].reason}")
        return "; ".join(parts)


class Intake:
    """Reads one application's traces from its source into the store."""

    def __init__(self, source: TraceSource, store: Store, reading: Assembly) -> None:
        self._source = source
        self._store = store
        self._reading = reading

    async def read(self, start: datetime, until: datetime) -> IntakeReport:
        """Read what is new since the last reading (or since *start*, the first time) up to *until*.

        Nothing is kept and nothing is marked as read unless every page arrived.
        """
        application = self._reading.application.name
        known = self._store.requests.known(application)
        account = start if known is None else min(start, known.start)
        begin = start if known is None or start < known.start else known.until
        begin = min(begin, until - timedelta(seconds=1))
        window = Window(begin - OVERLAP - _SKEW, until)
        observations: list[Observation] = []
        skips: list[Skip] = []
        async for page in self._source.observations(window):
            observations.extend(page.observations)
            skips.extend(page.skips)
        traces = list(group(observations))
        near = Window(window.start - OVERLAP, window.end + OVERLAP)
        stored = set(self._store.requests.ended_in(application, near))
        ready, waiting, cut = _sort(traces, window, account, stored)
        requests = [r for r in assemble(ready, self._reading) if r.ended_at >= account]
        feedback = await self._source.feedback(window)
        new = self._store.requests.save(application, Window(begin, window.end), requests, feedback)
        return IntakeReport(
            window=window,
            observations=len(observations),
            requests=len(requests),
            new=new,
            feedback=len(feedback),
            waiting=waiting,
            cut=cut,
            skips=tuple(skips),
            oddities=sum((Counter(request.oddities) for request in requests), Counter()),
        )


def _sort(traces: Iterable[Trace], window: Window, account: datetime, stored: set[str]) -> tuple[list[Trace], int, int]:
    """Return the traces to keep, how many are not complete yet, and how many can never be.

    A trace that begins in the first moments of *window* may have begun before it: earlier readings had all of it, so
    what they stored stands. Whether a trace has no root is decided once, when its root can no longer come.
    """
    ready: list[Trace] = []
    waiting = cut = 0
    for trace in traces:
        began = trace.observations[0].started_at
        perhaps_cut = began < window.start + _SKEW
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
