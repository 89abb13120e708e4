"""Watching the judge: the same answers put to it again and again, and compared with what it said when trusted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from adapters.batch import together
from adapters.batches import batches
from adapters.judges import Judge
from adapters.labelled_file import read_labelled
from adapters.store import Store
from domain.anchor import AnchorVerdict, JudgeCheck, Labelled
from domain.badness import Line
from domain.judgement import Judgement, NotApplicable, Score

_AT_A_TIME = 200

Said = Sequence[tuple[Labelled, Judgement]]


class JudgeWatch:
    """Puts anchors to the judge of one application."""

    def __init__(
        self,
        application: str,
        judge: Judge,
        store: Store,
        lines: Mapping[str, Line],
        anchors: Path | None,
    ) -> None:
        self._application = application
        self._judge = judge
        self._store = store
        self._lines = lines
        self._anchors = anchors

    @property
    def has_anchors(self) -> bool:
        """Whether there is anything to ask."""
        return self._anchors is not None

    async def check(self, at: datetime) -> list[JudgeCheck]:
        """Judge every anchor anew, by every criterion that has some, and compare with the accepted round.

        Raises:
            ConfigError: The file of anchors is wrong.
        """
        if self._anchors is None:
            return []
        anchors = [one for one in read_labelled(self._anchors) if one.answer is not None]
        said = await self.put(anchors, at, fresh=True)
        checks = []
        for name in self._judge.criteria:
            mine = [(one, judgement) for one, judgement in said if judgement.criterion == name]
            if mine:
                verdicts = [self._verdict(one, judgement) for one, judgement in mine]
                # Another line draws other flags from the same scores: its rounds are not compared with these.
                version = f"{self._judge.version_of(name)} above {self._lines[name].above:g}"
                checks.append(
                    self._store.anchors.save(self._application, name, version, self._judge.name_of(name), at, verdicts)
                )
        return checks

    async def put(self, anchors: Sequence[Labelled], at: datetime, *, fresh: bool) -> Said:
        """Put *anchors* to the judge; each gets the judgement by its own criterion."""
        said: list[tuple[Labelled, Judgement]] = []
        asked = [one for one in anchors if one.criterion in self._judge.criteria]
        try:
            for part in batches(asked, _AT_A_TIME):
                found = await together(
                    self._judge.judge(one.transcript(at), at, fresh=fresh, only=one.criterion) for one in part
                )
                for one, judgements in zip(part, found, strict=True):
                    said += [(one, judgement) for judgement in judgements if judgement.criterion == one.criterion]
        finally:
            self._judge.settle()
        return said

    def flagged(self, judgement: Judgement) -> bool | None:
        """Return whether *judgement* calls its answer bad; None where it is no verdict."""
        if isinstance(judgement, NotApplicable):
            return False
        return self._lines[judgement.criterion].flags(judgement.value) if isinstance(judgement, Score) else None

    def _verdict(self, one: Labelled, judgement: Judgement) -> AnchorVerdict:
        is_others = judgement.judge != self._judge.name_of(judgement.criterion)  # the fallback's: it is not compared
        served_by = judgement.served_by if isinstance(judgement, Score) and not is_others else None
        return AnchorVerdict(
            anchor=one.key, flagged=None if is_others else self.flagged(judgement), served_by=served_by
        )
