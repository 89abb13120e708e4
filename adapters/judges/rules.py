"""The judge that needs no model: rules for numbers, names and wording; free, fast, English only."""

from datetime import datetime

from adapters.judges.judge import Ruling, why_not_judged
from domain.grounding import VERSION, ground
from domain.grounding.words import reads_as_english
from domain.judgement import Judgement
from domain.transcript import Transcript

LONGEST_ANSWER = 20_000
"""In characters; a longer one would hold up the others, and no rule was ever tried on such a text."""


class RulesJudge:
    """Judges by what is written in `domain.grounding`; see there for what it was measured on."""

    name = "rules"

    async def judge(self, transcript: Transcript, at: datetime) -> Judgement:
        """Judge the faithfulness of one answer."""
        ruling = Ruling(trace_id=transcript.trace_id, judge=self.name, version=VERSION, judged_at=at)
        why_not = why_not_judged(transcript)
        if why_not is None and not reads_as_english(transcript.answer):
            why_not = "the rules read English only"
        if why_not is None and len(transcript.answer) > LONGEST_ANSWER:
            why_not = f"the answer is longer than {LONGEST_ANSWER} characters"
        if why_not is not None:
            return ruling.not_applicable(why_not)
        claims = ground(transcript.answer, transcript.context, transcript.question)
        return ruling.on(claims, cost_nano_usd=0)
