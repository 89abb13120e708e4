"""`goodput signals`: every signal of an application over any window, whole or by a label."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from rich.table import Table

from alerts.figures import window_words
from alerts.survey_words import SURVEY, survey_row
from deployments.command_line.hops import hop_values, hops_table
from deployments.command_line.stored import Stored, stored
from deployments.command_line.tables import bare, terminal
from domain.duration import parse_duration
from domain.errors import ConfigError
from domain.facts import LABELS
from domain.hops import Hop
from domain.measurement import Labels, labels
from domain.survey import Line, Survey, probed, survey
from domain.window import Window, utc
from flows.configuration import Configured

_MOST = timedelta(days=366)


def show_signals(
    name: str | None, *, over: str, at: datetime | None, by: str | None, where: Sequence[str], as_json: bool
) -> int:
    """Show every signal; 0 also where there is nothing to show.

    Raises:
        ConfigError: There is no such window or label.
    """
    length, wanted = _length(over), read_where(where)
    if by is not None and by not in LABELS:
        raise ConfigError(f"--by {by}: there is no such label; there are {', '.join(LABELS)}")
    if by is not None and wanted:
        raise ConfigError("--by shows every name of a label, --where one of them: give one of the two")
    answers: list[dict[str, object]] = []
    with stored(name) as opened:
        for one in opened.applications:
            end = utc(at) if at is not None else _newest(opened, one)
            if end is None:
                terminal.print(f"{one.application.name}: nothing is read yet", highlight=False)
                continue
            window = Window.ending(end, length)
            found = _surveys(opened, one, window, by, wanted)
            hops = opened.store.requests.hops(one.application.name, window) if not by and not wanted else []
            probes = probed(opened.store.probes.made_in(one.application.name, window), window) if not by else ()
            if as_json:
                answers.append(_values(one, window, found, hops, probes))
            elif by is None:
                _show(one, found[0], hops, probes)
            else:
                terminal.print(_by_table(one, window, by, found))
    if as_json:
        print(json.dumps(answers, indent=2, default=str))
    return 0


def _surveys(opened: Stored, one: Configured, window: Window, by: str | None, wanted: Labels) -> list[Survey]:
    history, spreads = opened.store.history(one.application.name, one.plan), one.plan.spread
    if by is None:
        return [survey(history.over(window, where=wanted, spreads=spreads), window, wanted, spreads)]
    parts = history.by(window, by, spreads=spreads)
    found = [survey(part, window, labels({by: name}), spreads) for name, part in parts.items()]
    return sorted(found, key=lambda each: (-each.requests, each.labels))


def _newest(opened: Stored, one: Configured) -> datetime | None:
    known = opened.store.requests.known(one.application.name)
    return known.until if known else None


def _length(over: str) -> timedelta:
    try:
        length = parse_duration(over)
    except ValueError as error:
        raise ConfigError(f"--over {over}: {error}") from None
    if not timedelta() < length <= _MOST:
        raise ConfigError(f"--over {over}: from 1s to {_MOST.days}d")
    return length


def read_where(where: Sequence[str]) -> Labels:
    """Return the labels that `--where label=name` asks for.

    Raises:
        ConfigError: There is no such label, or no name.
    """
    pairs = dict(one.partition("=")[::2] for one in where)
    for label, name in pairs.items():
        if label not in LABELS or not name:
            raise ConfigError(f"--where {label}: say label=name; the labels are {', '.join(LABELS)}")
    return labels(pairs)


def _show(one: Configured, found: Survey, hops: Sequence[Hop], probes: Sequence[Line]) -> None:
    about = "".join(f", {label} {name}" for label, name in found.labels)
    table = bare(
        f"{one.application.name}{about}: {found.requests:,} requests in {window_words(found.window.length)} before "
        f"{found.window.end:%Y-%m-%d %H:%M} UTC, {found.per_minute:.3g} a minute"
    )
    for position, column in enumerate(SURVEY):
        table.add_column(column, justify="right" if position > 1 else "left", ratio=None if position else 1)
    for line in (*found.lines, *probes):
        if line.measurement.n:
            table.add_row(*survey_row(line))
    terminal.print(table)
    if hops:
        terminal.print(hops_table(hops))


_BY = {
    "failed": ("failed", "share"),
    "p95 latency": ("latency_s", "p95"),
    "p95 TTFT": ("ttft_s", "p95"),
    "faithful p50": ("faithfulness", "p50"),
    "cost a query": ("cost_usd", "mean"),
    "spend": ("spend_usd", "total"),
}


def _by_table(one: Configured, window: Window, by: str, found: Sequence[Survey]) -> Table:
    title = f"{one.application.name} by {by}: {window_words(window.length)} before {window.end:%Y-%m-%d %H:%M} UTC"
    table = bare(title)
    table.add_column(by.replace("_", " "), min_width=16, ratio=1)
    for column in ("requests", *_BY):
        table.add_column(column, justify="right", no_wrap=True)
    for each in found:
        lines = {(line.measurement.signal, line.measurement.statistic): line for line in each.lines if not line.limit}
        table.add_row(each.labels[0][1], f"{each.requests:,}", *(survey_row(lines[key])[2] for key in _BY.values()))
    return table


def _values(
    one: Configured, window: Window, found: Sequence[Survey], hops: Sequence[Hop], probes: Sequence[Line]
) -> dict[str, object]:
    return {
        "application": one.application.name,
        "environment": one.application.environment,
        "window": {"start": window.start.isoformat(), "end": window.end.isoformat()},
        "groups": [
            {
                "labels": dict(each.labels),
                "requests": each.requests,
                "per_minute": each.per_minute,
                "signals": [_line_values(line) for line in each.lines],
            }
            for each in found
        ],
        "probes": [_line_values(line) for line in probes],
        "hops": [hop_values(hop) for hop in hops],
    }


def _line_values(line: Line) -> dict[str, object]:
    seen = line.measurement
    limit = {name: value for name, value in asdict(line.limit).items() if value is not None} if line.limit else {}
    return {
        "signal": seen.signal,
        "statistic": seen.statistic,
        **limit,
        "unit": line.unit,
        "n": seen.n,
        "k": seen.k,
        "value": seen.value,
        "interval": seen.interval,
    }
