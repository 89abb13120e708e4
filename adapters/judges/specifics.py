"""Groundedness by rules: product names, prices, dates and numbers against a catalogue and the context."""

from collections.abc import Collection, Sequence
from datetime import datetime

from adapters.judges.judge import Bench, why_not_judged
from adapters.judges.rules import why_not_by_rules
from domain.criterion import GROUNDEDNESS, Criterion
from domain.grounding.catalogue import Catalogue
from domain.grounding.specifics import NO_CATALOGUE, SPECIFICS_VERSION, check_specifics
from domain.judgement import Judgement
from domain.transcript import Transcript


class SpecificsJudge:
    """Looks up every specific fact of an answer; see `domain.grounding.specifics` for what it was measured on."""

    name = "rules"
    criteria = (GROUNDEDNESS,)
    reads_as_told = False
    canaries = ()
    fitted_on = ()

    def __init__(self, groundedness: Criterion, catalogue: Catalogue | None) -> None:
        # With a catalogue there is something to hold an answer against, also where nothing was retrieved.
        self._criterion = groundedness.model_copy(update={"needs_context": catalogue is None})
        self._catalogue = catalogue or NO_CATALOGUE

    async def judge(
        self,
        transcript: Transcript,
        at: datetime,
        *,
        fresh: bool = False,  # noqa: ARG002 - it remembers nothing
        only: str | None = None,  # noqa: ARG002 - it has one criterion
    ) -> Sequence[Judgement]:
        """Judge the groundedness of one answer: the share of its specific facts that somebody bears out."""
        bench = Bench(
            trace_id=transcript.trace_id,
            criterion=GROUNDEDNESS,
            judge=self.name,
            version=SPECIFICS_VERSION,
            judged_at=at,
        )
        why_not = why_not_judged(transcript, self._criterion) or why_not_by_rules(transcript)
        if why_not is not None:
            return [bench.not_applicable(why_not)]
        found = check_specifics(transcript.answer, transcript.context, transcript.question, self._catalogue)
        if found.groundedness is None:
            return [bench.not_applicable("the answer names no specific fact")]
        return [bench.score(found.groundedness, found.reason)]

    def name_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return who gives the scores."""
        return self.name

    def version_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return the version of the rules."""
        return SPECIFICS_VERSION

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:
        """Remember nothing."""

    def settle(self) -> None:
        """Owe nothing: rules are free."""
