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
"""How far back every reading goes again: spans are sent when they end, so the longest request and the source's lag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """What one reading brought.

    Attributes:
        waiting: Traces that are not complete yet; the next reading has them.
        cut: Traces whose beginning lies before the first reading.
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
        parts += [f"{self.cut} begun before the first reading"] * bool(self.cut)
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
        first = known is None or start < known.start
        begin = start if known is None or first else min(known.until, until)
        window = Window(begin - OVERLAP, max(until, begin + timedelta(seconds=1)))
        observations: list[Observation] = []
        skips: list[Skip] = []
        async for page in self._source.observations(window):
            observations.extend(page.observations)
            skips.extend(page.skips)
        traces = list(group(observations))
        stored = set(self._store.requests.ended_in(application, Window(window.start - OVERLAP, window.end)))
        ready, waiting, cut = _sort(traces, window, stored)
        requests = [r for r in assemble(ready, self._reading) if r.ended_at >= start]
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


def _sort(traces: Iterable[Trace], window: Window, stored: set[str]) -> tuple[list[Trace], int, int]:
    """Return the traces that are complete, and how many are not yet, or can never be."""
    ready: list[Trace] = []
    waiting = cut = 0
    for trace in traces:
        if trace.has_root and (trace.root.ended_at is None or trace.root.ended_at <= window.end):
            ready.append(trace)
        elif trace.has_root or _newest(trace) > window.end - OVERLAP:
            waiting += 1
        elif trace.id in stored:
            continue  # an earlier reading had its root
        elif trace.observations[0].started_at < window.start + OVERLAP:
            cut += 1
        else:
            ready.append(trace)  # its root will not come any more; it is kept, and counted as odd
    return ready, waiting, cut


def _newest(trace: Trace) -> datetime:
    return max(row.ended_at or row.started_at for row in trace.observations)
