"""Judging a product, a name, a code or an address of an answer: the catalogue first, then the context."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from domain.grounding.evidence import Evidence, knows_name, says
from domain.grounding.facts import Fact, Kind
from domain.grounding.index import Index
from domain.grounding.product_words import product_words
from domain.grounding.source import Source
from domain.grounding.tokens import SpecificKind, Token
from domain.grounding.verdicts import Judged, SpecificVerdict, nowhere, worst
from domain.grounding.words import folded


def judge_naming(token: Token, about: frozenset[int], evidence: Evidence) -> Judged:
    """Compare what *token* calls by name with the catalogue, the context and the question.

    Args:
        about: The products its sentence is about: what is an attribute of others is no proof for them.
    """
    if token.kind is SpecificKind.PRODUCT:
        return _judge_product(token, about, evidence)
    if token.kind is SpecificKind.NAME:
        return _judge_name(token.text, about, evidence)
    return _judge_code(token, about, evidence)


def _judge_code(token: Token, about: frozenset[int], evidence: Evidence) -> Judged:
    word = folded(token.text).rstrip(".,;:!?")
    others = evidence.index.owners_besides(word, about)
    if word in evidence.index.words and not others:
        return Judged(SpecificVerdict.CATALOGUE, f"{_what(token)} is in the catalogue")
    found = _somewhere(token, evidence)
    if found is not None:
        return found
    if others:
        return Judged(SpecificVerdict.CONTRADICTED, f"the catalogue has {_what(token)} only of {others[0]}")
    return nowhere(_what(token), has_catalogue=evidence.index.has_entries)


def _what(token: Token) -> str:
    return f'the {token.kind} "{token.text}"'


def _somewhere(token: Token, evidence: Evidence) -> Judged | None:
    if says(token.text, evidence.source):
        return Judged(SpecificVerdict.CONTEXT, f"{_what(token)} is in the context")
    if says(token.text, evidence.asks):
        return Judged(SpecificVerdict.GIVEN, f"{_what(token)} is in the question")
    return None


def _judge_product(token: Token, about: frozenset[int], evidence: Evidence) -> Judged:
    if token.named is not None and token.named.is_known:
        return Judged(SpecificVerdict.CATALOGUE, f"{_what(token)} is in the catalogue")
    found = _somewhere(token, evidence)
    if found is not None:
        return found
    if token.named is not None:
        closest = evidence.index.products[token.named.product]
        reason = f'the catalogue has no product "{token.text}"; its closest is "{closest}"'
        return Judged(SpecificVerdict.CONTRADICTED, reason)
    return _judge_numbered(token, about, evidence)


def _judge_numbered(token: Token, about: frozenset[int], evidence: Evidence) -> Judged:
    """Judge a name with a number that no catalogue knows: of a product only if the context has others like it."""
    name, number = token.text.rsplit(" ", 1)
    wanted = rf"(?<!\w){re.escape(folded(name))} (\d+)(?!\w|[.,:]\d)"
    known = re.search(wanted, evidence.source.text)
    if known is not None:
        return Judged(SpecificVerdict.CONTRADICTED, f'the context knows "{name} {known[1]}", not "{token.text}"')
    return worst([_judge_name(name, about, evidence), _judge_number(number, token, evidence)])


def _judge_number(number: str, token: Token, evidence: Evidence) -> Judged:
    try:
        plain = Decimal(number)
    except InvalidOperation:  # digits of another script, or none
        return nowhere(_what(token), has_catalogue=evidence.index.has_entries)
    fact = Fact(kind=Kind.NUMBER, text=number, start=0, end=0, value=plain, plain=plain)
    if evidence.supporting(fact, frozenset()):
        return Judged(SpecificVerdict.CONTEXT, f"{_what(token)} is in the context")
    if any(fact.agrees_with(known) for known in evidence.asked):
        return Judged(SpecificVerdict.GIVEN, f"{_what(token)} is in the question")
    return nowhere(_what(token), has_catalogue=evidence.index.has_entries)


def _judge_name(name: str, about: frozenset[int], evidence: Evidence) -> Judged:
    """Judge a name word by word: each must be known somewhere."""
    what, parts = f'the name "{name}"', name.split()
    if all(_is_listed(part, about, evidence.index) for part in parts):
        return Judged(SpecificVerdict.CATALOGUE, f"{what} is in the catalogue")
    knows: tuple[tuple[SpecificVerdict, str, Callable[[], Source]], ...] = (
        (SpecificVerdict.CONTEXT, "is in the context", lambda: evidence.source),
        (SpecificVerdict.GIVEN, "is in the question", lambda: evidence.asks),
    )
    left = [part for part in parts if not _is_listed(part, about, evidence.index)]
    for verdict, where, source in knows:
        left = [part for part in left if not knows_name(part, source())]
        if not left:
            return Judged(verdict, f"{what} {where}")
    return _unknown_name(what, name, evidence.index)


def _is_listed(part: str, about: frozenset[int], index: Index) -> bool:
    spoken = [word for word in product_words(part) if word != "s"]
    listed = [next((one for one in (word, word.removesuffix("s")) if one in index.words), None) for word in spoken]
    return bool(listed) and all(word is not None and not index.owners_besides(word, about) for word in listed)


def _unknown_name(what: str, name: str, index: Index) -> Judged:
    nothing = nowhere(what, has_catalogue=index.has_entries)
    family = index.titles.get(product_words(name)[:1])
    if family is None or not family.is_family:
        return nothing
    return Judged(SpecificVerdict.UNKNOWN, f'{nothing.reason}; the catalogue has "{index.products[family.product]}"')
