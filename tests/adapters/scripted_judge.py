"""A judge that says what a test tells it to, and remembers what it was asked."""

import asyncio

from domain.criterion import Canary
from domain.judgement import FailureReason, JudgeFailure, NotApplicable, Score


class ScriptedJudge:
    """Gives every answer 0.75 by each criterion, unless told otherwise for a trace, or a trace and a criterion.

    A number is a score, `fails` and `nothing` speak for themselves, and an error is raised.
    """

    name = "scripted"
    fitted_on = ()

    def __init__(self, *, by=("faithfulness",), reads_as_told=False, canaries=(), version="1", **told):
        self.criteria = by
        self.reads_as_told = reads_as_told
        self.canaries = canaries
        self.version = version
        self.told = told
        self.judged: list[str] = []
        self.fresh: list[str] = []
        self.done: list[str] = []
        self.settled = 0
        self.concluded: list[tuple[str, bool]] = []
        self.takes_s: dict[str, float] = {}

    def name_of(self, criterion):
        return f"{self.name}/{criterion}"

    def version_of(self, criterion):
        return f"{criterion}/{self.version}"

    async def judge(self, transcript, at, *, fresh=False, only=None):
        name = transcript.trace_id
        (self.fresh if fresh else self.judged).append(name)
        await asyncio.sleep(self.takes_s.get(name, 0))
        found = [self._judgement(name, criterion, at) for criterion in self.criteria if only in {None, criterion}]
        self.done.append(name)
        return found

    def conclude(self, trace_ids, *, believed):
        self.concluded += [(name, believed) for name in trace_ids]

    def settle(self):
        self.settled += 1

    def _judgement(self, name, criterion, at):
        said = {
            "trace_id": name,
            "criterion": criterion,
            "version": self.version_of(criterion),
            "judge": self.name_of(criterion),
            "judged_at": at,
        }
        match self.told.get(f"{name}_{criterion}", self.told.get(name, 0.75)):
            case "fails":
                return JudgeFailure(**said, reason=FailureReason.TIMEOUT, cost_nano_usd=7)
            case "nothing":
                return NotApplicable(**said, reason="no context")
            case Exception() as error:
                raise error
            case value:
                return Score(**said, value=value, reason="R" * 400, served_by="m-1", cost_nano_usd=5_000_000)


def canary(expect="low", kind="injected bad"):
    return Canary(kind=kind, question="Q", context=("C",), answer="A", expect=expect)
