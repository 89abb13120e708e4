"""One line of a catalogue: what it is about, which values it allows, and whether a sentence is about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.grounding.facts import Fact
from domain.grounding.spans import Span, spans_of
from domain.grounding.words import SMALL_TALK, all_stems, content_stems

PRICE = "price"
_PRICED = "charge charged charges cost costs paid pay pays price priced prices sell sells sold"
PRICE_WORDS = frozenset(_PRICED.split())
_SHORTEST_PREFIX = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue says under one name.

    Attributes:
        owner: The product it belongs to, or nothing.
        written: The allowed values in the words of the operator.
        stems: What a sentence about it mentions.
    """

    name: str
    owner: str
    written: str
    spans: tuple[Span, ...]
    stems: frozenset[str]

    @property
    def title(self) -> str:
        """What to call it in a sentence: `the warranty of Kestrel 14`, or `Kestrel 14` for its price."""
        if not self.owner:
            return f'"{self.name}"'
        return self.owner if self.name == PRICE else f"{self.name} of {self.owner}"

    @property
    def is_range(self) -> bool:
        """Tell whether it allows more than single values."""
        return any(not span.is_single for span in self.spans)

    def includes(self, fact: Fact) -> bool:
        """Tell whether *fact* is one of the allowed values."""
        return any(span.includes(fact) for span in self.spans)

    def has_exactly(self, fact: Fact) -> bool:
        """Tell whether *fact* is a value that was written, not only one between two of them."""
        return any(span.ends_at(fact) for span in self.spans)

    def rivals(self, fact: Fact) -> bool:
        """Tell whether *fact* is of the same sort as an allowed value."""
        return any(span.rivals(fact, self.stems) for span in self.spans)

    def is_named_in(self, stems: frozenset[str], plain: frozenset[str]) -> bool:
        """Tell whether a sentence with *stems* and the words *plain* is about this, once its product is clear."""
        if self.owner and self.name == PRICE:
            return bool(PRICE_WORDS & plain)
        return bool(self.shared(stems)) if self.owner else len(self.shared(stems)) == len(self.stems) > 0

    def shared(self, stems: frozenset[str]) -> list[str]:
        """Return what the name has in common with *stems*; "weight" and "weighs" have their beginning."""
        long = [one for one in stems if len(one) >= _SHORTEST_PREFIX]
        return [mine for mine in self.stems if mine in stems or any(_same_beginning(mine, other) for other in long)]


def entry(name: str, texts: Sequence[str], owner: str = "") -> Entry:
    """Read one line of a catalogue.

    >>> entry("standard shipping", ["EUR 5.95"]).stems == {"standard", "ship"}
    True
    """
    spans = tuple(span for text in texts for span in spans_of(text))
    return Entry(name, owner, " or ".join(texts), spans, topic(name))


def topic(text: str) -> frozenset[str]:
    """Return the stems that say what *text* is about."""
    content = frozenset(content_stems(text))
    return content - SMALL_TALK or content or all_stems([text])


def _same_beginning(one: str, other: str) -> bool:
    return len(one) >= _SHORTEST_PREFIX and (one.startswith(other) or other.startswith(one))
