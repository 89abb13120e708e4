"""`goodput prices` as a person uses it: what a model costs, and what a newer catalogue adds."""

import json
import sys

import pytest

from adapters.price_file import read_prices
from deployments.command_line import price_refresh, prices, tables
from deployments.command_line.price_refresh import refresh_prices
from deployments.command_line.prices import show_prices
from domain.errors import ConfigError
from domain.prices import Article
from flows.configuration import read_application, read_price_table
from tests.deployments.test_command_line import goodput, home
from tests.domain.test_prices import MIDNIGHT, price_of

OWN = """\
prices:
  - {model: 'gpt-4o', effective_from: 2026-01-01, usd_per_million: {input: 2, output: 8}, source: our contract}
  - {model: 'in-house-.*', effective_from: 2027-01-01, usd_per_million: {input: 0, output: 0}, source: our own machines}
"""
NOON = MIDNIGHT.replace(month=11, hour=12)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder of deployments; what is printed is 120 wide."""
    folder = tmp_path / "deployments"
    folder.mkdir()
    for name, value in home(tmp_path).items():
        monkeypatch.setenv(name, value)
    wide = tables.Console(width=160)
    for module in (prices, price_refresh):
        monkeypatch.setattr(module, "terminal", wide)
    return folder


@pytest.fixture
def own(here):
    path = here / "prices.yaml"
    path.write_text(OWN)
    return path


def test_show_prints_every_kind_tier_and_cliff_and_where_it_was_read(here, capsys):
    assert 0 == show_prices("openai/gpt-5.4", NOON, None, as_json=False)
    shown = capsys.readouterr().out

    assert "openai/gpt-5.4 on Sun 01 Nov 2026 12:00 UTC: dollars for a million" in shown
    for words in (
        "standard",
        "batch",
        "flex",
        "priority",
        "272,000",
        "cache_read",
        "22.5",
        "genai-prices 0.2.3",
        "shipped",
    ):
        assert words in shown


def test_show_for_a_program_has_everything(own, capsys):
    assert 0 == show_prices("gpt-4o", NOON, None, as_json=True)
    shown = json.loads(capsys.readouterr().out)

    assert [(None, "yours"), ("batch", "shipped"), ("priority", "shipped")] == [
        (one["service_tier"], one["file"]) for one in shown["prices"]
    ]
    assert {"input": "2", "output": "8"} == shown["prices"][0]["usd_per_million"]
    assert ("2026-01-01", None) == (shown["prices"][0]["counts_from"], shown["prices"][0]["counts_until"])


def test_a_price_that_ended_says_until_when_it_counted(here, capsys):
    before = NOON.replace(year=2025, month=5)

    assert 0 == show_prices("o3", before, None, as_json=True)
    (entry,) = json.loads(capsys.readouterr().out)["prices"]
    assert ("2025-04-16", "2025-06-10", {"input": "10"}) == (
        entry["counts_from"],
        entry["counts_until"],
        {"input": entry["usd_per_million"]["input"]},
    )


def test_what_has_no_price_yet_is_said_with_the_day_from_which_it_has_one(own, capsys):
    assert 1 == show_prices("in-house-7b", NOON, None, as_json=False)
    assert (
        "no price: in-house-7b on Sun 01 Nov 2026 12:00 UTC; there is one from 2027-01-01 on" in capsys.readouterr().out
    )
    assert 1 == show_prices("nobody-knows", NOON, None, as_json=False)
    assert 0 == show_prices("in-house-7b", NOON.replace(year=2027), None, as_json=False)


def test_without_a_model_every_entry_in_effect_is_shown_ones_own_first(own, capsys):
    assert 0 == show_prices(None, NOON, None, as_json=True)
    shown = json.loads(capsys.readouterr().out)["prices"]

    assert "gpt-4o" == shown[0]["model"]
    assert not any(one["model"].startswith("in-house") for one in shown)
    assert len(shown) > 200
    assert len({(one["model"], one["service_tier"], one["file"]) for one in shown}) == len(shown)


def test_the_command_needs_a_zone_and_says_so(tmp_path):
    environment = home(tmp_path)
    naive = goodput("prices", "show", "gpt-4o", "--at", "2026-11-01T12:00:00", **environment)
    right = goodput("prices", "show", "gpt-4o", "--at", "2026-11-01T12:00:00Z", "--json", **environment)

    assert (2, "") == (naive.returncode, naive.stdout)
    assert "--at: a time needs a zone" in naive.stderr
    assert (0, "2026-11-01T12:00:00+00:00") == (right.returncode, json.loads(right.stdout)["at"])


def test_a_wrong_file_is_named_with_line_and_column(own):
    own.write_text(OWN.replace("'gpt-4o'", "'gpt-('"))

    with pytest.raises(ConfigError, match=r"prices\.yaml:2:6: prices\.0\.model: 'gpt-\(' is no regular expression"):
        show_prices("gpt-4o", NOON, None, as_json=False)


def test_an_application_is_read_with_ones_own_prices_before_the_shipped_ones(own):
    folder = own.parent / "bot"
    folder.mkdir()
    folder.joinpath("app.yaml").write_text("source: {kind: jsonl, path: rows}\n")
    table = read_application(own.parent, "bot").prices

    assert (2, 5) == (price_of(table, "gpt-4o", NOON), price_of(table, "gpt-4o-2024-05-13", NOON))
    own.write_text("prices: {}")
    with pytest.raises(ConfigError, match=r"prices\.yaml:1:1: prices"):
        read_application(own.parent, "bot")


@pytest.fixture
def package():
    pytest.importorskip("genai_prices")


@pytest.mark.usefixtures("package")
def test_refresh_adds_what_is_not_known_once(here, capsys):
    assert 1 == refresh_prices(["gpt-5-image.*"], [], dry_run=True)
    assert not (here / "prices.yaml").exists()
    assert "gpt-5-image-mini" in capsys.readouterr().out

    assert 0 == refresh_prices(["gpt-5-image.*"], [], dry_run=False)
    assert "2 entries added" in capsys.readouterr().out
    assert ["gpt-5-image", "gpt-5-image-mini"] == [one.model for one in read_prices(here / "prices.yaml").prices]

    assert 0 == refresh_prices(["gpt-5-image.*"], [], dry_run=True)
    assert "knows nothing that the prices here do not say" in capsys.readouterr().out


@pytest.mark.usefixtures("package")
def test_refresh_leaves_ones_own_prices_alone_and_what_is_written_as_it_is(own, capsys):
    own.write_text(OWN + "  # the end\n")

    assert 0 == refresh_prices(["gpt-4o", "gpt-5-image"], [], dry_run=False)
    assert own.read_text().startswith(OWN)
    assert "left alone, for it has a price of your own: gpt-4o" in capsys.readouterr().out
    assert (2, 10) == tuple(price_of(read_price_table(own), name, NOON) for name in ("gpt-4o", "gpt-5-image"))


@pytest.mark.usefixtures("package")
def test_a_change_that_is_found_is_a_new_entry_and_the_past_keeps_its_price(here, capsys):
    old = (
        "prices:\n  - {model: gpt-5-image, effective_from: 2020-01-01, usd_per_million: {input: 9, cache_read: 9, output: 9}, "
        "source: 'genai-prices 0.1'}\n"
    )
    (here / "prices.yaml").write_text(old)

    assert 0 == refresh_prices(["gpt-5-image"], [], dry_run=False)
    table = read_price_table(here / "prices.yaml")
    assert (here / "prices.yaml").read_text().startswith(old)
    assert [9, 10] == [period.price.usd_per_million["input"] for period in table.history(Article("gpt-5-image"))]
    assert "input 9" in (shown := capsys.readouterr().out)
    assert "input 10" in shown


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("models", "providers", "words"),
    [
        (["gpt-99"], [], "has no price for 'gpt-99'"),
        (["deepseek-chat"], [], "deepseek/deepseek-chat: at a price that depends on the hour of the day"),
        (["("], [], "is no regular expression"),
        ([], ["opnai"], "knows no provider 'opnai'"),
    ],
)
def test_what_cannot_be_refreshed_is_said(here, models, providers, words):
    with pytest.raises(ConfigError) as caught:
        refresh_prices(models, providers, dry_run=False)
    assert words in str(caught.value)


def test_refresh_says_what_to_install(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "genai_prices.data", None)

    with pytest.raises(ConfigError, match=r"pip install 'goodput\[prices\]'"):
        refresh_prices([], [], dry_run=True)
