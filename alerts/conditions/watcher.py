"""Goodput about itself: rules that are blind, messages that nobody takes, slots that nobody decided.

These are decided at every run, whatever the source of traces does: who watches must not go blind with it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from alerts.conditions.condition import Asked
from alerts.figures import window_words
from alerts.view import View
from domain.alerting import Finding, Truth
from domain.duration import Duration, spell_duration
from domain.measurement import Labels, labels
from domain.message import Severity, WorstTrace
from domain.watching import ChannelHealth, WatchedRule
from domain.window import Window

_DAY = timedelta(days=1)
_LOOK = timedelta(hours=1)


class AboutGoodput(Asked):
    """What all conditions about Goodput itself share."""

    watches_goodput: ClassVar[bool] = True
    why_no_chart: ClassVar[str] = "it is about Goodput itself, which is no signal of requests"

    @property
    def looks_back(self) -> timedelta:
        """Nothing: what they need of the past they ask for themselves."""
        return timedelta()

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: no request is to blame."""
        return ()


class Blind(AboutGoodput):
    """A rule has known nothing for longer than it may: traces are not read, have stopped coming, or nobody decides.

    A sample that is only too small is not blindness. That no request came is, where so many came at this time of the
    day before, or the week before, that chance is no excuse.

    Attributes:
        blinded: The severity of the rules that are looked after.
        expected: How many requests must be missing.
    """

    kind: Literal["blind"]
    blinded: Severity
    expected: int = Field(default=10, ge=5)

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for each rule that has known something before."""
        return [
            self._one(view, rule, view.slot - rule.seen_at)
            for rule in view.watched
            if rule.severity is self.blinded and rule.seen_at is not None
        ]

    def _one(self, view: View, rule: WatchedRule, dark: timedelta) -> Finding:
        of = labels({"watched": rule.name})
        words = f"{rule.name} has known nothing for {spell_duration(dark)}"
        if dark < rule.blind_after:
            seen = f"{rule.name} knew something {spell_duration(dark)} ago"
            return Finding(labels=of, truth=Truth.FALSE, clear=True, because=seen)
        if view.is_unread:
            until = f"traces are read only until {view.known_until:%-d %b %H:%M} UTC"
            return self._blind(of, f"{words}: {until}", rule)
        if view.decided and view.slot - view.decided[-1] >= rule.blind_after:
            decided = f"no slot has been decided since {view.decided[-1]:%-d %b %H:%M} UTC"
            return self._blind(of, f"{words}: {decided}", rule)
        missing = self._missing(view, min(dark, _LOOK))
        if missing is None:
            return Finding(
                labels=of, truth=Truth.FALSE, clear=True, because=f"{words}, for there was too little to see"
            )
        return self._blind(of, f"{words}: {missing}", rule)

    def _blind(self, of: Labels, because: str, rule: WatchedRule) -> Finding:
        facts = (("May be blind for", spell_duration(rule.blind_after)),)
        return Finding(labels=of, truth=Truth.TRUE, because=because, facts=facts)

    def _missing(self, view: View, over: timedelta) -> str | None:
        """Return which requests are missing, or None if some came, or few were to be expected."""
        now = view.window(over)
        if len(view.history.over(now)) or _answers_probes(view, over):
            return None
        usual = [len(view.history.over(Window(now.start - back, now.end - back))) for back in _pasts(view, now)]
        if not usual or min(usual) < self.expected:
            return None
        return f"no request in {window_words(over)}, where {min(usual):,} came at this time before"


class Undelivered(AboutGoodput):
    """A channel refuses messages for good, or takes none.

    Attributes:
        waiting: How long a message may wait for it.
        recent: A refusal that is older is no news; after an hour, nor is one since which it has taken others.
    """

    kind: Literal["undelivered"]
    waiting: Duration = timedelta(minutes=5)
    recent: Duration = _DAY

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for each channel."""
        return [self._one(view, channel) for channel in view.channels]

    def _one(self, view: View, channel: ChannelHealth) -> Finding:
        of = labels({"channel": channel.name})
        dead, sent = channel.dead_at, channel.sent_at
        ago = view.slot - dead if dead is not None else self.recent
        refused = ago < _LOOK or (ago < self.recent and (sent is None or dead is None or sent <= dead))
        late = channel.waiting_since is not None and view.slot - channel.waiting_since >= self.waiting
        if refused and dead is not None:
            words = f"{channel.name} refused a message for good at {dead:%-d %b %H:%M} UTC: {channel.error}"
        elif late and channel.waiting_since is not None:
            waited = spell_duration(view.slot - channel.waiting_since)
            words = f"{channel.waiting:,} messages wait for {channel.name}, the oldest for {waited}: {channel.error}"
        else:
            return Finding(labels=of, truth=Truth.FALSE, clear=True, because=f"{channel.name} takes its messages")
        return Finding(labels=of, truth=Truth.TRUE, n=channel.waiting, because=words.rstrip(": "))


