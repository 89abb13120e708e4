from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from adapters.simulated_shop import SEED, SimulatedDay, SimulatedRequest, simulate
from domain.window import Window


@dataclass(frozen=True)
class Week:
    days: tuple[SimulatedDay, ...]

    @property
    def requests(self) -> list[SimulatedRequest]:
        return [request for day in self.days for request in day.requests]

    @property
    def observations(self):
        return (row for day in self.days for row in day.observations)

    @property
    def scores(self):
        return [row for day in self.days for row in day.scores]

    def during(self, window: Window) -> list[SimulatedRequest]:
        return [request for request in self.requests if request.started_at in window]

    def outside(self, *windows: Window) -> list[SimulatedRequest]:
        return [request for request in self.requests if not any(request.started_at in window for window in windows)]


@pytest.fixture(scope="session")
def week() -> Week:
    return Week(tuple(simulate(SEED)))


@pytest.fixture
def share() -> Callable[[Iterable[object]], float]:
    def share(flags: Iterable[object]) -> float:
        known = [bool(flag) for flag in flags if flag is not None]
        return sum(known) / len(known)

    return share
