"""Calibrating the judge of one application: what people say against what it says, and what its shares are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.judge_watch import JudgeWatch
from adapters.judges import Judge
from adapters.sources import TraceSource
from adapters.store import Store
from adapters.store.human_labels import Calibration
from adapters.trusting import Trusting
from domain.anchor import Labelled
from domain.calibration import Confusion
from domain.judgement import NotApplicable
from domain.labels import End, HumanLabel
from domain.trust import Trust
from domain.window import Window

LOOKS_BACK = timedelta(days=90)
"""How old a label in a queue may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """What came of calibrating by one criterion.

    Attributes:
        labels: Labels that were read now: lines of a file, and of a queue.
        without_verdict: Labelled answers on which the judge has no score: not chosen for judging, or failed.
        trust: What the share of the last seven days is worth with it.
    """

    criterion: str
    calibration: Calibration
    labels: int
    without_verdict: int
    trust: Trust


class Calibrator:
    """Compares a judge with people, and says what its shares are worth."""

    def __init__(
        self,
        source: TraceSource,
        store: Store,
        judge: Judge,
        watch: JudgeWatch,
        trusting: Trusting,
        good_ends: Mapping[str, End],
    ) -> None:
        self._source = source
        self._store = store
        self._judge = judge
        self._watch = watch
        self._trusting = trusting
        self._good_ends = good_ends
        self._application = trusting.application

    async def calibrate(self, labelled: Sequence[Labelled], queue: str | None, at: datetime) -> list[CalibrationReport]:
        """Read the labels, put labelled texts to the judge, compare, and keep how they compare.

        Raises:
            ConfigError: There is no such queue.
        """
        return [await self._calibrate(name, labelled, queue, at) for name in self._judge.criteria]

    async def _calibrate(
        self, name: str, labelled: Sequence[Labelled], queue: str | None, at: datetime
    ) -> CalibrationReport:
        mine = [one for one in labelled if one.criterion == name and one.bad is not None]
        queued = await self._from_queue(name, queue, at)
        known = self._keep(name, mine, at)
        by_text, silent = await self._by_text([one for one in mine if one.id not in self._judge.fitted_on], at)
        judge, version = self._judge.name_of(name), self._judge.version_of(name)
        pairs = self._store.human_labels.pairs(self._application, name, by=(judge, version))
        line = self._trusting.lines[name]
        by_trace = Confusion.of((pair.bad, line.flags(pair.value)) for pair in pairs if not pair.by_verdict)
        calibration = Calibration(
            criterion=name,
            version=version,
            judge=judge,
            at=at,
            flag_above=line.above,
            confusion=by_text + by_trace,
        )
        if calibration.confusion.n:
            self._store.human_labels.keep_calibration(self._application, calibration)
        return CalibrationReport(
            criterion=name,
            calibration=calibration,
            labels=len(mine) + queued,
            without_verdict=silent + max(0, known + queued - len(pairs)),
            trust=self._trusting.in_share_of(name, at),
        )

    async def _from_queue(self, criterion: str, queue: str | None, at: datetime) -> int:
        """Keep what people said in the queue: its answers were put there because of what the judge said of them."""
        if queue is None:
            return 0
        window = Window(at - LOOKS_BACK, at)
        labels = await self._source.human_labels(criterion, window, queue, good=self._good_ends[criterion])
        self._store.human_labels.save(self._application, labels, by_verdict=True)
        return len(labels)

    def _keep(self, criterion: str, labelled: Sequence[Labelled], at: datetime) -> int:
        labels = [
            HumanLabel(trace_id=one.trace_id, criterion=criterion, bad=bool(one.bad), at=at)
            for one in labelled
            if one.trace_id is not None
        ]
        self._store.human_labels.save(self._application, labels, by_verdict=False)
        return len(labels)

    async def _by_text(self, labelled: Sequence[Labelled], at: datetime) -> tuple[Confusion, int]:
        texts = [one for one in labelled if one.answer is not None]
        said = [
            (one, None if isinstance(it, NotApplicable) else self._watch.flagged(it))  # as in the share it corrects
            for one, it in await self._watch.put(texts, at, fresh=False)
        ]
        pairs = [(bool(one.bad), flagged) for one, flagged in said if flagged is not None]
        return Confusion.of(pairs), len(said) - len(pairs)