class SlotsLost(AboutGoodput):
    """Slots were never decided, because no run came in time: nobody would have been told of what was then.

    Attributes:
        over: How far back lost slots are news.
        more_than: So many may be lost.
    """

    kind: Literal["slots_lost"]
    over: Duration = _LOOK
    more_than: int = Field(default=2, ge=0)

    def find(self, view: View) -> Sequence[Finding]:
        """Count the holes between slots that were decided; what comes after the newest may still be made up for."""
        lost, first, last = 0, None, None
        for earlier, later in zip(view.decided, view.decided[1:], strict=False):
            holes = round((later - earlier) / view.slot_length) - 1
            if holes > 0 and view.slot - later < self.over:
                lost, first, last = lost + holes, first or earlier, later
        if lost <= self.more_than or first is None or last is None:
            because = f"{lost} slots were lost in {window_words(self.over)}"
            return [Finding(truth=Truth.FALSE, clear=True, value=float(lost), n=len(view.decided), because=because)]
        because = f"{lost} slots between {first:%-d %b %H:%M} and {last:%H:%M} UTC were never decided"
        return [Finding(truth=Truth.TRUE, value=float(lost), n=len(view.decided), because=because)]


class JudgeBlind(Asked):
    """Answers wait for the judge for too long, or it gives verdicts on too few of them.

    Attributes:
        over: How far judging may lie behind.
    """

    kind: Literal["judge_blind"]
    why_no_chart: ClassVar[str] = "it is about the judge's queue, of which no past is kept"
    over: Duration = timedelta(minutes=30)

    @property
    def looks_back(self) -> timedelta:
        """The time in which answers may wait."""
        return self.over

    def find(self, view: View) -> Sequence[Finding]:
        """Answer for the whole application; unknown where nothing was ever judged."""
        if view.judged_until is None:
            return [Finding(truth=Truth.UNKNOWN, because="nothing was ever judged")]
        window = view.window(self.over)
        if why := view.why_unknown(window):
            return [Finding(truth=Truth.UNKNOWN, because=why)]
        behind = view.slot - view.judged_until
        waiting = len(view.history.rows(Window(view.judged_until, window.end))) if view.judged_until < window.end else 0
        words = f"answers are judged until {view.judged_until:%-d %b %H:%M} UTC, {spell_duration(behind)} ago"
        late = behind > self.over and waiting > 0
        said = f"{words}, and {waiting:,} requests have ended since" if late else words
        return [Finding(truth=Truth.TRUE if late else Truth.FALSE, clear=not late, n=waiting, because=said)]

    def worst(self, view: View, labels: Labels) -> Sequence[WorstTrace]:  # noqa: ARG002
        """Name nothing: no answer is to blame."""
        return ()


def _pasts(view: View, now: Window) -> list[timedelta]:
    """Return how far back the same time of day, and of the week, is known."""
    return [back for back in (_DAY, 7 * _DAY) if view.known_from <= now.start - back]


def _answers_probes(view: View, over: timedelta) -> bool:
    """Whether our own probes are answered: then nobody asks, rather than that nobody can."""
    made = [probe for probe in view.probes if view.slot - over <= probe.at <= view.slot]
    return bool(made) and made[-1].ok
