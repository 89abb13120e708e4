"""Tables for people, from what the store remembers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.store import Kept, Store
from alerts.figures import quantity
from domain.alerting import State, Transition
from domain.duration import spell_duration
from domain.message import Severity
from domain.objective import Tier, Verdict
from domain.signals import SIGNALS
from domain.window import Window

terminal = Console()

_VERDICTS = {
    Verdict.MET: ("met", "green"),
    Verdict.BREACHED: ("BREACHED", "bold red"),
    Verdict.INCONCLUSIVE: ("cannot say", "yellow"),
}
_TIERS = {str(tier): position for position, tier in enumerate(Tier, 1)}


def objectives_table(title: str, kept: Sequence[Kept]) -> Table:
    """Return objectives by tier: promise, value, sample, interval, verdict and why."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", pad_edge=False)
    for name, justify in (("tier", "left"), ("objective", "left"), ("value", "right"), ("n", "right")):
        table.add_column(name, justify=justify, no_wrap=name in {"value", "n"})  # type: ignore[arg-type]
    table.add_column("95 % interval", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("why", overflow="fold")
    before = None
    for one in sorted(kept, key=lambda kept: _TIERS[kept.tier]):
        words, style = _VERDICTS[one.verdict]
        tier = f"{_TIERS[one.tier]} {one.tier}" if one.tier != before else ""
        if before not in {None, one.tier}:
            table.add_section()
        before = one.tier
        table.add_row(
            tier,
            one.promise,
            value_of(one),
            f"{one.n:,}" if one.statistic != "projection" else f"{one.n} days",
            interval_of(one),
            Text(words, style),
            one.because,
        )
    return table


def alerts_table(title: str, transitions: Sequence[Transition], now: datetime) -> Table:
    """Return every episode: what fired, since when, for how long, and why."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", pad_edge=False)
    for name in ("severity", "rule", "about", "since", "lasted"):
        table.add_column(name, no_wrap=name != "about")
    table.add_column("why", overflow="fold")
    for fired, over in episodes(transitions):
        style = {Severity.PAGE: "bold red", Severity.TICKET: "yellow"}.get(fired.severity, "")
        began = fired.since or fired.slot
        lasted = spell_duration(over.slot - began) if over else f"still firing ({spell_duration(now - began)})"
        table.add_row(
            Text(str(fired.severity), style),
            fired.rule,
            ", ".join(value for _, value in fired.labels),
            f"{began:%a %d %b %H:%M}",
            lasted,
            fired.because,
        )
    return table


def episodes(transitions: Sequence[Transition]) -> Iterable[tuple[Transition, Transition | None]]:
    """Yield what fired, with the transition that ended it, oldest first."""
    for position, one in enumerate(transitions):
        if one.after is not State.FIRING or one.before is State.RECOVERING:
            continue
        rest = transitions[position + 1 :]
        over = (
            other
            for other in rest
            if other.after is State.INACTIVE
            and (other.rule, other.labels, other.episode) == (one.rule, one.labels, one.episode)
        )
        yield one, next(over, None)


def recent_transitions(store: Store, application: str, days: int) -> tuple[list[Transition], datetime | None]:
    """Return the changes of state of the last *days* before the newest slot, and that slot."""
    last = store.alerts.last_slot(application)
    if last is None:
        return [], None
    until = last + timedelta(seconds=1)
    return store.alerts.transitions(application, Window.ending(until, timedelta(days=days))), last


def value_of(one: Kept) -> str:
    """Return an objective's value as people read it."""
    return "no data" if one.value is None else quantity(one.value, _unit(one))


def interval_of(one: Kept) -> str:
    """Return an objective's interval as people read it."""
    if one.interval is None:
        return "-"
    note = " (80 %)" if one.statistic == "projection" else ""
    return f"{quantity(one.interval.low, _unit(one))} to {quantity(one.interval.high, _unit(one))}{note}"


def _unit(one: Kept) -> str:
    return "share" if one.statistic == "share" else SIGNALS[one.signal].unit
