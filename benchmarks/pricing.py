"""Pricing many calls at once against pricing them one by one, and the sums of both, which are equal.

    python -m benchmarks.pricing --rows 10000000

Calls of eight models over 60 days, with cached input, reasoning and long inputs, at the shipped prices, some of which
change in between and some of which have cliffs. CPU time of one thread. The loop is as lean as a loop over rows can be:
periods and rates stand ready, and it does nothing but multiply, add and round whole numbers. `PriceTable.cost_nano_usd`
reads the usage besides, as it comes from a trace. genai-prices is asked for fewer rows, and without its own caching.
"""

import argparse
import time
import tracemalloc
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from adapters.price_file import read_prices
from domain.price_entry import UNITS, round_half_even
from domain.prices import Article, PriceTable
from domain.pricing import Calls, Priced, price_all

MODELS = (
    *("gpt-4o-mini", "gpt-5.6-sol", "gpt-6-luna", "claude-sonnet-4-5-20250929", "claude-haiku-5-5", "gemini-2.5-pro"),
    *("mistral-large-4", "in-house-7b"),  # the first has three prices in these days, the second none
)
KINDS = ("input", "cache_read", "output", "output_reasoning")
EPOCH, START = datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 9, 25, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
AS_LANGFUSE_SAYS = dict(zip(KINDS, ("input", "input_cached_tokens", "output", "output_reasoning_tokens"), strict=True))


def month(n: int) -> Calls:
    rng = np.random.default_rng(11)
    went_in = rng.lognormal(7, 1.6, n).astype(np.int64)
    cached = (went_in * rng.choice((0, 0, 0.3, 0.8), n)).astype(np.int64)
    out = rng.lognormal(5, 1, n).astype(np.int64)
    thought = np.where(rng.random(n) < 0.2, out * 2, 0)
    counts = (went_in - cached, cached, out, thought)
    return Calls(
        articles=[Article(model) for model in MODELS],
        article=rng.integers(0, len(MODELS), n).astype(np.uint8),
        started_us=(START - EPOCH) // INSTANT + np.sort(rng.integers(0, 60 * 86_400 * 10**6, n)),
        units=dict(zip(KINDS, counts, strict=True)),
    )


def lean_loop(table: PriceTable, calls: Calls) -> int:
    histories = []
    for article in calls.articles:
        periods = table.history(article)
        starts = [(datetime(*one.start.timetuple()[:3], tzinfo=UTC) - EPOCH) // INSTANT for one in periods]
        histories.append((starts, [None, *(one.price for one in periods)]))
    total = 0
    columns = [calls.units[kind].tolist() for kind in KINDS]
    for place, started, new, cached, out, thought in zip(
        calls.article.tolist(), calls.started_us.tolist(), *columns, strict=True
    ):
        starts, prices = histories[place]
        price = prices[bisect_right(starts, started)]
        if price is not None:
            rates = price.rates(new + cached) if price.cliffs else price.bands[-1][1]
            cost = new * rates["input"] + cached * rates["cache_read"] + (out + thought) * rates["output"]
            total += round_half_even(cost, UNITS)
    return total


def by_the_table(table: PriceTable, calls: Calls, rows: Sequence[int]) -> list[int]:
    found = []
    for row in rows:
        usage = {AS_LANGFUSE_SAYS[kind]: int(column[row]) for kind, column in calls.units.items()}
        at = EPOCH + int(calls.started_us[row]) * INSTANT
        found.append(table.cost_nano_usd(MODELS[calls.article[row]], usage, at) or 0)
    return found


def by_genai_prices(calls: Calls, rows: Sequence[int]) -> int:
    from genai_prices import Usage, calc_price

    priced = 0
    for row in rows:
        new, cached, out, thought = (int(calls.units[kind][row]) for kind in KINDS)
        usage = Usage(
            input_tokens=new + cached,
            cache_read_tokens=cached,
            output_tokens=out + thought,
            output_reasoning_tokens=thought,
        )
        at = EPOCH + int(calls.started_us[row]) * INSTANT
        try:
            calc_price(usage, MODELS[calls.article[row]], genai_request_timestamp=at)
            priced += 1
        except LookupError:
            pass
    return priced


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    n = parser.parse_args().rows
    table = read_prices(Path(__file__).parent.parent / "deployments" / "prices.yaml")
    calls = month(n)
    table.find(Article(MODELS[0]), START)
    began = time.process_time()
    priced: Priced = price_all(table, calls)
    ours = time.process_time() - began
    tracemalloc.start()
    price_all(table, calls)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    exact = sum(priced.cost_nano_usd.tolist())
    print(f"{n:,} calls, {priced.has_price.mean():.1%} with a price, ${exact / 1e9:,.9f}\n")
    print("| by | rows | CPU s for all of them | us a row | against price_all |")
    print("| --- | ---: | ---: | ---: | ---: |")
    line("price_all", n, ours, n, ours)

    began = time.process_time()
    looped = lean_loop(table, calls)
    line("a lean loop over rows", n, time.process_time() - began, n, ours)
    assert exact == looped, (exact, looped)

    rows = range(0, n, max(n // 200_000, 1))
    began = time.process_time()
    one_by_one = by_the_table(table, calls, rows)
    line("PriceTable.cost_nano_usd", len(rows), time.process_time() - began, n, ours)
    assert one_by_one == priced.cost_nano_usd[:: rows.step].tolist()

    rows = range(0, n, max(n // 5_000, 1))
    try:
        by_genai_prices(calls, rows[:10])
        began = time.process_time()
        by_genai_prices(calls, rows)
        line("genai-prices, calc_price", len(rows), time.process_time() - began, n, ours)
    except ImportError:
        print("| genai-prices | | not installed: pip install genai-prices | | |")
    print(f"\nprice_all held at most {peak:,.0f} MiB, its answer included; both sums are equal to the nano-USD")


def line(name: str, rows: int, seconds: float, n: int, ours: float) -> None:
    whole = seconds / rows * n
    print(f"| {name} | {rows:,} | {whole:,.2f} | {whole / n * 1e6:.3f} | {whole / ours:,.1f} |", flush=True)


if __name__ == "__main__":
    main()
