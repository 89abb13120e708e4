"""The judge that needs no model: rules for numbers, names and wording; free, fast, English only."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice

from adapters.judges.judge import Bench, why_not_judged
from domain.claims import Claim, ClaimVerdict, faithfulness
from domain.criterion import FAITHFULNESS, Criterion
from domain.grounding import VERSION, ground
from domain.grounding.words import reads_as_english
from domain.judgement import Judgement
from domain.transcript import Transcript

LONGEST_ANSWER = 20_000
"""In characters; a longer one would hold up the others, and no rule was ever tried on such a text."""
LONGEST_CONTEXT = 200_000
MOST_NUMBERS = 1_000
"""In an answer; each is looked for in the whole context."""

_NUMBER = re.compile(r"\d+")


class RulesJudge:
    """Judges by what is written in `domain.grounding`; see there for what it was measured on."""

    name = "rules"
    criteria = (FAITHFULNESS,)
    reads_as_told = False
    canaries = ()
    fitted_on = ()

    def __init__(self, faithfulness: Criterion) -> None:
        self._faithfulness = faithfulness

    async def judge(
        self,
        transcript: Transcript,
        at: datetime,
        *,
        fresh: bool = False,  # noqa: ARG002 - it remembers nothing
        only: str | None = None,  # noqa: ARG002 - it has one criterion
    ) -> Sequence[Judgement]:
        """Judge the faithfulness of one answer."""
        bench = Bench(
            trace_id=transcript.trace_id, criterion=FAITHFULNESS, judge=self.name, version=VERSION, judged_at=at
        )
        why_not = why_not_judged(transcript, self._faithfulness) or why_not_by_rules(transcript)
        if why_not is not None:
            return [bench.not_applicable(why_not)]
        claims = ground(transcript.answer, transcript.context, transcript.question)
        return [bench.score(faithfulness(claims), worst(claims))]

    def name_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return who gives the scores."""
        return self.name

    def version_of(self, criterion: str) -> str:  # noqa: ARG002 - all rules have one version
        """Return the version of the rules."""
        return VERSION

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:
        """Remember nothing."""

    def settle(self) -> None:
        """Owe nothing: rules are free."""


def why_not_by_rules(transcript: Transcript) -> str | None:
    """Say why no rule was ever tried on such an answer, or None."""
    if not reads_as_english(transcript.answer):
        return "the rules read English only"
    if len(transcript.answer) > LONGEST_ANSWER:
        return f"the answer is longer than {LONGEST_ANSWER} characters"
    if sum(map(len, transcript.context)) > LONGEST_CONTEXT:
        return f"the context is longer than {LONGEST_CONTEXT} characters"
    if sum(1 for _ in islice(_NUMBER.finditer(transcript.answer), MOST_NUMBERS + 1)) > MOST_NUMBERS:
        return f"the answer states more than {MOST_NUMBERS} numbers"
    return None


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
