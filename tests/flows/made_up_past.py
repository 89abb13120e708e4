"""Two hours of a shop, lived through minute by minute with the shipped rules: an outage, a silence, maintenance."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.store import Store
from alerts.desk import AlertDesk, Memory
from domain.alerting import Decision
from domain.judgement import Score
from domain.probe import Probe
from domain.reconciliation import ReconciledHour, Totals
from domain.request import Outcome, Request
from domain.silence import Silence
from domain.transcript import Transcript
from domain.window import Window
from flows.configuration import Configured, read_application
from flows.outlook import StoredOutlook
from flows.rulebooks import rulebook
from flows.services import SETTLE
from tests.adapters.store.examples import request
from tests.builders import DAY, MINUTE

SHOP = "shop"
BEGINS = datetime(2026, 11, 2, 11, tzinfo=UTC)
LIVED = Window(BEGINS, BEGINS + 110 * MINUTE)
BEFORE = 2 * DAY
APP = """\
environment: prod
monthly_budget_usd: 2
source: {kind: jsonl, path: rows}
probe: {url: 'https://shop.example/health'}
maintenance: [{name: nightly, cron: '35 12 * * *', lasts: 10m, rules: [endpoint-down]}]
"""
SLOS = "profile: rag\n"
_DOWN = Window(BEGINS + 40 * MINUTE, BEGINS + 52 * MINUTE)
_UNREACHABLE = (Window(BEGINS + 60 * MINUTE, BEGINS + 68 * MINUTE), Window(BEGINS + 96 * MINUTE, BEGINS + 102 * MINUTE))
_INVENTS = Window(BEGINS + 70 * MINUTE, BEGINS + 95 * MINUTE)


def shop(folder: Path, rules: str | None = None) -> Configured:
    """Write the shop's files and read them."""
    own = folder / SHOP
    own.mkdir(parents=True, exist_ok=True)
    (own / "app.yaml").write_text(APP)
    (own / "slos.yaml").write_text(SLOS)
    if rules is not None:
        (own / "rules.yaml").write_text(rules)
    return read_application(folder, SHOP)


def live(store: Store, configured: Configured, window: Window = LIVED) -> list[Decision]:
    """Read, judge, probe and decide each minute of *window* as the schedules do, and return what was decided."""
    before = Window(window.start - BEFORE, window.start)
    store.requests.save(SHOP, before, list(_requests(before, 5 * MINUTE)), [])
    _judge(store, Window(window.start - 15 * MINUTE, window.start))
    store.silences.add(_silence("slow-*", window.start, window.end))
    store.silences.add(_silence("availability", _DOWN.start, _DOWN.start + 6 * MINUTE))
    made = []
    slot = window.start
    while slot < window.end:
        slot += MINUTE
        _happens(store, Window(slot - MINUTE, slot))
        made += decide(store, configured, slot, store.alerts)
    return made


def decide(store: Store, configured: Configured, slot: datetime, memory: Memory) -> list[Decision]:
    """Decide one slot, as a run that knows nothing of the one before."""
    book = rulebook(configured)
    outlook = StoredOutlook(store, configured, book, slot, slot, SETTLE)
    return AlertDesk(SHOP, book, memory).decide([slot], outlook)


def _happens(store: Store, minute: Window) -> None:
    store.requests.save(SHOP, minute, list(_requests(minute, timedelta(seconds=4))), [])
    ok = not any(minute.end in one for one in _UNREACHABLE)
    because = "" if ok else "HTTP 503"
    probe = Probe(application=SHOP, at=minute.end, ok=ok, status=200, latency_s=0.1, first_byte_s=0.1, because=because)
    store.probes.save([probe])
    if minute.end.minute % 15 == 0:
        _judge(store, Window(minute.end - 15 * MINUTE, minute.end))
    if minute.end.minute == 0:
        totals, start = Totals(900, 9 * 10**9), minute.end - 60 * MINUTE
        same = {"ours": totals, "requests": 900, "spend_nano_usd": 9 * 10**9, "checked_at": minute.end}
        store.reconciliations.save(SHOP, [ReconciledHour(start=start, theirs=Totals(980, 9 * 10**9), **same)])


def _judge(store: Store, window: Window) -> None:
    judged = [_score(one) for one in _requests(window, timedelta(seconds=4)) if _number(one) % 3 == 0]
    store.judgements.save(SHOP, judged, keep_reasons=False, rate=1 / 3)
    store.judgements.mark_judged(SHOP, window.end)


def _score(of: Request) -> tuple[Transcript, Score]:
    invents = of.ended_at in _INVENTS and _number(of) % 2 == 0
    value = 0.2 if invents else 0.9
    told = Transcript(trace_id=of.trace_id, question="Q", answer="A", ended_at=of.ended_at, observation_id="o")
    of_it = {"trace_id": of.trace_id, "criterion": "faithfulness", "version": "1", "judge": "rules", "reason": ""}
    return told, Score(value=value, judged_at=of.ended_at, **of_it)


def _requests(window: Window, apart: timedelta) -> Iterator[Request]:
    """Yield requests that end in *window*; while it is down most of one provider's fail."""
    at = window.start
    while at < window.end:
        number = int(at.timestamp())
        provider = ("openai", "anthropic")[number // 4 % 2]
        fails = at in _DOWN and (provider == "openai" or number % 5 == 0)
        yield request(
            f"{number:032x}",
            application=SHOP,
            started_at=at - timedelta(seconds=1),
            ended_at=at,
            outcome=Outcome.PROVIDER_ERROR if fails else Outcome.OK,
            latency_s=1.0 + number % 7 / 10,
            ttft_s=0.2 + number % 11 / 30,
            feature=("returns", "search")[number // 8 % 2],
            provider=provider,
            model=f"{provider}-1",
            cost_nano_usd=2_000_000,
            environment="prod",
        )
        at += apart


def _number(of: Request) -> int:
    return int(of.trace_id, 16) // 4


def _silence(rule: str, starts: datetime, ends: datetime) -> Silence:
    matchers = (("rule", rule),)
    return Silence(id=rule, application=SHOP, matchers=matchers, starts=starts, ends=ends, by="ada", comment="known")


def fired(decisions: Sequence[Decision]) -> set[str]:
    """Return which rules fired."""
    return {one.rule for made in decisions for one in made.transitions if one.after == "firing"}
