"""The judge that needs no model: rules for numbers, names and wording; free, fast, English only."""

from collections.abc import Sequence

from adapters.judges.judge import Bench
from adapters.judges.without_model import WithoutModel
from domain.claims import Claim, ClaimVerdict, faithfulness
from domain.grounding import VERSION, ground
from domain.judgement import Judgement
from domain.transcript import Transcript


class RulesJudge(WithoutModel):
    """Judges faithfulness by what is written in `domain.grounding`; see there for what it was measured on."""

    name = "rules"
    version = VERSION

    def _look(self, transcript: Transcript, bench: Bench) -> Judgement:
        claims = ground(transcript.answer, transcript.context, transcript.question)
        return bench.score(faithfulness(claims), worst(claims))


def worst(claims: Sequence[Claim]) -> str:
    """Say in plain words what is wrong with an answer: a contradiction before an unsupported claim."""
    for verdict, words in (
        (ClaimVerdict.CONTRADICTED, "contradicts the context"),
        (ClaimVerdict.NOT_IN_CONTEXT, "has no support in the context"),
    ):
        for claim in claims:
            if claim.verdict is verdict:
                return f"Sentence {claim.number} {words}: {claim.reason}"
    return "The context supports every claim."
