"""What Goodput remembers. Takes and returns domain types; only the files here know that there are tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.store.alerts import Alerts, Quiet
from adapters.store.anchors import Anchors
from adapters.store.assessments import Assessments, Kept
from adapters.store.database import Database
from adapters.store.history import StoredHistory
from adapters.store.human_labels import HumanLabels
from adapters.store.judge_spend import JudgeSpend
from adapters.store.judge_verdicts import JudgeVerdicts
from adapters.store.judgements import Judgements
from adapters.store.outbox import Outbox
from adapters.store.probes import Probes
from adapters.store.reconciliations import Reconciliations
from adapters.store.requests import Known, Requests
from adapters.store.reviews import Reviews
from adapters.store.silences import Silences
from domain.plan import Plan


@dataclass(frozen=True, slots=True)
class Store:
    """One database, by what is kept in it."""

    database: Database

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open, and create or migrate where needed, the database at *url* (sqlite or postgresql)."""
        return cls(Database(url))

    @property
    def requests(self) -> Requests:
        """Requests and thumbs."""
        return Requests(self.database)

    def history(self, application: str, plan: Plan) -> StoredHistory:
        """Return the past of *application*, counted by *plan* where it is long."""
        return StoredHistory(self.database, application, plan)

    @property
    def judgements(self) -> Judgements:
        """Scores, and what could not be scored."""
        return Judgements(self.database)

    def judge_verdicts(self, application: str, *, keep_reasons: bool, now: Callable[[], datetime]) -> JudgeVerdicts:
        """Verdicts that the judges of *application* gave before."""
        return JudgeVerdicts(self.database, application, keep_reasons, now)

    def judge_spend(self, application: str) -> JudgeSpend:
        """What judging *application* cost, day by day."""
        return JudgeSpend(self.database, application)

    @property
    def human_labels(self) -> HumanLabels:
        """What people said of answers."""
        return HumanLabels(self.database)

    @property
    def anchors(self) -> Anchors:
        """What judges said of the same answers, from day to day."""
        return Anchors(self.database)

    @property
    def reviews(self) -> Reviews:
        """Answers that a person was asked to look at."""
        return Reviews(self.database)

    @property
    def assessments(self) -> Assessments:
        """Objectives over time."""
        return Assessments(self.database)

    @property
    def alerts(self) -> Alerts:
        """Alert state and its history."""
        return Alerts(self.database)

    @property
    def silences(self) -> Silences:
        """Times in which nobody wants to hear of some alerts."""
        return Silences(self.database)

    @property
    def probes(self) -> Probes:
        """Looks at endpoints from outside."""
        return Probes(self.database)

    @property
    def reconciliations(self) -> Reconciliations:
        """Hours held against the source's own count."""
        return Reconciliations(self.database)

    @property
    def outbox(self) -> Outbox:
        """Messages on their way."""
        return Outbox(self.database)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


__all__ = ["Kept", "Known", "Quiet", "Store", "StoredHistory"]
