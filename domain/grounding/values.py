"""Judging a price, an amount, a number or a date of an answer: the catalogue first, then the context."""

from collections.abc import Sequence

from domain.grounding.entries import PRICE, PRICE_WORDS, Entry, topic
from domain.grounding.facts import Fact, Kind
from domain.grounding.settings import Setting, reads_as_price
from domain.grounding.source import Statement
from domain.grounding.verdicts import Judged, SpecificVerdict, nowhere
from domain.grounding.words import stem, words

_ABOUT_ANY_PRICE = frozenset(stem(word) for word in PRICE_WORDS)
_TOLD = 2
_WORTH_TELLING = 0.5
"""The catalogue's value is told where the sentence has more than this share of its name."""


def judge_value(fact: Fact, what: str, setting: Setting) -> Judged:
    """Compare *fact*, called *what* in the reason, with what the catalogue, the context and the question say.

    The catalogue speaks of it where the sentence names the same thing. Where it does and the context says
    something else of that thing, the catalogue is right.
    """
    near = _near(setting)
    stems = setting.sentence.stems
    named = [one for one in near if one.is_named_in(stems, setting.cues)]
    at_odds = [one for one in named if _is_at_odds(one, fact, setting)]
    source = next((one for one in named if one.includes(fact)), None) or _by_the_way(fact, near, at_odds, setting)
    if source is not None:
        return Judged(SpecificVerdict.CATALOGUE, f"the catalogue says {source.written} of {source.title}")
    statements = setting.evidence.supporting(fact, stems)
    if statements and not (at_odds and all(_is_overruled(one, fact, at_odds) for one in statements)):
        return Judged(SpecificVerdict.CONTEXT, f"{what} is in the context")
    if any(fact.agrees_with(known) for known in setting.evidence.asked):
        return Judged(SpecificVerdict.GIVEN, f"{what} is in the question")
    if at_odds:
        also = "; the context says so too, but the catalogue outranks it" if statements else ""
        return Judged(SpecificVerdict.CONTRADICTED, _against(at_odds, what) + also)
    return _unsupported(fact, what, near, setting)


def _near(setting: Setting) -> list[Entry]:
    mine = [one for product in setting.subjects for one in setting.evidence.index.entries[product]]
    asked: frozenset[str] = setting.evidence.asks.stems if setting.sentence.refers_back else frozenset()
    return [*mine, *setting.evidence.index.general(sorted(setting.sentence.stems | asked))]


def _is_at_odds(one: Entry, fact: Fact, setting: Setting) -> bool:
    """Tell whether *one* is about the fact and says otherwise; not if another value of the sentence is right for it."""
    if (one.owner and not setting.is_sure) or not one.rivals(fact):
        return False
    return not any(one.includes(other) and _same_sort(fact, other) for other in setting.sentence.facts)


def _same_sort(fact: Fact, other: Fact) -> bool:
    return other is not fact and (fact.kind is other.kind is Kind.NUMBER or fact.rivals(other))


def _by_the_way(fact: Fact, near: Sequence[Entry], at_odds: Sequence[Entry], setting: Setting) -> Entry | None:
    """Return an entry with this value that the sentence hints at, at least as much as at those that say otherwise."""
    weight = max((_weight(one, setting) for one in at_odds), default=0)
    stems = setting.sentence.stems
    return next((one for one in near if _allows(one, fact) and len(one.shared(stems)) >= weight), None)


def _weight(one: Entry, setting: Setting) -> int:
    """Return how much the sentence says of *one*: an entry of which it says more is the one that is meant."""
    if one.owner and not setting.sentence.products:
        return 0
    return max(1, len(one.shared(setting.sentence.stems)))


def _allows(one: Entry, fact: Fact) -> bool:
    """Tell whether an entry that the sentence hardly names has exactly this value."""
    if not one.includes(fact) or (fact.kind is Kind.NUMBER and not one.rivals(fact)):
        return False
    return one.has_exactly(fact) or (bool(one.owner) and one.name == PRICE)


def _is_overruled(statement: Statement, fact: Fact, at_odds: Sequence[Entry]) -> bool:
    """Tell whether *statement* is about what the catalogue knows, and does not say what the catalogue says."""
    is_priced = any(reads_as_price(statement.text, known.start) for known in statement.facts)
    plain = frozenset(words(statement.text)) | ({PRICE} if is_priced else set())
    return any(
        (not one.owner or topic(one.owner) <= statement.around)
        and one.is_named_in(statement.stems, plain)
        and not any(one.includes(known) and _same_sort(fact, known) for known in statement.facts)
        for one in at_odds
    )


def _against(at_odds: Sequence[Entry], what: str) -> str:
    first = at_odds[0]
    verb = "lies outside" if first.is_range else "is not"
    if first.owner and first.name == PRICE:
        return f"{what} of {first.owner} {verb} {'' if first.is_range else 'the '}{first.written} of the catalogue"
    told = [f"{one.written}, which the catalogue says of {one.title}" for one in at_odds[:_TOLD]]
    return f"{what} {verb} {', nor '.join(told)}"


def _unsupported(fact: Fact, what: str, near: Sequence[Entry], setting: Setting) -> Judged:
    rival = setting.evidence.rival(fact, setting.sentence.stems - _ABOUT_ANY_PRICE)
    if rival is not None:
        return Judged(SpecificVerdict.CONTRADICTED, f'{what} is not in the context, which says "{rival.text}"')
    nothing = nowhere(what, has_catalogue=setting.evidence.index.has_entries)
    share = {one: len(one.shared(setting.sentence.stems)) / len(one.stems) for one in near if one.rivals(fact)}
    closest = max(share, key=lambda one: share[one], default=None)
    if closest is None or share[closest] <= _WORTH_TELLING:
        return nothing
    return Judged(SpecificVerdict.UNKNOWN, f"{nothing.reason}; the catalogue says {closest.written} of {closest.title}")
