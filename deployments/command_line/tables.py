"""Tables for people, from what the store remembers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.store import Kept, Quiet, Store
from alerts.figures import quantity, unit_of
from domain.alerting import State, Transition
from domain.duration import spell_duration
from domain.message import Severity
from domain.objective import Tier, Verdict
from domain.window import Window

_WIDTH_OF_A_FILE = 110

terminal = Console()
if not terminal.is_terminal:
    terminal = Console(width=_WIDTH_OF_A_FILE)

_VERDICTS = {
    Verdict.MET: ("met", "green"),
    Verdict.BREACHED: ("BREACHED", "bold red"),
    Verdict.INCONCLUSIVE: ("cannot say", "yellow"),
}
_STYLES = {Severity.PAGE: "bold red", Severity.TICKET: "yellow"}
_TIERS = {str(tier): position for position, tier in enumerate(Tier, 1)}


def objectives_table(title: str, kept: Sequence[Kept]) -> Table:
    """Return objectives by tier: promise, value, sample, interval and verdict, with the reason where it is not met."""
    table = bare(title)
    table.add_column("tier", no_wrap=True)
    table.add_column("objective", ratio=1)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("95 % interval", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    before = None
    for one in sorted(kept, key=lambda kept: _TIERS[kept.tier]):
        words, style = _VERDICTS[one.verdict]
        if before not in {None, one.tier}:
            table.add_section()
        promise = Text(one.promise)
        if one.verdict is not Verdict.MET:
            promise.append(f"\n{one.because}", "dim")
        table.add_row(
            f"{_TIERS[one.tier]} {one.tier}" if one.tier != before else "",
            promise,
            value_of(one),
            f"{one.n} days" if one.statistic == "projection" else f"{one.n:,}",
            interval_of(one),
            Text(words, style),
        )
        before = one.tier
    return table


def alerts_table(title: str, transitions: Sequence[Transition], now: datetime) -> Table:
    """Return every episode: what fired, since when, for how long, and why."""
    table = bare(title)
    table.add_column("severity", no_wrap=True)
    table.add_column("alert, and why", ratio=1)
    table.add_column("since (UTC)", no_wrap=True)
    table.add_column("lasted", no_wrap=True)
    for fired, over in episodes(transitions):
        began = fired.since or fired.slot
        about = ", ".join(value for _, value in fired.labels)
        alert = Text(f"{fired.rule} ({about})" if about else fired.rule, "bold")
        alert.append(f"\n{fired.because}", "not bold dim")
        lasted = spell_duration(over.slot - began) if over else f"{spell_duration(now - began)}, still firing"
        table.add_row(
            Text(str(fired.severity), _STYLES.get(fired.severity, "")), alert, f"{began:%a %d %b %H:%M}", lasted
        )
    return table


def quiet_table(title: str, quiet: Sequence[Quiet]) -> Table:
    """Return the rules that crossed their limit and told nobody, with the reason of the worst slot."""
    table = bare(title)
    table.add_column("rule", no_wrap=True)
    table.add_column("slots", justify="right", no_wrap=True)
    table.add_column("the worst of them, and why nobody was told", ratio=1)
    for one in quiet:
        table.add_row(one.rule, str(one.times), f"{one.worst.slot:%a %d %b %H:%M}: {one.worst.because}")
    return table


def episodes(transitions: Sequence[Transition]) -> Iterable[tuple[Transition, Transition | None]]:
    """Yield what fired, with the transition that ended it, oldest first."""
    for position, one in enumerate(transitions):
        if one.after is not State.FIRING or one.before is State.RECOVERING:
            continue
        episode = (one.rule, one.labels, one.episode)
        over = (
            other
            for other in transitions[position + 1 :]
            if other.after is State.INACTIVE and (other.rule, other.labels, other.episode) == episode
        )
        yield one, next(over, None)


def recent_transitions(store: Store, application: str, days: int) -> tuple[list[Transition], datetime | None]:
    """Return the changes of state of the last *days* before the newest slot, and that slot."""
    last = store.alerts.last_slot(application)
    if last is None:
        return [], None
    return store.alerts.transitions(application, recent(last, days)), last


def recent(last: datetime, days: int) -> Window:
    """Return the *days* that end with the slot *last*."""
    return Window.ending(last + timedelta(seconds=1), timedelta(days=days))


def value_of(one: Kept) -> str:
    """Return an objective's value as people read it."""
    return "no data" if one.value is None else quantity(one.value, unit_of(one.signal, one.statistic))


def interval_of(one: Kept) -> str:
    """Return an objective's interval as people read it; a projection's is one of 80 %."""
    if one.interval is None:
        return "-"
    note = " (80 %)" if one.statistic == "projection" else ""
    unit = unit_of(one.signal, one.statistic)
    return f"{quantity(one.interval.low, unit)} to {quantity(one.interval.high, unit)}{note}"


def bare(title: str) -> Table:
    """Return an empty table in the style of all of them."""
    return Table(title=title, title_justify="left", title_style="bold", header_style="bold", expand=True)
