"""What an alert engine must do, said again in another way: no state but the list of what was found."""

from datetime import datetime, timedelta

from domain.alerting import State
from tests.builders import MINUTE

History = list[tuple[datetime, str]]
"""Slot and symbol: T true, b between, F clear, ? unknown."""


def seen_s(history: History, symbols: str) -> float:
    """Return for how long the end of *history* was seen to be one of *symbols*; looks over two minutes apart see nothing."""
    begin = len(history)
    while begin and history[begin - 1][1] in symbols + "?":
        begin -= 1
    while begin < len(history) and history[begin][1] == "?":
        begin += 1
    pairs = zip(history[begin:], history[begin + 1 :], strict=False)
    spans = [(late - early, a + b) for (early, a), (late, b) in pairs]
    return sum(span.total_seconds() for span, looks in spans if span <= 2 * MINUTE and "?" not in looks)


def oracle(history: History, hold_s: float, resolve_s: float) -> tuple[State, list[tuple[str, datetime]]]:
    """Return where an alert with this history stands, and when it began to fire and was over."""
    events: list[tuple[str, datetime]] = []
    begun, state, known_at = 0, State.INACTIVE, None
    for position, (slot, symbol) in enumerate(history):
        known = history[begun : position + 1]
        firing = bool(events) and events[-1][0] == "began"
        if symbol == "?":
            if state is State.PENDING and known_at is not None and slot - known_at >= timedelta(minutes=61):
                begun, state = position + 1, State.INACTIVE
            continue
        known_at = slot
        if not firing and symbol == "T":
            fires = seen_s(known, "T") >= hold_s
            state = State.FIRING if fires else State.PENDING
            events += [("began", slot)] if fires else []
        elif not firing:
            state = State.INACTIVE
        elif symbol == "F":
            over = seen_s(known, "F") >= resolve_s
            state = State.INACTIVE if over else State.RECOVERING
            events += [("over", slot)] if over else []
        else:
            state = State.FIRING
        if firing != (bool(events) and events[-1][0] == "began"):
            begun = position + 1
    return state, events


def firing_at(history: History, slot: datetime, hold_s: float, resolve_s: float) -> datetime | None:
    """Return since when the condition has held of what fires at *slot*, or None if it does not fire."""
    past = [one for one in history if one[0] <= slot]
    _, events = oracle(past, hold_s, resolve_s)
    if not events or events[-1][0] != "began":
        return None
    before = [position for position, one in enumerate(past) if one[0] <= events[-1][1]]
    begin = before[-1]
    while begin and past[begin - 1][1] in "T?" and (len(events) < 2 or past[begin - 1][0] > events[-2][1]):
        begin -= 1
    while past[begin][1] == "?":
        begin += 1
    return past[begin][0]
