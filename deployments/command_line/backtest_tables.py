"""What came of a backtest, for people."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from adapters.store import Known, Quiet
from alerts.backtest import Episode, OfRule, Outcome
from alerts.comparing import Comparison
from alerts.figures import percent, window_words
from alerts.words import about
from deployments.command_line.operating import silence_words
from deployments.command_line.tables import bare, quiet_table, terminal
from domain.duration import spell_duration
from domain.message import Severity

_STYLES = {Severity.PAGE: "bold red", Severity.TICKET: "yellow"}
_DETECTED = ("detected in", "at worst")
_LATER = (
    "Decided by what the store knows today; a live run knew less of late traces and of answers that were judged after "
    "their turn. It begins with nothing going on, and nobody takes an incident: reminders are as many as there can be."
)


def show_outcome(found: Outcome, known: Known) -> None:
    """Print what came of one set of rules."""
    _say(f"[bold]{escape(_headline(found))}[/]: {_told(found)}.")
    if found.episodes:
        terminal.print(_episodes_table("What would have fired", found, found.episodes))
    terminal.print(_rules_table(found))
    quiet = [Quiet(one.name, one.answers.crossings, one.answers.worst) for one in found.rules if one.answers.worst]
    if quiet:
        terminal.print(quiet_table("Over the limit, and quiet", quiet))
    _show_silences(found)
    _show_footnotes(found, known)


def show_comparison(found: Comparison, known: Known) -> None:
    """Print what a change of the rules would have done."""
    _say(f"[bold]{escape(_headline(found.after))}: {escape(found.verdict)}[/]")
    _say(f"Before: {_told(found.before)}.")
    _say(f"After: {_told(found.after)}.")
    for title, outcome, episodes in (
        ("No longer found", found.before, found.lost),
        ("Found anew", found.after, found.new),
        ("Found at another time", found.after, [one for one, _ in found.moved]),
    ):
        if episodes:
            terminal.print(_episodes_table(title, outcome, episodes))
    terminal.print(_comparison_table(found))
    _show_silences(found.after)
    _show_footnotes(found.after, known)


def _headline(found: Outcome) -> str:
    window = found.window
    return (
        f"{found.application}, {window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC "
        f"({window_words(window.length)}, {found.slots:,} slots)"
    )


def _told(found: Outcome) -> str:
    untold = sum(one.told_at is None and one.severity is not Severity.INFORMATIONAL for one in found.episodes)
    said = [
        _often(found, found.pages, "page"),
        _often(found, found.tickets, "ticket"),
        _often(found, found.incidents, "incident"),
        _often(found, len(found.notices), "message"),
    ]
    return f"{', '.join(said)}; {_plural(len(found.episodes), 'episode')}, of which nobody is told {untold}"


def _often(found: Outcome, count: int, what: str) -> str:
    rate = found.a_week(count)
    return _plural(count, what) + (f" ({rate:.1f} a week)" if rate else "")


def _plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _episodes_table(title: str, found: Outcome, episodes: Sequence[Episode]) -> Table:
    table = bare(title)
    table.add_column("severity", no_wrap=True)
    table.add_column("alert, and why", ratio=1)
    table.add_column("since (UTC)", no_wrap=True)
    table.add_column("fired", no_wrap=True)
    table.add_column("lasted", no_wrap=True)
    for one in episodes:
        alert = Text(f"{one.rule}{about(one.labels)}", "bold")
        alert.append(f"\n{one.because}\n{_heard(one)}", "not bold dim")
        lasted = spell_duration((one.ended or found.window.end) - one.since)
        table.add_row(
            Text(str(one.severity), _STYLES.get(one.severity, "")),
            alert,
            f"{one.since:%a %d %b %H:%M}",
            f"{one.fired_at:%H:%M}",
            lasted if one.ended else f"{lasted}, still firing",
        )
    return table


def _heard(one: Episode) -> str:
    """Return when people would have known, or why not."""
    if one.told_at is None:
        return f"not told: {one.why_untold or 'nobody is told'}"
    if one.told_at == one.fired_at:
        return "told at once"
    return f"told {one.told_at:%a %d %b %H:%M}; before: {one.why_untold or 'nobody is told'}"


def _rules_table(found: Outcome) -> Table:
    table = bare("By rule")
    table.add_column("rule", ratio=1)
    for column in ("episodes", "told", *_DETECTED, "slots", "unknown"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in found.rules:
        told = "" if one.severity is Severity.INFORMATIONAL else str(one.told)
        table.add_row(one.name, str(one.episodes), told, *_detection(one), f"{one.answers.slots:,}", _unknown(one))
    return table


def _detection(one: OfRule | None) -> tuple[str, str]:
    """Return the median time to detect, and the longest."""
    if one is None or one.usual is None or one.slowest is None:
        return "-", "-"
    return spell_duration(one.usual), spell_duration(one.slowest)


def _unknown(one: OfRule | None) -> str:
    """Return at how many of its slots a rule could not answer, and what was missing most often."""
    if one is None or not one.answers.slots:
        return "-"
    said = one.answers
    if not said.unknown:
        return "0"
    why, _ = said.unanswered.most_common(1)[0]
    return f"{said.unknown:,}, {percent(said.unknown / said.slots)} ({why})"


def _comparison_table(found: Comparison) -> Table:
    """Return both side by side, of the rules of which anything differs."""
    same = 0
    rows: list[tuple[str, ...]] = []
    for name, before, after in found.rules:
        both = [
            (str(one.episodes) if one else "-", str(one.told) if one else "-", *_detection(one), _unknown(one))
            for one in (before, after)
        ]
        if both[0] == both[1]:
            same += 1
        else:
            rows.append((name, *(f"{was} → {now}" if was != now else was for was, now in zip(*both, strict=True))))
    table = bare(f"By rule, before → after ({same} more are the same)")
    table.add_column("rule", ratio=1)
    for column in ("episodes", "told", *_DETECTED, "unknown slots"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*row)
    return table


def _show_silences(found: Outcome) -> None:
    heard = [one for one in found.silences if not one.episodes]
    for one in found.silences:
        if one.episodes:
            _say(f"[bold]Silence[/] {escape(silence_words(one.silence))}: {_plural(one.episodes, 'episode')} unheard")
    if heard:
        _say(f"{_plural(len(heard), 'silence')} or maintenance windows in that time kept nothing quiet.")


def _show_footnotes(found: Outcome, known: Known) -> None:
    if known.start > found.window.start or known.until < found.window.end:
        _say(
            f"[dim]Traces are known from {known.start:%Y-%m-%d %H:%M} to {known.until:%Y-%m-%d %H:%M} UTC: outside of "
            "it rules about them cannot answer.[/]"
        )
    if found.left_out:
        _say(f"[dim]Left out, for they ask how Goodput itself ran: {escape(', '.join(found.left_out))}.[/]")
    _say(f"[dim]{_LATER}[/]")


def _say(words: str) -> None:
    terminal.print(words, highlight=False)
