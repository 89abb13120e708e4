"""Langfuse's annotation queues, in which traces wait for a person. They take the same trace twice; we do not send it.

Two senders at the same moment may still put a trace in twice: the server offers nothing to prevent it.
"""

from collections.abc import Collection, Sequence
from urllib.parse import quote

from adapters.sources.langfuse_pages import numbered_pages
from adapters.sources.langfuse_wire import RefusedError, Wire
from adapters.sources.source import Skip
from domain.errors import ConfigError

QUEUES = "api/public/annotation-queues"
ROWS_PER_PAGE = 100
"""The most that the server gives."""

MOST_NAMES = 10
LONGEST_NAME = 80


async def find_queue(wire: Wire, queue: str) -> str:
    """Return the id of the queue with this id or name.

    Raises:
        ConfigError: If there is none; which scores its reviewers fill in is for the owner of the project to say.
    """
    names: dict[str, str] = {}
    async for rows in numbered_pages(wire, QUEUES, {"limit": ROWS_PER_PAGE}):
        for row in rows:
            match row:
                case {"id": str(identity), "name": str(name)}:
                    names[identity] = name
    if queue in names:
        return queue
    for identity, name in names.items():
        if name == queue:
            return identity
    raise ConfigError(_unknown(wire.name, queue, sorted(names.values())))


async def send(wire: Wire, queue_id: str, trace_ids: Sequence[str]) -> list[Skip]:
    """Put those of these traces into the queue that are not in it, and return those that the server refused.

    One request each, and nothing to undo: after an error the caller sends all again, and those that arrived are found.
    """
    path = f"{QUEUES}/{quote(queue_id, safe='')}/items"
    wanted = dict.fromkeys(trace_ids)
    present = await _present(wire, path, wanted) if wanted else set()
    skips: list[Skip] = []
    for trace_id in wanted:
        if trace_id not in present:
            try:
                await wire.post(path, {"objectId": trace_id, "objectType": "TRACE"})
            except RefusedError as error:
                skips.append(Skip(trace_id, str(error)))
    return skips


async def _present(wire: Wire, path: str, wanted: Collection[str]) -> set[str]:
    """Return which of *wanted* the queue holds, done or not; the newest come first, so this may end early."""
    present: set[str] = set()
    async for rows in numbered_pages(wire, path, {"limit": ROWS_PER_PAGE}):
        for row in rows:
            match row:
                case {"objectType": "TRACE", "objectId": str(trace_id)} if trace_id in wanted:
                    present.add(trace_id)
        if len(present) == len(wanted):
            break
    return present


def _unknown(server: str, queue: str, names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:LONGEST_NAME]) for name in names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    there = f"there are {shown}{more}" if names else "there is none"
    return (
        f"{server} has no annotation queue {queue[:LONGEST_NAME]!r}; {there}. Set the name or id of one that is there, "
        "or create it in Langfuse, with a score (true or false) that bears the name of the criterion"
    )
