"""What a catalogue knows better becomes new entries; the past and prices of one's own stay as they are."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.price_changes import SINCE_EVER, Listing, compare
from domain.prices import Article, PriceTable
from tests.domain.test_prices import entry

TODAY, DAY = date(2026, 11, 25), timedelta(days=1)
READ = "genai-prices 1.0, read 2026-11-25"


def listed(*prices: tuple[str, int], model="m", **fields) -> Listing:
    return Listing([model], [entry(model, day, input=dollars, source=READ, **fields) for day, dollars in prices])


def known(*prices: tuple[str, int], model="m", source=READ, **fields) -> PriceTable:
    return PriceTable(prices=[entry(model, day, input=dollars, source=source, **fields) for day, dollars in prices])


def added(listing: Listing, table: PriceTable, today=TODAY) -> list[tuple[str, int]]:
    new = compare([listing], table, today).new
    return [(str(one.price.effective_from), int(one.price.usd_per_million["input"])) for one in new]


def dollars(table: PriceTable, day: date, model="m") -> int | None:
    found = table.find(Article(model), datetime(day.year, day.month, day.day, tzinfo=UTC))
    return None if found is None else int(found.usd_per_million["input"])


EVER = str(SINCE_EVER)


def test_what_is_not_known_is_added_with_all_that_is_remembered_of_it():
    assert [(EVER, 1), ("2026-06-01", 2)] == added(listed((EVER, 1), ("2026-06-01", 2)), PriceTable())


def test_what_is_known_is_not_added_again():
    both = ((EVER, 1), ("2026-06-01", 2), ("2027-01-01", 3))

    assert [] == added(listed(*both), known(*both))


def test_a_change_counts_from_the_day_that_the_catalogue_names():
    assert [("2026-06-01", 2)] == added(listed((EVER, 1), ("2026-06-01", 2)), known((EVER, 1)))
    assert [("2027-01-01", 2)] == added(listed((EVER, 1), ("2027-01-01", 2)), known((EVER, 1)))


def test_a_change_on_an_unknown_day_counts_from_today_and_the_past_stays():
    assert [("2026-11-25", 2)] == added(listed((EVER, 2)), known((EVER, 1)))
    assert [("2026-11-25", 2)] == added(listed(("2026-01-01", 2)), known((EVER, 1), ("2026-06-01", 5)))


def test_a_day_that_has_an_entry_already_gets_no_second_one():
    assert [("2026-11-26", 2)] == added(listed((EVER, 2)), known((EVER, 1), ("2026-11-25", 3)))


def test_a_change_to_come_follows_one_that_is_found_today():
    table = known((EVER, 1), ("2027-01-01", 3))
    beneath = PriceTable().over(lambda: table)

    assert [("2026-11-25", 2)] == added(listed((EVER, 2), ("2027-01-01", 3)), table)
    assert [("2026-11-25", 2), ("2027-01-01", 3)] == added(listed((EVER, 2), ("2027-01-01", 3)), beneath)


def test_a_price_of_ones_own_is_left_alone_and_named():
    own = known((EVER, 1), source="our contract")
    changes = compare([listed((EVER, 2))], own, TODAY)

    assert ([], [Article("m")]) == (changes.new, changes.own)
    assert [] == compare([listed((EVER, 1))], own, TODAY).own


def test_a_tier_is_compared_with_its_own_price():
    table = known((EVER, 1))

    assert [(EVER, 1)] == added(listed((EVER, 1), service_tier="batch"), table)


def test_a_new_entry_is_as_specific_as_the_one_that_it_follows():
    table = known((EVER, 1), model="model-1")
    listing = Listing(["model-1"], [entry("model.*", EVER, input=2, source=READ)])
    (new,) = compare([listing], table, TODAY).new

    assert ("model-1", table.prices[0]) == (new.price.model, new.before)


def timelines(last: date):
    days = st.lists(st.dates(date(2025, 1, 1), last), unique=True, max_size=4)
    return days.flatmap(
        lambda days: st.tuples(
            *(st.tuples(st.just(str(day)), st.integers(1, 3)) for day in (SINCE_EVER, *sorted(days)))
        )
    )


@given(timelines(date(2027, 12, 31)), timelines(TODAY - DAY), st.booleans())
def test_from_today_on_the_table_says_what_the_catalogue_says_and_what_was_known_is_not_edited(
    catalogue, before, is_shipped
):
    old, right = known(*before), known(*catalogue)
    table = PriceTable().over(lambda: old) if is_shipped else old
    new = [one.price for one in compare([listed(*catalogue)], table, TODAY).new]
    after = PriceTable(prices=(*table.prices, *new))
    after = after.over(lambda: old) if is_shipped else after

    newest = date.fromisoformat(before[-1][0])
    assert all(dollars(after, newest - n * DAY) == dollars(old, newest - n * DAY) for n in range(0, 2000, 30))
    assert all(dollars(after, TODAY + n * DAY) == dollars(right, TODAY + n * DAY) for n in range(0, 800, 3))
    assert [] == compare([listed(*catalogue)], after, TODAY).new
