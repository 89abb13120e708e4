"""The simulated week, one day at a time; each day can be made alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from adapters.simulated_shop import rows
from adapters.simulated_shop.chance import Chance
from adapters.simulated_shop.conversation import Conversations
from adapters.simulated_shop.incidents import WEEK, conditions_at
from adapters.simulated_shop.request import SimulatedRequest
from adapters.simulated_shop.rows import Row
from adapters.simulated_shop.story import facts, moment, tell
from adapters.simulated_shop.texts import read_texts
from adapters.simulated_shop.traffic import Customers, arrivals
from domain.window import Window

SEED = 20261101


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """The requests that begin on one day, as facts and as rows; the rows are in the order of their start."""

    day: date
    requests: tuple[SimulatedRequest, ...]
    observations: tuple[Row, ...]
    scores: tuple[Row, ...]


def simulate(seed: int = SEED, window: Window = WEEK) -> Iterator[SimulatedDay]:
    """Yield the days of *window*, from midnight to midnight; each is made when it is asked for."""
    for day in window.parts(timedelta(days=1)):
        yield simulate_day(seed, day)


def simulate_day(seed: int, window: Window) -> SimulatedDay:
    """Return the day that begins at the start of *window*; it does not depend on other days."""
    day = window.start.date()
    chance = Chance(seed, day.isoformat())
    texts = read_texts()
    conversations = Conversations(texts)
    moments = arrivals(chance, window.start)
    visits = Customers(seed).visits(chance, day, moments)
    requests: list[SimulatedRequest] = []
    observations: list[Row] = []
    scores: list[Row] = []
    for at_ms, visit in zip(moments, visits, strict=True):
        conditions = conditions_at(moment(at_ms))
        conversation = conversations.next(chance, conditions)
        story = tell(chance, conditions, visit, conversation, start_ms=at_ms, texts=texts)
        requests.append(facts(story))
        observations.extend(rows.observations(chance, story))
        scores.extend(rows.scores(chance, story))
    observations.sort(key=lambda row: str(row["startTime"]))
    return SimulatedDay(day, tuple(requests), tuple(observations), tuple(scores))
