"""Which observations belong together, and which of them is the request itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.observation import Observation

MOST_NAME = 200
"""Longer names of labels and steps are cut: a name is not the place for a text."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The observations of one trace, each once, by start time.

    Attributes:
        root: The observation that is the request itself.
        has_root: The source marked *root* as such; otherwise it is the earliest observation that we have.
        carriers: Where trace-wide attributes are looked up, best first.
    """

    id: str
    root: Observation
    has_root: bool
    observations: Sequence[Observation]
    carriers: Sequence[Observation]

    @property
    def model_calls(self) -> list[Observation]:
        """The generations, by start time."""
        return [observation for observation in self.observations if observation.type == "GENERATION"]

    @property
    def is_chain(self) -> bool:
        """Whether two or more agents or tools took part besides the root."""
        steps = sum(o.type in {"AGENT", "TOOL"} and o is not self.root for o in self.observations)
        return steps >= 2  # noqa: PLR2004 - the guide's "complex agent chains"

    def text(self, attribute: str) -> str | None:
        """Return the first non-empty text *attribute* of the carriers."""
        return next((value for carrier in self.carriers if (value := getattr(carrier, attribute))), None)

    @property
    def tags(self) -> tuple[str, ...]:
        """The trace's tags; they may stand on any of its rows."""
        return next((carrier.tags for carrier in self.carriers if carrier.tags), ())

    def metadata(self, key: str) -> object | None:
        """Return what the carriers say under a metadata *key*, or None."""
        for carrier in self.carriers:
            if (value := carrier.metadata.get(key)) is not None:
                return value
        return None

    @property
    def name(self) -> str | None:
        """The trace's name; plain OpenTelemetry traces have only their root's."""
        return self.text("trace_name") or self.root.name


def group(observations: Iterable[Observation]) -> Iterator[Trace]:
    """Yield the traces among *observations*, each observation once."""
    traces: dict[str, list[Observation]] = defaultdict(list)
    for observation in once(observations):
        traces[observation.trace_id].append(observation)
    for trace_id, rows in traces.items():
        yield _trace(trace_id, sorted(rows, key=lambda row: (row.started_at, row.id)))


def once(observations: Iterable[Observation]) -> Iterable[Observation]:
    """Return each of *observations* once.

    A span that was sent twice is there twice until the server merges it: the row written last counts.
    """
    latest: dict[tuple[str, str], Observation] = {}
    for observation in observations:
        place = observation.trace_id, observation.id
        earlier = latest.get(place)
        if earlier is None or (observation.updated_at or _NEVER) >= (earlier.updated_at or _NEVER):
            latest[place] = observation
    return latest.values()


def _trace(trace_id: str, rows: list[Observation]) -> Trace:
    made_up = next((row for row in rows if row.id == f"t-{trace_id}"), None)
    real = [row for row in rows if row is not made_up] or rows
    roots = [row for row in real if row.is_root or (made_up is not None and row.parent_id == made_up.id)]
    present = {row.id for row in real}
    orphans = [row for row in real if row.parent_id is None or row.parent_id not in present]
    root = max(roots or orphans or real, key=lambda row: (row.is_root, _duration(row)))
    carriers = [root, *([made_up] if made_up else []), *(row for row in real if row is not root)]
    return Trace(id=trace_id, root=root, has_root=bool(roots), observations=real, carriers=carriers)


def _duration(row: Observation) -> float:
    return (row.ended_at - row.started_at).total_seconds() if row.ended_at else 0.0
