"""What judges have in common that need no model: one criterion each, nothing to remember, nothing to pay."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice

from adapters.judges.judge import Bench, why_not_judged
from domain.criterion import Criterion
from domain.grounding.words import reads_as_english
from domain.judgement import Judgement
from domain.transcript import Transcript

LONGEST_ANSWER = 20_000
"""In characters; a longer one would hold up the others, and no rule was ever tried on such a text."""
LONGEST_CONTEXT = 200_000
MOST_NUMBERS = 1_000
"""In an answer; each is looked for in the whole context."""

_NUMBER = re.compile(r"\d+")


class WithoutModel(ABC):
    """Judges English answers of a usual length; nothing that stands in them can talk it into anything.

    Attributes:
        version: Of what it judges by.
    """

    name: str
    version: str
    reads_as_told = False
    canaries = ()
    fitted_on: Collection[str] = ()

    def __init__(self, criterion: Criterion) -> None:
        self._criterion = criterion
        self.criteria = (criterion.name,)

    async def judge(
        self,
        transcript: Transcript,
        at: datetime,
        *,
        fresh: bool = False,  # noqa: ARG002 - it remembers nothing
        only: str | None = None,  # noqa: ARG002 - it has one criterion
    ) -> Sequence[Judgement]:
        """Judge one answer."""
        bench = Bench(
            trace_id=transcript.trace_id,
            criterion=self._criterion.name,
            judge=self.name,
            version=self.version,
            judged_at=at,
        )
        why_not = why_not_judged(transcript, self._criterion) or why_not_by_rules(transcript)
        return [self._look(transcript, bench) if why_not is None else bench.not_applicable(why_not)]

    @abstractmethod
    def _look(self, transcript: Transcript, bench: Bench) -> Judgement:
        """Return what is found about an answer that can be judged."""

    def name_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return who gives the scores."""
        return self.name

    def version_of(self, criterion: str) -> str:  # noqa: ARG002 - there is one
        """Return the version of what it judges by."""
        return self.version

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:  # noqa: B027 - all of them do
        """Remember nothing."""

    def settle(self) -> None:  # noqa: B027
        """Owe nothing."""


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
