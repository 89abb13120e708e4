"""Who judges answers. To add one: a file here with a class that fits `Judge`, and a line in `JUDGES`."""

from datetime import datetime
from typing import Protocol

from domain.judgement import Judgement
from domain.transcript import Transcript


class Judge(Protocol):
    """Reads one answer and says which of its sentences the context supports."""

    @property
    def name(self) -> str:
        """Who judged, as it is stored with each score (`rules`, `openai/gpt-5-mini`)."""
        ...

    async def judge(self, transcript: Transcript, at: datetime) -> Judgement:
        """Judge the faithfulness of one answer. Never raises: a failure is a `JudgeFailure`."""
        ...
