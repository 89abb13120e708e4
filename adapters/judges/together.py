"""Two judges of different criteria as one: a model, and beside it what rules can say."""

from collections.abc import Collection, Sequence
from datetime import datetime

from adapters.judges.judge import Judge
from domain.criterion import Canary
from domain.judgement import Judgement
from domain.transcript import Transcript


class TogetherJudge:
    """Asks the *first*, by whose name it goes, and the *second*; each keeps its own name on its scores."""

    def __init__(self, first: Judge, second: Judge) -> None:
        self._both = (first, second)

    @property
    def name(self) -> str:
        """Who judges, for the criteria of the first."""
        return self._both[0].name

    @property
    def criteria(self) -> Sequence[str]:
        """The criteria of both."""
        return [criterion for judge in self._both for criterion in judge.criteria]

    @property
    def reads_as_told(self) -> bool:
        """Whether a text could talk one of them into something."""
        return any(judge.reads_as_told for judge in self._both)

    @property
    def fitted_on(self) -> Collection[str]:
        """The labelled answers that one of them was fitted on."""
        return {one for judge in self._both for one in judge.fitted_on}

    @property
    def canaries(self) -> Sequence[tuple[str, Canary]]:
        """The canaries of both."""
        return [canary for judge in self._both for canary in judge.canaries]

    async def judge(
        self, transcript: Transcript, at: datetime, *, fresh: bool = False, only: str | None = None
    ) -> Sequence[Judgement]:
        """Judge one answer by every criterion, or by one of them."""
        asked = [judge for judge in self._both if only is None or only in judge.criteria]
        return [one for judge in asked for one in await judge.judge(transcript, at, fresh=fresh, only=only)]

    def name_of(self, criterion: str) -> str:
        """Return who gives the scores by *criterion*."""
        return self._for(criterion).name_of(criterion)

    def version_of(self, criterion: str) -> str:
        """Return the version under which scores by *criterion* are kept."""
        return self._for(criterion).version_of(criterion)

    def _for(self, criterion: str) -> Judge:
        return next(judge for judge in self._both if criterion in judge.criteria)

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:
        """Say to both whether they are believed."""
        for judge in self._both:
            judge.conclude(trace_ids, believed=believed)

    def settle(self) -> None:
        """Settle what both have cost."""
        for judge in self._both:
            judge.settle()
