"""What an operator knows for certain: products, prices, dates, numbers and names that answers are compared with.

Values are written as people write them and read by the rules that read the answers: "EUR 4.90", "EUR 45 to 59",
"2 to 4 business days", "up to 30 days", "26 to 30 November 2026", "Monday to Friday", "8 percent", "64 devices". A
list gives several that are all right. Names tell what a value is about, so they should use the words of the answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.grounding.facts import Kind
from domain.grounding.index import Index, build_index
from domain.grounding.product_words import product_words
from domain.grounding.spans import spans_of
from domain.grounding.units import CURRENCIES

_CODES = ", ".join(sorted(set(CURRENCIES.values())))
_DATED = frozenset({Kind.DATE, Kind.WEEKDAY})


def _as_texts(value: object) -> object:
    several = value if isinstance(value, list | tuple) else (value,)
    return tuple(_as_text(one) for one in several)


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):  # YAML reads 2026-11-27 as a date
        return value.isoformat()[:10]
    return str(value) if isinstance(value, int | float) else value


def _not_backwards(text: str) -> str:
    if any(span.is_backwards for span in spans_of(text)):
        raise ValueError(f"the range {text!r} begins above its end")
    return text


def _money(text: str) -> str:
    spans = spans_of(text)
    if not spans or any(span.example.kind is not Kind.MONEY for span in spans):
        raise ValueError(f"{text!r} is no price with a known currency, such as EUR 45 or EUR 45 to 59 ({_CODES})")
    return text


def _dated(text: str) -> str:
    spans = spans_of(text)
    if not spans or any(span.example.kind not in _DATED for span in spans):
        raise ValueError(f"{text!r} is no date or weekday, such as 2026-11-27, 26 to 30 November or Monday to Friday")
    return text


def _valued(text: str) -> str:
    if not spans_of(text):
        raise ValueError(f"{text!r} has no number, such as 30 days, 8 percent or 2 to 4 business days")
    return text


def _is_a_name(text: str) -> str:
    if not product_words(text):
        raise ValueError(f"{text!r} has no letter and no digit")
    return text


_Text = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_not_backwards)]
_Prices = Annotated[tuple[Annotated[_Text, AfterValidator(_money)], ...], BeforeValidator(_as_texts)]
_Dates = Annotated[tuple[Annotated[_Text, AfterValidator(_dated)], ...], BeforeValidator(_as_texts)]
_Facts = Annotated[tuple[Annotated[_Text, AfterValidator(_valued)], ...], BeforeValidator(_as_texts)]
_Words = Annotated[tuple[_Text, ...], BeforeValidator(_as_texts)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_is_a_name), BeforeValidator(_as_text)]


class Product(BaseModel):
    """Something that has a name and perhaps a price.

    Attributes:
        price: Every price that is right: one, a range, or a list of them.
        attributes: What else is certain of it, `warranty: 36 months`; text without a number is only known words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    aliases: tuple[Name, ...] = ()
    price: _Prices = ()
    attributes: Mapping[Name, _Words] = {}


class CatalogueFields(BaseModel):
    """A catalogue whose products were not compared with each other yet.

    Attributes:
        amounts: Prices and fees that belong to no product, `standard shipping: EUR 5.95`.
        dates: Events, deadlines and opening days.
        facts: Other numbers, `return window: 30 days`.
        names: Partners, places, brands and other proper names that answers may use.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    products: tuple[Product, ...] = ()
    amounts: Mapping[Name, _Prices] = {}
    dates: Mapping[Name, _Dates] = {}
    facts: Mapping[Name, _Facts] = {}
    names: tuple[Name, ...] = ()

    @cached_property
    def index(self) -> Index:
        """Everything that can be looked up, prepared once."""
        return build_index(
            products=[(product.name, product.aliases, product.price, product.attributes) for product in self.products],
            general=[*self.facts.items(), *self.dates.items(), *self.amounts.items()],
            names=self.names,
        )


class Catalogue(CatalogueFields):
    """What is certain; no two products share a name."""

    @model_validator(mode="after")
    def _names_one_thing_once(self) -> Self:
        mistakes = [words for _, words in twins([(one.name, one.aliases) for one in self.products])]
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self


Place = tuple[str | int, ...]
"""Where in the file something stands: ("products", 3, "name")."""


def twins(products: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[Place, str]]:
    """Yield where a product has a name or alias that an earlier one has, whatever the case, and say so.

    >>> list(twins([("Kestrel 14", ["K14"]), ("KESTREL-14", [])]))
    [(('products', 1, 'name'), "'KESTREL-14' is also a name of 'Kestrel 14'")]
    """
    owners: dict[tuple[str, ...], tuple[int, str]] = {}
    for position, (name, aliases) in enumerate(products):
        places: list[tuple[Place, str]] = [(("products", position, "name"), name)]
        places += [(("products", position, "aliases", number), alias) for number, alias in enumerate(aliases)]
        for place, written in places:
            owner, owner_name = owners.setdefault(product_words(written), (position, name))
            if owner != position:
                yield place, f"{written!r} is also a name of {owner_name!r}"
