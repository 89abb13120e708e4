"""What every condition can do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from alerts.drawing import chart_of
from alerts.view import View
from domain import measure
from domain.alerting import Finding
from domain.facts import LABELS, Facts
from domain.gauge import Gauge
from domain.history import History, Sample
from domain.measurement import Labels, labels
from domain.message import Chart
from domain.objective import Objective
from domain.plan import Limit
from domain.window import Window

ENOUGH_COVERAGE = 0.80


def _one_or_several(said: object) -> object:
    """Return the labels that `split_by` names: one, several, or none."""
    if said is None:
        return ()
    return (said,) if isinstance(said, str) else said


def _known_labels(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in LABELS:
            raise ValueError(f"there is no label {name!r}; there are {', '.join(LABELS)}")
    if len(set(names)) < len(names):
        raise ValueError(f"split by one label twice: {', '.join(names)}")
    return names


SplitBy = Annotated[tuple[str, ...], BeforeValidator(_one_or_several), AfterValidator(_known_labels)]
"""One alert per name of a label, or per combination of the names of several: `provider`, or `[provider, model]`."""


class Asked(BaseModel):
    """What all conditions share: no unknown field, no change after loading, and what is asked once one fires.

    Attributes:
        why_no_chart: Why what it measures is not drawn; empty where it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    why_no_chart: ClassVar[str] = ""

    def limits(self, objectives: Mapping[str, Objective]) -> Sequence[Limit]:  # noqa: ARG002 - most ask for the usual
        """Return the limits that must be counted to answer it over long windows, besides those of the objectives."""
        return ()

    def gauge(self, view: View, labels: Labels) -> Gauge | None:  # noqa: ARG002
        """Return what it measures, of the requests with *labels*; None where that is not requests."""
        return None

    def chart(self, view: View, labels: Labels, since: datetime) -> Chart | None:
        """Return how what it measures went, from before *since* up to now; None where there is nothing to draw."""
        gauge = self.gauge(view, labels)
        return None if gauge is None else chart_of(gauge, view, since)

    def around(self, view: View) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        """Return facts that only it knows to ask about; they take more questions to the past than deciding does."""
        return ()

    def figure(self, finding: Finding) -> str:
        """Return the number that a title needs, with its sample; empty where none is worth it."""
        return "" if finding.k is None else f"{finding.k:,} of {finding.n:,}"


def split(
    history: History,
    window: Window,
    by: Sequence[str] | str | None,
    spreads: Sequence[str] = (),
    where: Labels = (),
) -> list[tuple[Labels, Sample]]:
    """Return the requests that carry *where* for each combination of the names of the labels *by*, with these labels.

    Without *by* all of them, requests or not. Who lacks one of the labels is in none of the combinations.
    """
    names = (by,) if isinstance(by, str) else tuple(by or ())
    if not names:
        return [((), history.over(window, where=where, spreads=spreads))]
    if isinstance(history, Facts):
        return _cut(history.over(window, where=where), names)
    found = _parts(history, window, names, spreads, where)
    return sorted(((labels(dict(of)), part) for of, part in found), key=lambda one: one[0])


def _parts(
    history: History, window: Window, by: Sequence[str], spreads: Sequence[str], where: Labels
) -> Iterator[tuple[Labels, Sample]]:
    """Yield the parts by the first label, cut by the next ones: rows by themselves, counts by asking again."""
    label, *others = by
    for name, part in history.by(window, label, where=where, spreads=spreads).items():
        here = (label, name)
        if not others:
            yield (here,), part
            continue
        again = (history, window, others, spreads, (*where, here))
        for of, smaller in _cut(part, others) if isinstance(part, Facts) else _parts(*again):
            yield (here, *of), smaller


def _cut(rows: Facts, by: Sequence[str]) -> list[tuple[Labels, Sample]]:
    """Return the parts of *rows* by the names of the labels *by*, in their order; a minute's rows are few."""
    places: dict[tuple[int, ...], list[int]] = {}
    for place, codes in enumerate(zip(*(rows.labels[label].tolist() for label in by), strict=True)):
        places.setdefault(codes, []).append(place)
    parts = ((_named(rows, by, codes), np.array(at)) for codes, at in places.items() if min(codes) >= 0)
    return [(of, rows.taken(at)) for of, at in sorted(parts, key=lambda one: one[0])]


def _named(rows: Facts, by: Sequence[str], codes: Sequence[int]) -> Labels:
    return labels({label: rows.names[label][code] for label, code in zip(by, codes, strict=True)})


def why_badly_judged(sample: Sample, signal: str, when: str) -> str | None:
    """Return why the judged answers of *sample* do not speak for the others, or None: a judge fails on hard ones."""
    return why_uncovered(*measure.judged(sample, signal), when)


def why_uncovered(found: int, asked: int, when: str) -> str | None:
    """Return why *found* judged answers do not speak for the *asked* ones, or None."""
    if not asked or found / asked >= ENOUGH_COVERAGE:
        return None
    return f"only {found:,} of {asked:,} answers could be judged in {when}"
