"""Checking each sentence of an answer against the context, and saying what is wrong with it and where."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.claims import Claim, ClaimVerdict, sentences
from domain.grounding.amounts import find_facts
from domain.grounding.courtesy import is_courtesy
from domain.grounding.facts import Fact
from domain.grounding.names import Mention, Mentioned, find_mentions, same_name
from domain.grounding.source import Source, read_source
from domain.grounding.support import denied, novel_words
from domain.grounding.words import SMALL_TALK, content_stems, folded

_LIST_MARKER = re.compile(r"\W*+(?:\d{1,2}[.)])?\W*+", re.ASCII)
_JOINT = r"[\"'”\u2019)\]]*\s+"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part of an answer that the context does not bear out.

    Attributes:
        start: Where it begins in the answer; *end* is one past its last character.
    """

    text: str
    start: int
    end: int
    verdict: ClaimVerdict
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of an answer, its verdict, its place in the answer and every doubt about it."""

    claim: Claim
    start: int
    end: int
    doubts: tuple[Doubt, ...] = ()


def examine(answer: str, context: Sequence[str], question: str) -> list[Finding]:
    """Return one finding for each sentence of *answer*, in order."""
    source = read_source(context, question)
    findings: list[Finding] = []
    cursor = 0
    for number, sentence in enumerate(sentences(answer), 1):
        start, cursor = _locate(sentence, answer, cursor)
        findings.append(_examine_sentence(number, sentence, answer[start:cursor], start, source))
    return findings


def _locate(sentence: str, answer: str, cursor: int) -> tuple[int, int]:
    start = answer.find(sentence, cursor)
    if start >= 0:
        return start, start + len(sentence)
    found = re.compile(_JOINT.join(map(re.escape, sentence.split()))).search(answer, cursor)
    return found.span() if found else (cursor, len(answer))


def _examine_sentence(number: int, sentence: str, text: str, start: int, source: Source) -> Finding:
    text = text.replace("\u00a0", " ")
    facts, mentions = find_facts(text), list(find_mentions(text))
    doubts = tuple(_doubts(text, start, facts, mentions, source))
    if doubts:
        worst = next((doubt for doubt in doubts if doubt.verdict is ClaimVerdict.CONTRADICTED), doubts[0])
        claim = Claim(number, sentence, worst.verdict, worst.reason)
    elif _LIST_MARKER.fullmatch(text) or (not facts and is_courtesy(text)):
        claim = Claim(number, sentence, ClaimVerdict.NO_CLAIM)
    else:
        claim = Claim(number, sentence, ClaimVerdict.SUPPORTED)
    return Finding(claim, start, start + len(text), doubts)


def _doubts(text: str, start: int, facts: list[Fact], mentions: list[Mention], source: Source) -> Iterator[Doubt]:
    if _LIST_MARKER.fullmatch(text):
        return
    stems = frozenset(content_stems(text)) - SMALL_TALK
    for fact in facts:
        if not source.supports(fact, stems):
            verdict, reason = _explain(fact, stems, source)
            yield Doubt(fact.text, start + fact.start, start + fact.end, verdict, reason)
    for mention in mentions:
        verdict, reason = _check_mention(mention, source)
        if verdict is not ClaimVerdict.SUPPORTED:
            yield Doubt(mention.text, start + mention.start, start + mention.end, verdict, reason)
    if not is_courtesy(text):
        yield from _doubt_wording(text, start, len(facts), source)


def _explain(fact: Fact, stems: frozenset[str], source: Source) -> tuple[ClaimVerdict, str]:
    rival = source.rival(fact, stems)
    if rival is None:
        return ClaimVerdict.NOT_IN_CONTEXT, f'the {fact.kind} "{fact.text}" is not in the context'
    return (
        ClaimVerdict.CONTRADICTED,
        f'the {fact.kind} "{fact.text}" is not in the context, which says "{rival.text}"',
    )


def _check_mention(mention: Mention, source: Source) -> tuple[ClaimVerdict, str]:
    if mention.kind is Mentioned.PRODUCT:
        return _check_product(mention, source)
    if mention.kind is Mentioned.NAME:
        known = same_name(mention.text, source.words) or mention.text.lower() in source.initials
    else:
        known = folded(mention.text).rstrip(".,;:!?") in source.text
    if known:
        return ClaimVerdict.SUPPORTED, ""
    return ClaimVerdict.NOT_IN_CONTEXT, f'the {mention.kind} "{mention.text}" is not in the context'


def _check_product(mention: Mention, source: Source) -> tuple[ClaimVerdict, str]:
    name, number = folded(mention.text).rsplit(" ", 1)
    numbers = set(re.findall(rf"(?<!\w){re.escape(name)} (\d+)(?!\w|[.,:]\d)", source.text))
    if not numbers or number in numbers:  # a number after a name is no product if the context never has one there
        return ClaimVerdict.SUPPORTED, ""
    known = f"{mention.text.rsplit(' ', 1)[0]} {min(numbers)}"
    return ClaimVerdict.CONTRADICTED, f'the context knows "{known}", not "{mention.text}"'


def _doubt_wording(text: str, start: int, facts: int, source: Source) -> Iterator[Doubt]:
    end = start + len(text)
    if denied(text, source):
        yield Doubt(text, start, end, ClaimVerdict.CONTRADICTED, "the context says the opposite")
    novel = novel_words(text, facts, source)
    if novel is not None:
        words = ", ".join(novel[:5])
        yield Doubt(text, start, end, ClaimVerdict.NOT_IN_CONTEXT, f"no support in the context ({words})")
