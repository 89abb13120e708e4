"""`goodput judge`: how far the judge can be believed, what it costs, and what people say against it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from rich.table import Table
from rich.text import Text

from adapters.labelled_file import read_labelled
from alerts.figures import dollars
from deployments.command_line.stored import Stored, stored
from deployments.command_line.tables import bare, terminal
from deployments.command_line.trusted import trust_words, trusted
from domain.calibration.mcnemar import ALPHA
from domain.coverage import ENOUGH_COVERAGE, Coverage
from domain.duration import parse_duration
from domain.errors import ConfigError
from domain.families import same_family
from domain.money import NANO_PER_USD
from domain.window import Window
from flows.configuration import Configured
from flows.judging_artifacts import coverage_words

_OVER = timedelta(days=7)


def show_judge(name: str | None) -> int:
    """Show how the judge of each application stands; 1 if it changed, or is covered too badly for a verdict."""
    from flows.services import clock

    bad = 0
    with stored(name) as opened:
        for one in opened.applications:
            known = opened.store.requests.known(one.application.name)
            bad += _show(opened, one, Window.ending(known.until if known else clock(), _OVER))
    return int(bad > 0)


def calibrate(name: str, labels: Path | None, queue: str | None) -> int:
    """Compare the judge of an application with people; 1 if no share can be corrected with it yet."""
    return asyncio.run(_calibrate(name, labels, queue))


def accept_anchors(name: str) -> int:
    """Accept what the judge said last of its anchors."""
    with stored(name) as opened:
        accepted = opened.store.anchors.accept(opened.applications[0].application.name)
    if not accepted:
        raise ConfigError(f"{name}: no anchors are judged yet: `goodput run check-judge --app {name}` judges them")
    terminal.print(f"{name}: {accepted} verdicts are accepted; from now on the judge is compared with them")
    return 0


def show_first(name: str, *, over: str, most: int) -> int:
    """Name the most doubtful answers that nobody judged yet.

    Raises:
        ConfigError: There is no such window, or nothing was read yet.
    """
    try:
        window = parse_duration(over)
    except ValueError as error:
        raise ConfigError(f"--over {over}: {error}") from None
    if most < 1 or window <= timedelta():
        raise ConfigError("--most and --over must be more than nothing")
    return asyncio.run(first_look(name, window, most))


async def first_look(name: str, over: timedelta, most: int) -> int:
    """Print the most doubtful answers of the time *over* before the newest moment that was read."""
    from adapters.first_look import FirstLook
    from flows.services import open_services

    async with open_services(name) as services:
        known = services.store.requests.known(name)
        if known is None:
            raise ConfigError(f"{name}: nothing is read yet: `goodput run watch-requests --app {name}` reads")
        await services.look_around()
        look = FirstLook(name, services.source, services.store)
        found, compared = await look.find(Window.ending(known.until, over), most)
    table = bare(f"{name}: the most doubtful of {compared:,} answers that nobody judged")
    table.add_column("risk", justify="right")
    table.add_column("trace", no_wrap=True)
    table.add_column("why", ratio=1)
    for one in found:
        table.add_row(f"{one.risk:.2f}", Text(one.trace_id), Text("; ".join(one.reasons)))
    terminal.print(table)
    terminal.print("The risk orders answers and is no probability; English only.")
    return 0


async def _calibrate(name: str, labels: Path | None, queue: str | None) -> int:
    from domain.calibration import Refused, agreement
    from flows.services import clock, open_services

    async with open_services(name) as services:
        judging = services.configured.file.judging
        queue = queue or judging.label_queue
        path = labels or judging.anchors
        if path is None and queue is None:
            raise ConfigError(
                "what do people say? Give --labels FILE or --queue NAME, or set anchors or label_queue under judging"
            )
        known = services.store.requests.known(name)
        at = known.until if known else clock()  # as `status` shows it: what was made later would not be seen there
        reports = await services.calibrator.calibrate(read_labelled(path) if path else [], queue, at)
    for one in reports:
        compared = agreement(one.calibration.confusion)
        terminal.print(
            f"[bold]{one.criterion}[/] by {one.calibration.judge}, {one.labels} labels read", highlight=False
        )
        terminal.print(f"  {compared.words()}", highlight=False, soft_wrap=True)
        if one.without_verdict:
            terminal.print(f"  {one.without_verdict} labelled answers have no score of this judge", highlight=False)
        terminal.print(f"  {trust_words(one.trust)}", highlight=False, soft_wrap=True)
    refused = [one for one in reports if isinstance(one.trust.corrected, Refused)]
    return int(len(refused) == len(reports))


def _show(opened: Stored, one: Configured, window: Window) -> bool:
    name, judging = one.application.name, one.file.judging
    terminal.print(f"[bold]{name}[/]: judged by {_who(one)} by {', '.join(one.criteria)}", highlight=False)
    doubtful = False
    history = opened.store.history(name, one.plan)
    for criterion, trust in trusted(opened, one, window.end, history).items():
        terminal.print(f"  {criterion}: {trust_words(trust)}", highlight=False, soft_wrap=True)
    for criterion in one.criteria:
        covered = opened.store.judgements.coverage(name, window, criterion)
        if covered:
            terminal.print(_coverage_table(criterion, covered))
            asked, scored = sum(part.asked for part in covered), sum(part.scored for part in covered)
            doubtful |= scored < ENOUGH_COVERAGE * asked
    checks = opened.store.anchors.checks(name, window.end)
    compared = [check.flips for check in checks if check.flips is not None and check.flips.n]
    doubtful |= any(flips.p_value * len(compared) <= ALPHA for flips in compared)  # as the rule J1 has it
    for check in checks:
        changed = f"; now served by {', '.join(check.served_by)}" if check.has_changed_model else ""
        terminal.print(
            f"  anchors, {check.judge}, {check.criterion}, {check.at:%Y-%m-%d}: {check.words()}{changed}",
            highlight=False,
            soft_wrap=True,
        )
        doubtful |= check.has_changed_model
    spent = opened.store.judge_spend(name).days(window.start.date(), window.end.date())
    if spent:
        cap = getattr(judging.judge, "daily_cap_usd", None)
        most = f" of a daily cap of {dollars(float(cap))}" if cap is not None else ""
        total = dollars(sum(day.spent_nano_usd for day in spent) / NANO_PER_USD)
        last = spent[-1]
        terminal.print(
            f"  cost: {total} in 7 days; {dollars(last.spent_nano_usd / NANO_PER_USD)} on {last.day}{most}",
            highlight=False,
        )
    if family := _shared_family(opened, one, window):
        terminal.print(f"  [yellow]the judge and most of what it judges are of the family {family}[/]: prefer another")
    terminal.print()
    return doubtful


def _who(one: Configured) -> str:
    judge = one.file.judging.judge
    return getattr(judge, "name", judge.kind)


def _shared_family(opened: Stored, one: Configured, window: Window) -> str | None:
    generators = opened.store.history(one.application.name, one.plan).by(window, "model")
    return same_family(_who(one), {model: len(sample) for model, sample in generators.items()})


def _coverage_table(criterion: str, covered: Sequence[Coverage]) -> Table:
    table = bare(f"  How far {criterion} was judged in 7 days")
    table.add_column("length of the context", ratio=1)
    table.add_column("judged", justify="right")
    for one in covered:
        table.add_row(one.words, coverage_words(one))
    return table
