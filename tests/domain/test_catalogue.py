"""What an operator may write in a catalogue, what is refused, and which values a written value allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.grounding.amounts import find_facts
from domain.grounding.catalogue import Catalogue, twins
from domain.grounding.spans import spans_of
from domain.grounding.weekdays import find_weekdays


@pytest.mark.parametrize(
    ("written", "said", "allowed"),
    [
        pytest.param("EUR 4.90", "€4.90", True, id="a price with a sign"),
        pytest.param("EUR 4.90", "EUR 4.91", False, id="a cent more"),
        pytest.param("EUR 4.90", "USD 4.90", False, id="another currency"),
        pytest.param("EUR 45 to 59", "EUR 45", True, id="the low end"),
        pytest.param("EUR 45 to 59", "59 euro", True, id="the high end"),
        pytest.param("EUR 45 to 59", "EUR 44.99", False, id="below the range"),
        pytest.param("EUR 45 - EUR 59", "EUR 52", True, id="a dash between two prices"),
        pytest.param("between EUR 45 and EUR 59", "EUR 52", True, id="between"),
        pytest.param("EUR 45 and EUR 59", "EUR 52", False, id="two prices are no range"),
        pytest.param("up to 30 days", "2 days", True, id="open below"),
        pytest.param("up to 30 days", "31 days", False, id="above the most"),
        pytest.param("from EUR 75", "EUR 100", True, id="open above"),
        pytest.param("from EUR 75", "EUR 74", False, id="below the least"),
        pytest.param("24 months", "two years", True, id="the same in another unit"),
        pytest.param("2 to 4 business days", "3 business days", True, id="inside a range of days"),
        pytest.param("2 to 4 business days", "3 days", False, id="a business day is not a day"),
        pytest.param("26 to 30 November 2026", "27 November", True, id="inside a range of dates"),
        pytest.param("26 to 30 November 2026", "1 December 2026", False, id="after a range of dates"),
        pytest.param("26 to 30 November 2026", "27 November 2025", False, id="another year"),
        pytest.param("2026-11-26 to 2026-11-30", "November 27, 2026", True, id="dates in ISO format"),
        pytest.param("1 November to 24 December 2026", "24 November 2026", True, id="the year stands at the end"),
        pytest.param("20 December to 6 January", "31 December 2028", True, id="over the new year, every year"),
        pytest.param("20 December to 6 January", "7 January", False, id="after the new year"),
        pytest.param("December 2026", "4 December 2026", False, id="a day is more than the month says"),
        pytest.param("4 December 2026", "December 2026", True, id="a month is less than the day says"),
        pytest.param("from 4 December 2026", "1 March 2027", True, id="from a day on"),
        pytest.param("Monday to Friday", "Wednesdays", True, id="a weekday"),
        pytest.param("Monday to Friday", "Sunday", False, id="another weekday"),
        pytest.param("Saturday to Monday", "Sunday", True, id="over the end of the week"),
        pytest.param("9:00 to 18:00", "5 pm", True, id="a time of day"),
        pytest.param("22:00 to 06:00", "23:30", True, id="over midnight"),
        pytest.param("64 devices", "64", True, id="a bare number"),
        pytest.param("8 percent", "8%", True, id="a percentage"),
    ],
)
def test_a_written_value_allows(written, said, allowed):
    [fact] = [*find_facts(said), *find_weekdays(said)]

    assert allowed is any(span.includes(fact) for span in spans_of(written))


PRODUCT = {"name": "Kettle", "price": "EUR 45"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"products": [{"name": "Kettle", "price": "45"}]}, "no price with a known currency", id="bare"),
        pytest.param({"products": [{"name": "Kettle", "price": "XYZ 45"}]}, "EUR, GBP", id="unknown currency"),
        pytest.param(
            {"products": [{"name": "Kettle", "price": "EUR 59 to 45"}]}, "begins above its end", id="backwards"
        ),
        pytest.param({"products": [{"name": "Kettle", "cost": "EUR 5"}]}, "Extra inputs", id="unknown field"),
        pytest.param({"products": [{"name": "--"}]}, "no letter and no digit", id="a name of nothing"),
        pytest.param({"products": [PRODUCT, {"name": "KETTLE"}]}, "is also a name of 'Kettle'", id="twins"),
        pytest.param(
            {"products": [PRODUCT, {"name": "Mug", "aliases": ["kettle"]}]}, "'kettle' is also a name", id="an alias"
        ),
        pytest.param({"amounts": {"shipping": "cheap"}}, "no price", id="an amount without a price"),
        pytest.param({"facts": {"return window": "long"}}, "has no number", id="a fact without a number"),
        pytest.param({"facts": {"window": "30 to 14 days"}}, "begins above its end", id="a fact backwards"),
        pytest.param({"dates": {"sale": "soon"}}, "no date or weekday", id="a date without a date"),
        pytest.param({"dates": {"sale": "30 to 26 November 2026"}}, "begins above its end", id="dates backwards"),
        pytest.param({"shipping": "EUR 4.90"}, "Extra inputs", id="unknown section"),
        pytest.param({"facts": {"a": "9" * 501 + " days"}}, "at most 500", id="endless"),
    ],
)
def test_refuses(fields, words):
    with pytest.raises(ValidationError) as caught:
        Catalogue.model_validate(fields)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    "product",
    [
        pytest.param({"name": "Kettle", "price": ["EUR 45", "EUR 49"]}, id="several prices"),
        pytest.param({"name": "Kettle", "attributes": {"weight kg": 1.2, "cordless": True}}, id="plain YAML values"),
        pytest.param({"name": 7, "aliases": ["Seven"]}, id="a number as its name"),
        pytest.param({"name": "K\u00fcche \u6c34", "aliases": ["\u6c34"]}, id="other scripts"),
        pytest.param({"name": "Kettle", "aliases": ["kettle", "KETTLE"]}, id="its own name once more"),
    ],
)
def test_accepts(product):
    assert Catalogue.model_validate({"products": [product]}).index.products


def test_everything_is_optional():
    assert not Catalogue().index.has_entries


def test_says_where_each_twin_stands():
    places = [place for place, _ in twins([("A-1", ["x"]), ("B", ["a 1", "X"]), ("b", [])])]

    assert [("products", 1, "aliases", 0), ("products", 1, "aliases", 1), ("products", 2, "name")] == places


CATALOGUE = Catalogue.model_validate(
    {"products": [{"name": name} for name in ("Kestrel 14", "Brightcart Kettle", "Flow", "AsterBuds", "Nimbus X2")]}
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "A kestrel-14 and a Kestrel\u00a014.", [("kestrel-14", True), ("Kestrel\u00a014", True)], id="spelling"
        ),
        pytest.param("A Kestrel. 14 days later", [], id="across sentences"),
        pytest.param("The Brightcart Kettle 9000", [("Brightcart Kettle 9000", False)], id="a number too many"),
        pytest.param("The Brightcart Kettle Pro", [("Brightcart Kettle Pro", False)], id="a variant"),
        pytest.param("The Kestrel 15 and the Nimbus X3", [("Kestrel 15", False), ("Nimbus X3", False)], id="siblings"),
        pytest.param("Laptops of the Kestrel series", [], id="a family alone"),
        pytest.param("Go with the flow. Flow is nice.", [("Flow", True)], id="a name that is a word"),
        pytest.param("My asterbuds, AsterBuds", [("AsterBuds", True)], id="one word needs its capital"),
        pytest.param("The Kestrel 14\u2019s lid", [("Kestrel 14", True)], id="possessive"),
        pytest.param("Kestrel 140", [("Kestrel 140", False)], id="the beginning of a number"),
    ],
)
def test_finds_products(text, found):
    named = CATALOGUE.index.find_products(text)

    assert found == [(text[one.start : one.end], one.is_known) for one in named]


@given(text=st.text(max_size=60))
def test_any_text_can_be_read_as_a_value(text):
    assert all(span.includes(end) for span in spans_of(text) for end in span.ends)


@given(name=st.text(min_size=1, max_size=20), value=st.text(min_size=1, max_size=20))
def test_any_text_is_refused_or_can_be_looked_up(name, value):
    try:
        catalogue = Catalogue.model_validate({"products": [{"name": name, "attributes": {name: value}}]})
    except ValidationError:
        return

    assert (name,) == catalogue.index.products
