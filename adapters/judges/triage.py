"""The embedded model as judge: no key, no download; it says nothing absolute before local labels have calibrated it."""

from collections.abc import Sequence

from adapters.judges.judge import Bench
from adapters.judges.without_model import WithoutModel
from domain.anchor import Labelled
from domain.criterion import Criterion
from domain.judgement import Judgement
from domain.transcript import Transcript
from domain.triage import VERSION, Local, Refused, fit_locally, triage, triage_risk


class TriageJudge(WithoutModel):
    """Judges faithful or not: flags an answer whose risk lies above the threshold that local labels gave.

    Every other line of the labelled set is what it is fitted on; the rest is for measuring its errors, which it would
    make fewer of on what it has seen.

    Attributes:
        fitted_on: The ids of the labelled answers that it has seen.
    """

    name = "triage"
    version = VERSION

    def __init__(self, faithfulness: Criterion, labelled: Sequence[Labelled]) -> None:
        super().__init__(faithfulness)
        seen = [one for one in labelled if one.answer is not None and one.bad is not None][::2]
        self.fitted_on = frozenset(one.id for one in seen)
        self._local = _fitted(seen)

    def _look(self, transcript: Transcript, bench: Bench) -> Judgement:
        if isinstance(self._local, Refused):
            why_not = f"triage is not calibrated on labels of this application: {self._local.reason}"
            return bench.not_applicable(why_not)
        found = triage(transcript.question, transcript.context, transcript.answer)
        if found is None:
            return bench.not_applicable("there is nothing to compare")
        flagged = self._local.flags(found.risk)
        reason = "; ".join(found.reasons) if flagged else "Its words, numbers and names are those of the context."
        return bench.score(0.0 if flagged else 1.0, reason)


def _fitted(labelled: Sequence[Labelled]) -> Local | Refused:
    risks, wrong = [], []
    for one in labelled:
        risk = triage_risk(one.question, one.context, one.answer or "")
        if risk is not None:
            risks.append(risk)
            wrong.append(bool(one.bad))
    return fit_locally(risks, wrong)
