"""Everything a condition may look at. Nothing here reads a clock or a store: the history answers, whoever keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.anchor import JudgeCheck
from domain.application import Application
from domain.history import History
from domain.objective import Objective
from domain.probe import Probe
from domain.reconciliation import ReconciledDay
from domain.served import ServedModel
from domain.silence import Silence
from domain.watching import ChannelHealth, WatchedRule
from domain.window import Window

_UNKNOWN_PART = 0.05  # of a window that must be known as a whole: a settling minute does not make a day unknown

JUDGED_TOO_LONG_AGO = timedelta(hours=1)  # four rounds of judging
COMPARED_DAYS = 7
JUDGE_MODELS_OVER = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The world at one slot.

    Attributes:
        history: The requests, as far back as any rule looks; windows that end after the slot are nobody's business.
        known_until: Traces are read completely up to here; later windows are unknown.
        judged_until: Samples are judged up to here; later answers may only wait for their turn. None: as far as read.
        probes: Looks at the endpoint from outside, oldest first.
        reconciled: The last COMPARED_DAYS of which hours were held against the source's own count, oldest first.
        judge_checks: The newest round of anchors by criterion, against the accepted one.
        judge_models: The models that answered as judges in the last JUDGE_MODELS_OVER.
        silences: What nobody wants to hear of; those that are not on at the slot keep nothing quiet.
        known_from: The first moment with data; earlier time is unknown, not empty.
        watched, channels, decided: How Goodput itself does: its rules, its channels, and the newest slots that were
            decided. Only asked about by rules about Goodput.
        slot_length: How far slots lie apart.
        settle: How long a trace is given to arrive; windows end this long before the slot.
    """

    slot: datetime
    application: Application
    objectives: Mapping[str, Objective]
    history: History
    known_from: datetime
    known_until: datetime
    judged_until: datetime | None = None
    probes: Sequence[Probe] = ()
    reconciled: Sequence[ReconciledDay] = ()
    judge_checks: Sequence[JudgeCheck] = ()
    judge_models: Sequence[ServedModel] = ()
    silences: Sequence[Silence] = ()
    watched: Sequence[WatchedRule] = ()
    channels: Sequence[ChannelHealth] = ()
    decided: Sequence[datetime] = ()
    slot_length: timedelta = timedelta(minutes=1)
    settle: timedelta = timedelta(seconds=60)

    @property
    def is_unread(self) -> bool:
        """Whether what happened until the slot has not been read."""
        return self.known_until < self.slot - self.settle

    def window(self, over: timedelta, *, judged: bool = False) -> Window:
        """Return the window of length *over* that this slot decides about; a *judged* one ends with the judging.

        A window whose newest answers nobody has judged yet would be a smaller sample each minute, and a larger one
        each quarter: its share would flap.
        """
        end = self.slot - self.settle
        if judged and self.judged_until is not None:
            end = min(end, self.judged_until)
        return Window.ending(end, over)

    def why_unknown(self, window: Window, *, whole: bool = False) -> str | None:
        """Return why *window* cannot be judged, or None if it can.

        Args:
            window: The time in question; its end must be known.
            whole: Its beginning must be known too, because a part of it would not be like the whole.
        """
        if self.known_until < window.end:
            return f"traces are read only until {self.known_until:%-d %b %H:%M} UTC"
        if window.end == self.judged_until and self.slot - window.end > JUDGED_TOO_LONG_AGO:
            return f"answers are judged only until {window.end:%-d %b %H:%M} UTC"
        if self.known_from >= window.end:
            return "this was before the first trace"
        if whole and self.known_from > window.start + window.length * _UNKNOWN_PART:
            return f"traces are known only since {self.known_from:%-d %b %H:%M} UTC"
        return None
