"""Reading the values of a text, and the products of the catalogue that it names."""

import re
from collections.abc import Sequence

from domain.grounding.amounts import find_facts
from domain.grounding.facts import Fact, Kind
from domain.grounding.index import Index, Named
from domain.grounding.weekdays import find_weekdays

_DIGIT = re.compile(r"\d")
_FOLLOWING_DIGIT = re.compile(r"\s?\d")


def read_values(text: str, index: Index) -> tuple[list[Named], list[Fact]]:
    """Return the products that *text* names or seems to name, and its values; the numbers of products are none.

    What is left of "Kestrel 14 EUR 1,099" after the product is EUR 1,099, and not 14 EUR and 1,099.
    """
    facts = find_facts(text)
    values = frozenset(
        fact.start
        for fact in facts
        if fact.kind is not Kind.NUMBER and not (fact.kind is Kind.MONEY and _FOLLOWING_DIGIT.match(text, fact.end))
    )
    products = list(index.find_products(text, values))
    if any(_DIGIT.search(text, named.start, named.end) for named in products):
        facts = find_facts(_without(products, text))
    return products, sorted([*facts, *find_weekdays(text)], key=lambda fact: fact.start)


def _without(products: Sequence[Named], text: str) -> str:
    parts: list[str] = []
    end = 0
    for named in products:
        parts += [text[end : named.start], "x" * (named.end - named.start)]
        end = named.end
    return "".join([*parts, text[end:]])
