"""Looking things up in a catalogue: products by their words, values by what they are about. Built once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.grounding.entries import PRICE, Entry, entry
from domain.grounding.product_words import Word, product_words, words_of
from domain.grounding.words import folded

_VARIANT_WORDS = "air deluxe elite go lite max mini neo plus premium prime pro se slim turbo ultra xl xs xt"
_VARIANTS = frozenset(_VARIANT_WORDS.split())
"""Words that make another product of a product."""

ProductLines = tuple[str, Sequence[str], Sequence[str], Mapping[str, Sequence[str]]]
"""Name, aliases, prices, attributes."""


@dataclass(frozen=True, slots=True)
class Named:
    """A product named in a text, or something that looks like one.

    Attributes:
        product: Its position in the catalogue; for a lookalike, that of the product it looks like.
    """

    product: int
    start: int
    end: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class _Title:
    """The words of a name, or of the beginning of one: Kestrel, as in Kestrel 14."""

    words: tuple[str, ...]
    product: int
    needs_capital: bool = False
    is_family: bool = False


@dataclass(frozen=True)
class Index:
    """A catalogue prepared for reading answers.

    Attributes:
        titles: The words of a name, or of the beginning of several, -> whose name it is.
        longest: The first word of a name -> the number of words of the longest such name.
        entries: For each product, what is certain of it.
        about: A stem -> the entries of no product whose name has it.
        words: Every word that the catalogue uses, folded.
        owners: A word that only attributes have -> the products they belong to.
    """

    products: tuple[str, ...]
    titles: Mapping[tuple[str, ...], _Title]
    longest: Mapping[str, int]
    entries: tuple[tuple[Entry, ...], ...]
    about: Mapping[str, tuple[Entry, ...]]
    words: frozenset[str]
    owners: Mapping[str, frozenset[int]]

    @property
    def has_entries(self) -> bool:
        """Tell whether the catalogue says anything."""
        return bool(self.words)

    def owners_besides(self, word: str, about: frozenset[int]) -> list[str]:
        """Return whose attribute *word* is, if it is of none of the products *about* which something is said."""
        owners = self.owners.get(word, frozenset())
        return [] if not about or owners & about else [self.products[one] for one in sorted(owners)]

    def general(self, stems: Iterable[str]) -> list[Entry]:
        """Return the entries of no product that have a word in common with *stems*."""
        return list(dict.fromkeys(found for one in stems for found in self.about.get(one, ())))

    def find_products(self, text: str, values: frozenset[int] = frozenset()) -> Iterator[Named]:
        """Yield the products that *text* names, and what only looks like one: "Kestrel 15", "Kestrel 14 Pro".

        Args:
            values: Where values with a unit begin; "16 GB" after a name makes no other product of it.
        """
        if not self.titles:
            return
        words = words_of(text)
        here = 0
        while here < len(words):
            found = self._title_at(words, here)
            end = here + len(found.words) if found else here + 1
            if found is not None:
                last = _extended(words, end, values)
                if last > end or not found.is_family:
                    yield Named(found.product, words[here].start, words[last - 1].end, is_known=last == end)
                    end = last
            here = end

    def _title_at(self, words: Sequence[Word], here: int) -> _Title | None:
        for length in range(self.longest.get(words[here].folded, 0), 0, -1):
            title = self.titles.get(tuple(word.folded for word in words[here : here + length]))
            if title is not None and _stands(title, words[here : here + length]):
                return title
        return None


def _stands(title: _Title, there: Sequence[Word]) -> bool:
    return all(word.joined for word in there[1:]) and (there[0].is_capital or not title.needs_capital)


def _extended(words: Sequence[Word], end: int, values: frozenset[int]) -> int:
    """Return where a name ends that goes on with a number, a code or a word like Pro."""
    while end < len(words):
        word = words[end]
        is_variant = word.is_capital and word.folded in _VARIANTS
        is_number = any(letter.isdigit() for letter in word.folded) and word.start not in values
        if not (word.joined and word.start - words[end - 1].end <= 1 and (is_variant or is_number)):
            break
        end += 1
    return end


def build_index(
    products: Sequence[ProductLines], general: Iterable[tuple[str, Sequence[str]]], names: Sequence[str]
) -> Index:
    """Prepare a catalogue for looking things up."""
    entries = tuple(
        tuple(entry(label, texts, name) for label, texts in [(PRICE, price), *attributes.items()] if texts)
        for name, _, price, attributes in products
    )
    others = [entry(name, texts) for name, texts in general]
    written = [*names, *(word for name, aliases, _, _ in products for word in (name, *aliases))]
    free = _words_of(written + [text for one in others for text in (one.name, one.written)])
    owners = _owners(entries, free)
    titles = _titles(products)
    return Index(
        products=tuple(name for name, *_ in products),
        titles=titles,
        longest=_longest(titles),
        entries=entries,
        about=_by_stem(others),
        words=free.union(owners),
        owners=owners,
    )


def _by_stem(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    about: dict[str, list[Entry]] = defaultdict(list)
    for one in entries:
        for stem in one.stems:
            about[stem].append(one)
    return {stem: tuple(found) for stem, found in about.items()}


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _all_words(text))


def _owners(entries: Iterable[Sequence[Entry]], free: frozenset[str]) -> dict[str, frozenset[int]]:
    owners: dict[str, set[int]] = defaultdict(set)
    for product, own in enumerate(entries):
        for word in _words_of(text for one in own for text in (one.name, one.written)) - free:
            owners[word].add(product)
    return {word: frozenset(products) for word, products in owners.items()}


def _all_words(text: str) -> Iterator[str]:
    yield from product_words(text)
    yield from (word.strip(".,;:!?()[]\"'") for word in folded(text).split())


def _titles(products: Sequence[ProductLines]) -> dict[tuple[str, ...], _Title]:
    found: dict[tuple[str, ...], _Title] = {}
    for number, (name, aliases, _, _) in enumerate(products):
        for written in (name, *aliases):
            words = product_words(written)
            plain = len(words) == 1 and words[0].isalpha() and written[0].isupper()
            found[words] = _Title(words, number, needs_capital=plain)
            if len(words) == 1 and plain:
                plural = (words[0] + "s",)
                found.setdefault(plural, _Title(plural, number, needs_capital=True))
    for title in list(found.values()):
        for length in range(1, len(title.words)):
            family = title.words[:length]
            found.setdefault(family, _Title(family, title.product, needs_capital=True, is_family=True))
    return found


def _longest(titles: Iterable[tuple[str, ...]]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for words in titles:
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest
