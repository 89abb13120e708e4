"""A judge that says what a test tells it, for everything that works with judges."""

from adapters.judges.judge import Bench
from domain.judgement import FailureReason

CRITERIA = ("faithfulness",)


class ToldJudge:
    """Scores by a function of the transcript: a number, None for a failure, or the words why there is nothing."""

    name = "told"
    reads_as_told = False
    canaries = ()
    fitted_on = ()

    def __init__(self, says, *, criteria=CRITERIA, served_by=None):
        self.criteria = criteria
        self.served_by = served_by
        self.asked = []
        self.settled = 0
        self._says = says

    async def judge(self, transcript, at, *, fresh=False, only=None):
        self.asked.append((transcript.trace_id, fresh))
        return [self._one(transcript, criterion, at) for criterion in self.criteria if only in {None, criterion}]

    def name_of(self, criterion):
        return self.name

    def version_of(self, criterion):
        return f"{criterion}/1"

    def conclude(self, trace_ids, *, believed):
        """Remember nothing."""

    def settle(self):
        self.settled += 1

    def _one(self, transcript, criterion, at):
        bench = Bench(
            trace_id=transcript.trace_id,
            criterion=criterion,
            judge=self.name,
            version=self.version_of(criterion),
            judged_at=at,
        )
        said = self._says(transcript)
        if said is None:
            return bench.failure(FailureReason.TIMEOUT, "slow")
        if isinstance(said, str):
            return bench.not_applicable(said)
        return bench.score(said, "as told", served_by=self.served_by)
