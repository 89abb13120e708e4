"""What happens in a test of rules besides traffic: probes, silences, acknowledgements, trouble of any other kind."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from alerts.rule_tests.moments import During, Offset, Said
from domain.anchor import JudgeCheck
from domain.calibration import Flips
from domain.duration import Duration
from domain.measurement import labels
from domain.message import Severity
from domain.money import NANO_PER_USD
from domain.probe import Probe
from domain.reconciliation import Counted, ReconciledDay
from domain.served import ServedModel
from domain.silence import RULE, SEVERITY, Silence
from domain.watching import ChannelHealth

_SOMEBODY = "somebody"
_HOURS = 24
_MOST_PROBES = 100_000

Pair = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]
"""What we counted, and what the source counts."""


class Probing(During):
    """Looks at the endpoint, at even distances."""

    every: Duration = Field(default=timedelta(minutes=1), gt=timedelta())
    ok: bool = True
    because: str = ""

    def probes(self, application: str, start: datetime, end: timedelta) -> list[Probe]:
        """Return the looks of a test that begins at *start* and is over after *end*."""
        until = self.until if self.until is not None else end + self.every
        count = min(-int((self.since - until) // self.every), _MOST_PROBES)
        moments = (start + self.since + position * self.every for position in range(count))
        return [Probe(application=application, at=at, ok=self.ok, because=self.because) for at in moments]


class Silencing(During):
    """A time in which nobody wants to hear of some alerts.

    Attributes:
        rules: Patterns with `*` and `?`; all rules, if left out.
    """

    rules: tuple[str, ...] = ()
    where: Mapping[str, str] = {}
    severity: Severity | None = None
    comment: str = ""

    def silences(self, application: str, start: datetime, end: timedelta) -> list[Silence]:
        """Return it for each of its patterns."""
        ends = start + (self.until if self.until is not None else end + timedelta(days=1))
        found = []
        for rule in self.rules or (None,):
            said = {RULE: rule, SEVERITY: self.severity, **self.where}
            matchers = labels({name: str(value) for name, value in said.items() if value is not None})
            found.append(
                Silence(
                    id=f"test:{rule or ''}", application=application, matchers=matchers, starts=start + self.since,
                    ends=ends, by=_SOMEBODY, comment=self.comment,
                )
            )  # fmt: skip
        return found


class Taking(Said):
    """Somebody acknowledges what is open of a rule, just before the slot is decided."""

    at: Offset
    rule: str
    by: str = Field(default=_SOMEBODY, min_length=1)


class ChannelTrouble(During):
    """A channel takes no messages: they wait; or it *refuses* one for good when the trouble begins."""

    channel: str = Field(min_length=1)
    refuses: bool = False
    waiting: int = Field(default=1, ge=1)
    error: str = ""

    def health(self, start: datetime, offset: timedelta) -> ChannelHealth:
        """Return how the channel does, *offset* after the *start* of the test."""
        if offset < self.since:
            return ChannelHealth(name=self.channel)
        began = start + self.since
        sent_at = None if self.is_on(offset) or self.until is None else start + self.until
        if self.refuses:
            return ChannelHealth(name=self.channel, dead_at=began, sent_at=sent_at, error=self.error)
        if sent_at is not None:
            return ChannelHealth(name=self.channel, sent_at=sent_at)
        return ChannelHealth(name=self.channel, waiting_since=began, waiting=self.waiting, error=self.error)


class Comparison(During):
    """A day whose rows were held against the source's own count; while it stands, so it was found.

    Attributes:
        day: 0 for the day of the start of the test, -1d for the day before.
        rows, cost_usd: Ours and theirs.
    """

    day: Offset = timedelta()
    rows: Pair
    cost_usd: Pair | None = None

    def of(self, start: datetime) -> ReconciledDay:
        """Return it as it is kept."""
        nano = None if self.cost_usd is None else [round(one * NANO_PER_USD) for one in self.cost_usd]
        return ReconciledDay(
            day=(start + self.day).date(),
            hours=_HOURS,
            rows=Counted(round(self.rows[0]), round(self.rows[1])),
            cost=None if nano is None else Counted(nano[0], nano[1]),
            requests=round(self.rows[0]),
            spend_nano_usd=0 if nano is None else nano[0],
        )


class AnchorRound(Said):
    """A round of anchors, of which so many verdicts flipped against the accepted round."""

    at: Offset
    turned_bad: int = Field(default=0, ge=0)
    turned_good: int = Field(default=0, ge=0)
    of: int = Field(ge=1)
    criterion: str = "faithfulness"

    def check(self, start: datetime) -> JudgeCheck:
        """Return it as it is kept."""
        flips = Flips(up=self.turned_bad, down=self.turned_good, n=self.of)
        return JudgeCheck(
            at=start + self.at, judge="judge", criterion=self.criterion, asked=self.of, failed=0, flips=flips
        )


class Serving(During):
    """The model that answered in a judge's name."""

    model: str
    judge: str = "judge"

    def served(self, start: datetime, offset: timedelta) -> ServedModel:
        """Return when it was seen, as it is known *offset* after the *start* of the test."""
        last = offset if self.until is None else min(offset, self.until)
        return ServedModel(judge=self.judge, model=self.model, first=start + self.since, last=start + last)
