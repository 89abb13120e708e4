"""What every condition can do."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from domain import measure
from domain.history import History, Sample
from domain.measurement import Labels, labels
from domain.objective import Objective
from domain.plan import Limit
from domain.window import Window

ENOUGH_COVERAGE = 0.80


class Asked(BaseModel):
    """The strictness that all conditions share: no unknown field, no change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def limits(self, objectives: Mapping[str, Objective]) -> Sequence[Limit]:  # noqa: ARG002 - most ask for the usual
        """Return the limits that must be counted to answer it over long windows, besides those of the objectives."""
        return ()


def split(
    history: History, window: Window, by: str | None, spreads: Sequence[str] = (), where: Labels = ()
) -> list[tuple[Labels, Sample]]:
    """Return the requests that carry *where* for each name of a label, with that label; without *by* all of them."""
    if by is None:
        return [((), history.over(window, where=where, spreads=spreads))]
    return [
        (labels({by: name}), part)
        for name, part in sorted(history.by(window, by, where=where, spreads=spreads).items())
    ]


def why_badly_judged(sample: Sample, signal: str, when: str) -> str | None:
    """Return why the judged answers of *sample* do not speak for the others, or None: a judge fails on hard ones."""
    found, asked = measure.judged(sample, signal)
    if not asked or found / asked >= ENOUGH_COVERAGE:
        return None
    return f"only {found:,} of {asked:,} answers could be judged in {when}"
