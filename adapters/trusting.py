"""What the judged shares of one application are worth, by what the store knows of their judge."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from adapters.store import Store
from domain.badness import Line
from domain.history import History, Sample
from domain.measure import tally
from domain.plan import Plan
from domain.trust import Trust, is_enough, trust_of
from domain.window import Window

SHARE_OVER = timedelta(days=7)
"""The window of a judged share: that of the guide's quality objectives."""


class Trusting:
    """Looks up how far the judge of *application* is to be believed.

    Attributes:
        lines: By criterion, above which badness an answer is flagged.
    """

    def __init__(self, store: Store, application: str, plan: Plan, lines: Mapping[str, Line]) -> None:
        self.application = application
        self.lines = lines
        self._store = store
        self._plan = plan

    def in_shares(self, at: datetime, history: History) -> dict[str, Trust]:
        """Return by criterion what the flagged share of the seven days before *at* is worth."""
        sample = history.over(Window.ending(at, SHARE_OVER))
        return {criterion: self._trust(criterion, sample, at) for criterion in self.lines}

    def in_share_of(self, criterion: str, at: datetime) -> Trust:
        """Return what the flagged share of the seven days before *at* is worth."""
        sample = self._store.history(self.application, self._plan).over(Window.ending(at, SHARE_OVER))
        return self._trust(criterion, sample, at)

    def _trust(self, criterion: str, sample: Sample, at: datetime) -> Trust:
        window, line = Window.ending(at, SHARE_OVER), self.lines[criterion]
        judges = self._store.judgements.judges(self.application, window, criterion)
        who = min(judges, key=lambda one: (-judges[one], one), default=None)
        labels = self._store.human_labels
        known = [
            one.confusion
            for one in labels.calibrations(self.application, criterion)
            if (one.judge, one.version) == who and one.flag_above == line.above and one.at <= at
        ]
        return trust_of(
            tally(sample, line.limit(criterion)),
            judges,
            next(filter(is_enough, known), known[0] if known else None),  # a small set does not undo a large one
            [one for one in labels.pairs(self.application, criterion, window=window) if one.by_verdict],
            line,
        )
