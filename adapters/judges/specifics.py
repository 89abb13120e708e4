"""Groundedness by rules: product names, prices, dates and numbers against a catalogue and the context."""

from adapters.judges.judge import Bench
from adapters.judges.without_model import WithoutModel
from domain.criterion import Criterion
from domain.grounding.catalogue import Catalogue
from domain.grounding.specifics import NO_CATALOGUE, SPECIFICS_VERSION, check_specifics
from domain.judgement import Judgement
from domain.transcript import Transcript


class SpecificsJudge(WithoutModel):
    """Judges groundedness: the share of an answer's specific facts that somebody bears out.

    See `domain.grounding.specifics` for what it was measured on.
    """

    name = "rules"
    version = SPECIFICS_VERSION

    def __init__(self, groundedness: Criterion, catalogue: Catalogue | None) -> None:
        # With a catalogue there is something to hold an answer against, also where nothing was retrieved.
        super().__init__(groundedness.model_copy(update={"needs_context": catalogue is None}))
        self._catalogue = catalogue or NO_CATALOGUE

    def _look(self, transcript: Transcript, bench: Bench) -> Judgement:
        found = check_specifics(transcript.answer, transcript.context, transcript.question, self._catalogue)
        if found.groundedness is None:
            return bench.not_applicable("the answer names no specific fact")
        return bench.score(found.groundedness, found.reason)
