"""The embedded model as judge: no key, no download; it says nothing absolute before local labels have calibrated it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from adapters.judges.judge import Bench, why_not_judged
from adapters.judges.rules import why_not_by_rules
from domain.anchor import Labelled
from domain.criterion import FAITHFULNESS, Criterion
from domain.judgement import Judgement
from domain.transcript import Transcript
from domain.triage import VERSION, Local, Refused, fit_locally, triage, triage_risk


class TriageJudge:
    """Flags an answer whose risk lies above the threshold that local labels gave.

    Every other line of the labelled set is what it is fitted on; the rest is for measuring its errors, which it would
    make fewer of on what it has seen.

    Attributes:
        fitted_on: The ids of the labelled answers that it has seen.
    """

    name = "triage"
    criteria = (FAITHFULNESS,)
    reads_as_told = False
    canaries = ()

    def __init__(self, faithfulness: Criterion, labelled: Sequence[Labelled]) -> None:
        self._faithfulness = faithfulness
        seen = [one for one in labelled if one.answer is not None and one.bad is not None][::2]
        self.fitted_on = frozenset(one.id for one in seen)
        self._local = _fitted(seen)

    async def judge(
        self,
        transcript: Transcript,
        at: datetime,
        *,
        fresh: bool = False,  # noqa: ARG002 - it remembers nothing
        only: str | None = None,  # noqa: ARG002 - it has one criterion
    ) -> Sequence[Judgement]:
        """Judge one answer: faithful or not, by a threshold that people's labels gave."""
        bench = Bench(
            trace_id=transcript.trace_id, criterion=FAITHFULNESS, judge=self.name, version=VERSION, judged_at=at
        )
        why_not = why_not_judged(transcript, self._faithfulness) or why_not_by_rules(transcript)
        if why_not is None and isinstance(self._local, Refused):
            why_not = f"triage is not calibrated on labels of this application: {self._local.reason}"
        found = None if why_not else triage(transcript.question, transcript.context, transcript.answer)
        if found is None or not isinstance(self._local, Local):
            return [bench.not_applicable(why_not or "there is nothing to compare")]
        flagged = self._local.flags(found.risk)
        reason = "; ".join(found.reasons) if flagged else "Its words, numbers and names are those of the context."
        return [bench.score(0.0 if flagged else 1.0, reason)]

    def name_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return who gives the scores."""
        return self.name

    def version_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return the version of the weights."""
        return VERSION

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:
        """Remember nothing."""

    def settle(self) -> None:
        """Owe nothing: it runs here."""


def _fitted(labelled: Sequence[Labelled]) -> Local | Refused:
    risks, wrong = [], []
    for one in labelled:
        risk = triage_risk(one.question, one.context, one.answer or "")
        if risk is not None:
            risks.append(risk)
            wrong.append(bool(one.bad))
    return fit_locally(risks, wrong)
