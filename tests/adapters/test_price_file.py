"""Files of prices: what is wrong is named with file, line and column; what is added changes nothing above it."""

import stat
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.price_file import add_prices, read_prices
from domain.errors import ConfigError
from domain.price_entry import Price
from tests.domain.test_prices import entry

FILE = """\
# ours
prices:
  - model: a        # the first
    effective_from: 2026-01-01
    usd_per_million: {input: 1, output: 2}
    source: contract
  - model: 'b-.*'
    effective_from: 2026-01-01
    usd_per_million: {input: 0}
    source: contract
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "prices.yaml"
    path.write_text(FILE)
    return path


def wrong(path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_prices(path)
    return str(caught.value).replace(str(path), "prices.yaml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("'b-.*'", "'b-('", "7:5: prices.1.model: 'b-(' is no regular expression", id="a bad pattern"),
        pytest.param(
            "'b-.*'", "'(b+)+x'", "7:5: prices.1.model: '(b+)+x' can match in too many ways", id="without end"
        ),
        pytest.param("{input: 0}", "{input: -1}", "9:23: prices.1.usd_per_million.input: ", id="a negative price"),
        pytest.param("{input: 0}", "{input: .nan}", "9:23: prices.1.usd_per_million.input: ", id="no number"),
        pytest.param("{input: 0}", "{input: 0.0000000001}", "9:23: prices.1.usd_per_million.input: ", id="too fine"),
        pytest.param("{input: 0}", "{}", "9:5: prices.1.usd_per_million: ", id="no price"),
        pytest.param(
            "{input: 0}",
            "{input_cached_tokens: 1, cache_read: 2}",
            "9:5: prices.1.usd_per_million: 'cache_read' is cache_read, which has a price already",
            id="two names of one kind",
        ),
        pytest.param("{input: 0}", "{input: 0}\n    service_tier: fats", "10:5: prices.1.service_tier: ", id="no tier"),
        pytest.param(
            "{input: 0}", "{input: 0}\n    unitl: 2027-01-01", "10:5: prices.1.unitl: there is no such", id="no field"
        ),
        pytest.param(
            "'b-.*'",
            "a",
            "8:5: prices.1: 'a' has another price from 2026-01-01 on already, in prices.0",
            id="two entries for one day",
        ),
        pytest.param(
            "2026-01-01\n    usd_per_million: {input: 0}",
            "2027-02-29\n    usd_per_million: {input: 0}",
            "1:1: ",
            id="no leap day",
        ),
        pytest.param("prices:", "price:", "2:1: price: there is no such field", id="no list"),
        pytest.param(
            "source: contract\n  - model: 'b", "\n  - model: 'b", "3:5: prices.0.source: is missing", id="no source"
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_column(tmp_path, old, new, words):
    assert old in FILE
    assert wrong(tmp_path / "prices.yaml", FILE.replace(old, new)).startswith(f"prices.yaml:{words}")


def test_all_mistakes_are_named_at_once(tmp_path):
    text = FILE.replace("'b-.*'", "'('").replace("{input: 1, output: 2}", "{input: much}")

    assert 2 == len(wrong(tmp_path / "prices.yaml", text).splitlines())


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[1]", "prices: 7", "\x00", "prices: [", "prices: &a [*a]"])
def test_what_is_no_file_of_prices_is_refused(tmp_path, text):
    assert wrong(tmp_path / "prices.yaml", text).startswith("prices.yaml:1:1: ") or text.startswith("prices")


NEW = [
    entry("gpt-it's|b", "2026-11-25", input="2.50", output=10, source="read: 'there' # today"),
    entry(
        "c",
        service_tier="flex",
        provider="true",
        usd_per_million={"input": "0.000000001", "yes": 100_000, "null": 0},
        cliffs=[{"above": 9, "usd_per_million": {"input": 1, "yes": 2, "null": 3}}],
    ),
]


def test_entries_are_added_below_those_that_are_there_of_which_no_letter_changes(file):
    add_prices(file, NEW)

    assert file.read_text().startswith(FILE)
    assert [entry("a", input=1, output=2, source="contract"), entry("b-.*", input=0, source="contract"), *NEW] == list(
        read_prices(file).prices
    )
    assert [file.name] == [one.name for one in file.parent.iterdir()]


def test_a_file_that_is_not_there_is_begun(tmp_path):
    path = tmp_path / "prices.yaml"
    add_prices(path, NEW[:1])
    add_prices(path, NEW[1:])

    assert NEW == list(read_prices(path).prices)
    assert path.read_text().startswith("# Prices of your own")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(FILE.rstrip("\n"), FILE.rstrip("\n"), id="no end of line"),
        pytest.param(FILE + "\n\n# the end\n", FILE, id="a comment at the end"),
        pytest.param(FILE.replace("\n  ", "\n"), FILE.replace("\n  ", "\n"), id="not indented"),
        pytest.param(FILE.replace("\n  ", "\n      "), FILE.replace("\n  ", "\n      "), id="indented more"),
        pytest.param(FILE.replace("- model", "-   model").replace("\n    ", "\n      "), "# ours", id="a far dash"),
    ],
)
def test_entries_are_added_as_those_above_are_written(file, text, kept):
    file.write_text(text)
    add_prices(file, NEW)

    assert file.read_text().startswith(kept)
    assert 4 == len(read_prices(file).prices)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("prices: []\n", "one below the other", id="an empty list in brackets"),
        pytest.param(
            "prices: [{model: a, effective_from: 2026-01-01, usd_per_million: {input: 1}, source: s}]\n",
            "one below the other",
            id="a list in brackets",
        ),
        pytest.param(FILE + "...\n", "nothing can be added", id="an end of the document"),
        pytest.param(
            FILE.replace("contract\n  - model: 'b", "'('\n  - model: '("), "no regular expression", id="a wrong file"
        ),
    ],
)
def test_where_nothing_can_be_added_nothing_is(file, text, words):
    file.write_text(text)

    with pytest.raises(ConfigError, match=words):
        add_prices(file, NEW)
    assert text == file.read_text()
    assert [file.name] == [one.name for one in file.parent.iterdir()]


def test_a_second_price_for_a_day_is_not_added(file):
    with pytest.raises(ConfigError, match="nothing can be added"):
        add_prices(file, [entry("a")])
    assert FILE == file.read_text()


def test_a_file_keeps_its_mode_and_a_link_stays_one(file, tmp_path):
    file.chmod(0o640)
    link = tmp_path / "linked.yaml"
    link.symlink_to(file)
    add_prices(link, NEW)

    assert (True, 0o640) == (link.is_symlink(), stat.S_IMODE(file.stat().st_mode))
    assert 4 == len(read_prices(file).prices)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ConfigError, match=r"prices\.yaml: cannot be written \(FileNotFoundError\)"):
        add_prices(tmp_path / "nowhere" / "prices.yaml", NEW)


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff"), min_size=1, max_size=50
)


@given(
    source=TEXT,
    kinds=st.dictionaries(TEXT.map(str.lower), st.decimals(0, 100_000, places=9), min_size=1, max_size=4),
    day=st.dates(date(2020, 1, 1)),
)
def test_whatever_is_written_is_read(tmp_path_factory, source, kinds, day):
    path = tmp_path_factory.mktemp("prices") / "prices.yaml"
    try:
        price = Price(model="m", effective_from=day, usd_per_million=kinds, source=source)
    except ValueError:
        return
    add_prices(path, [price])

    assert (price,) == read_prices(path).prices
