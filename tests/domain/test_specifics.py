"""Which specific tokens of an answer are doubted, and why."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.grounding.catalogue import Catalogue
from domain.grounding.specifics import LONGEST, MOST, check_specifics
from domain.grounding.tokens import SpecificKind
from domain.grounding.verdicts import SpecificVerdict

CATALOGUE = Catalogue.model_validate(
    {
        "products": [
            {
                "name": "Brightcart Kettle",
                "aliases": ["BK-1"],
                "price": "EUR 45 to 59",
                "attributes": {"warranty": "24 months", "weight": "1.2 kg", "colours": "Sand and Sage"},
            },
            {"name": "Kestrel 14", "price": "EUR 1,099", "attributes": {"memory": "16 GB", "storage": "512 GB"}},
        ],
        "amounts": {"standard shipping": "EUR 4.90", "express shipping": "EUR 9"},
        "dates": {"summer sale": "1 to 15 July 2026", "opening days": "Monday to Saturday"},
        "facts": {"return window": "30 days", "student discount": "8 percent", "pickup points": "3,200 points"},
        "names": ["Brightcart", "Nordpost", "privacy@brightcart.example"],
    }
)
CONTEXT = [
    "Gift wrapping. Gift wrapping costs EUR 3 and is done by WrapUp in Venlo, on Thursdays.",
    "The Kestrel 14 costs EUR 999.",
]
LISTED, WRITTEN, GIVEN = SpecificVerdict.CATALOGUE, SpecificVerdict.CONTEXT, SpecificVerdict.GIVEN
WRONG, UNKNOWN = SpecificVerdict.CONTRADICTED, SpecificVerdict.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "token", "kind", "verdict"),
    [
        pytest.param("The Brightcart Kettle costs EUR 50.", "EUR 50", "price", LISTED, id="a price in the range"),
        pytest.param("The Brightcart Kettle costs EUR 39.", "EUR 39", "price", WRONG, id="a price outside the range"),
        pytest.param("The BK-1 costs EUR 39.", "EUR 39", "price", WRONG, id="by an alias"),
        pytest.param("For EUR 39 you get the Brightcart Kettle.", "EUR 39", "price", WRONG, id="the price comes first"),
        pytest.param("The Brightcart Kettle costs USD 50.", "USD 50", "price", WRONG, id="another currency"),
        pytest.param("The **Brightcart Kettle**: **EUR 50**", "EUR 50", "price", LISTED, id="Markdown"),
        pytest.param(
            "A Brightcart Kettle and a Kestrel 14 for EUR 1,099.", "EUR 1,099", "price", LISTED, id="two products"
        ),
        pytest.param("The Brightcart Kettle costs EUR 1,099.", "EUR 1,099", "price", WRONG, id="the other one's price"),
        pytest.param("I like the Kestrel 14. It costs EUR 50.", "EUR 50", "price", WRONG, id="the product of before"),
        pytest.param("I like the Kestrel 14. Socks cost EUR 50.", "EUR 50", "price", UNKNOWN, id="of something else"),
        pytest.param("The Kestrel 14 EUR 1,099", "EUR 1,099", "price", LISTED, id="a price right after the number"),
        pytest.param(
            "Its warranty: the Brightcart Kettle has 36 months warranty.", "36 months", "duration", WRONG, id="warranty"
        ),
        pytest.param(
            "The Brightcart Kettle has two years of warranty.", "two years", "duration", LISTED, id="in years"
        ),
        pytest.param("The Brightcart Kettle weighs 2 kg.", "2 kg", "amount", WRONG, id="weighs is about the weight"),
        pytest.param("The Kestrel 14 has 16 GB of storage.", "16 GB", "amount", WRONG, id="the memory's number"),
        pytest.param("Standard shipping is EUR 4.90.", "EUR 4.90", "price", LISTED, id="an amount of the shop"),
        pytest.param("Standard shipping is EUR 9.", "EUR 9", "price", WRONG, id="the amount of something else"),
        pytest.param("Gift wrapping costs EUR 3.", "EUR 3", "price", WRITTEN, id="only the context knows"),
        pytest.param("Gift wrapping costs EUR 7.", "EUR 7", "price", WRONG, id="the context says otherwise"),
        pytest.param(
            "The Kestrel 14 costs EUR 999.", "EUR 999", "price", WRONG, id="the catalogue outranks the context"
        ),
        pytest.param("The summer sale ends on 15 July 2026.", "15 July 2026", "date", LISTED, id="a date"),
        pytest.param("The summer sale ends on 31 July.", "31 July", "date", WRONG, id="another date"),
        pytest.param("Our opening days include Sunday.", "Sunday", "weekday", WRONG, id="a weekday"),
        pytest.param("Students get a student discount of 8%.", "8%", "percentage", LISTED, id="a percentage"),
        pytest.param("Students get a student discount of 9%.", "9%", "percentage", WRONG, id="another percentage"),
        pytest.param("Choose from 3,200 pickup points.", "3,200", "number", LISTED, id="a number"),
        pytest.param("Choose from 4,200 pickup points.", "4,200", "number", WRONG, id="another number"),
        pytest.param("Take the Brightcart Kettle 9000.", "Brightcart Kettle 9000", "product", WRONG, id="an invention"),
        pytest.param("Take the Kestrel 15.", "Kestrel 15", "product", WRONG, id="a sibling that does not exist"),
        pytest.param(
            "Take the Kestrel 14 Pro.", "Kestrel 14 Pro", "product", WRONG, id="a variant that does not exist"
        ),
        pytest.param("Take the Kestrel 14.", "Kestrel 14", "product", LISTED, id="a product"),
        pytest.param(
            "Take the Kestrel Flip.", "Kestrel Flip", "name", UNKNOWN, id="a word of the family and a new one"
        ),
        pytest.param("It is sent by Nordpost.", "Nordpost", "name", LISTED, id="a known name"),
        pytest.param("It is wrapped by WrapUp.", "WrapUp", "name", WRITTEN, id="a name of the context"),
        pytest.param("It is sent by Nova Parcel.", "Nova Parcel", "name", UNKNOWN, id="a new name, as one token"),
        pytest.param("It comes in the colour Sage.", "Sage", "name", LISTED, id="a word of an attribute"),
        pytest.param(
            "Write to privacy@brightcart.example.", "privacy@brightcart.example", "address", LISTED, id="an address"
        ),
        pytest.param(
            "Write to me@brightcart.example.", "me@brightcart.example", "address", UNKNOWN, id="another address"
        ),
        pytest.param("Your order BC-20931 is on its way.", "BC-20931", "code", GIVEN, id="a code of the question"),
        pytest.param("It is rated IPX8.", "IPX8", "code", UNKNOWN, id="a code from nowhere"),
        pytest.param("Your EUR 500 will do.", "EUR 500", "price", GIVEN, id="a price of the question"),
        pytest.param("It lasts 77 hours.", "77 hours", "duration", UNKNOWN, id="a duration from nowhere"),
        pytest.param("WrapUp works on Thursdays.", "Thursdays", "weekday", WRITTEN, id="a weekday of the context"),
        pytest.param("WrapUp works on Tuesdays.", "Tuesdays", "weekday", WRONG, id="another weekday than the context"),
        pytest.param("Before 22:00.", "22:00", "time of day", UNKNOWN, id="a time from nowhere"),
    ],
)
def test_judges_a_token(answer, token, kind, verdict):
    found = check_specifics(answer, CONTEXT, "I have EUR 500, where is my order BC-20931?", CATALOGUE).found
    [specific] = [one for one in found if one.text == token]

    assert (kind, verdict) == (specific.kind, specific.verdict), specific.reason
    assert token == answer[specific.start : specific.end]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(
            "The Brightcart Kettle costs EUR 39.",
            'the price "EUR 39" of Brightcart Kettle lies outside EUR 45 to 59 of the catalogue',
            id="range",
        ),
        pytest.param(
            "The Kestrel 14 costs EUR 999.",
            'the price "EUR 999" of Kestrel 14 is not the EUR 1,099 of the catalogue;'
            " the context says so too, but the catalogue outranks it",
            id="outranked",
        ),
        pytest.param(
            "The Brightcart Kettle has a warranty of 36 months.",
            'the duration "36 months" is not 24 months, which the catalogue says of warranty of Brightcart Kettle',
            id="attribute",
        ),
        pytest.param(
            "Buy the Kestrel 15.",
            'the catalogue has no product "Kestrel 15"; its closest is "Kestrel 14"',
            id="lookalike",
        ),
        pytest.param(
            "Gift wrapping costs EUR 7.", 'the price "EUR 7" is not in the context, which says "EUR 3"', id="context"
        ),
        pytest.param(
            "By Nova Parcel.", 'the name "Nova Parcel" is neither in the catalogue nor in the context', id="nowhere"
        ),
    ],
)
def test_explains(answer, reason):
    assert reason == check_specifics(answer, CONTEXT, "", CATALOGUE).findings[-1].reason


def test_what_the_context_says_of_the_same_thing_besides_is_no_disagreement():
    context = ["Standard shipping costs EUR 4.90 and is free for orders of EUR 75 or more."]
    found = check_specifics(context[0], context, "", CATALOGUE)

    assert 1.0 == found.groundedness


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param("By Nova Parcel, for EUR 7.", 'The price "EUR 7" is', id="a contradiction first"),
        pytest.param("Gift wrapping costs EUR 3.", "Everything specific is borne out", id="nothing wrong"),
        pytest.param("Your EUR 500 will do.", "Everything specific only repeats", id="what the user said"),
        pytest.param("Hello!", "Nothing is specific.", id="nothing specific"),
    ],
)
def test_sums_up(answer, reason):
    context = ["Gift wrapping for EUR 3."] if "Nova" not in answer else ["Parcels for EUR 3."]

    assert check_specifics(answer, context, "I have EUR 500.", CATALOGUE).reason.startswith(reason)


def test_a_capital_in_a_heading_is_no_name():
    assert () == check_specifics("## Battery Life\nIt is good.", [], "", CATALOGUE).found


@pytest.mark.parametrize(
    ("answer", "groundedness"),
    [
        pytest.param("The Brightcart Kettle costs EUR 39.", 0.5, id="one of two"),
        pytest.param("You can return it, I am happy to help.", None, id="nothing specific"),
        pytest.param("Your EUR 500 will do.", None, id="only what the user said"),
        pytest.param("", None, id="nothing at all"),
    ],
)
def test_groundedness(answer, groundedness):
    assert groundedness == check_specifics(answer, [], "I have EUR 500.", CATALOGUE).groundedness


def test_without_a_catalogue_the_context_counts():
    found = check_specifics("Take the Kestrel 14 for EUR 999, not the Kestrel 15 for EUR 5.", CONTEXT, "").found

    assert [("Kestrel 14", WRITTEN), ("EUR 999", WRITTEN), ("Kestrel 15", WRONG), ("EUR 5", WRONG)] == [
        (one.text, one.verdict) for one in found
    ]


FRAGMENTS = (
    'EUR|$|5|4.90|1,049|1,2,3|%|days|two|May|31|2027|2027-13-99|24:00|3pm|Kestrel|14|Pro|4K|L-2|"|a@b.co|http://x|Sunday'
    "|no|it|. |\n|- |e.g.|\u00a0|\u202f|²|١٢|\u017fep|KB|İ|\u200b|\ud800|(|)|**|_|Nova Parcel|Brightcart Kettle|K\u0308|'s"
    "|costs|standard shipping|warranty|up to|to|summer sale|\U0001f600"
)
PIECES = st.lists(st.sampled_from(FRAGMENTS.split("|")), max_size=30)
GLUE = st.sampled_from(["", " "])


def _is_sound(answer, found):
    ends = [0, *(one.end for one in found.found)]
    for specific, before in zip(found.found, ends, strict=False):
        assert before <= specific.start < specific.end <= len(answer)
        assert answer[specific.start : specific.end] == specific.text
        assert specific.reason
    assert found.groundedness is None or 0.0 <= found.groundedness <= 1.0


@given(answer=PIECES, context=PIECES, question=PIECES, glue=GLUE)
def test_every_token_lies_inside_the_answer(answer, context, question, glue):
    text = glue.join(answer)

    _is_sound(text, check_specifics(text, [glue.join(context)], glue.join(question), CATALOGUE))


@given(answer=st.text(), context=st.lists(st.text(), max_size=3), question=st.text())
def test_any_text_can_be_checked(answer, context, question):
    _is_sound(answer, check_specifics(answer, context, question, CATALOGUE))


@given(answer=PIECES)
def test_an_answer_that_is_its_own_context_has_no_unknown_value(answer):
    text = " ".join(answer)
    found = check_specifics(text, [text], "")
    values = {SpecificKind.PRICE, SpecificKind.AMOUNT, SpecificKind.PERCENTAGE, SpecificKind.TIME}

    assert {SpecificVerdict.CONTEXT} >= {one.verdict for one in found.found if one.kind in values}


def test_tells_that_a_long_answer_was_not_read_to_its_end():
    assert not check_specifics("EUR 5. " * LONGEST, [], "").is_complete
    assert MOST == len(check_specifics("EUR 5. " * (MOST + 1), [], "").found)
    assert check_specifics("EUR 5.", [], "").is_complete


@pytest.mark.parametrize(
    "hostile", ["A. B ", "5\n", "1, ", "EUR 5 ", "Brightcart Kettle 9, ", "a-1-", '"', ". ", "9", "Nova ", "a@b.c "]
)
def test_a_long_hostile_text_takes_a_bounded_time(hostile):
    text = hostile * (LONGEST // len(hostile))
    started = time.process_time()
    check_specifics(f"EUR 7 in Utrecht. {text}", [text * 10], text, CATALOGUE)

    assert time.process_time() - started < 15  # 3 s were measured for the worst
