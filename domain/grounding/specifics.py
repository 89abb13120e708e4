"""Groundedness by rules: is every specific token of an answer borne out by the catalogue, or else by the context?

Specific are product names, prices, amounts with a unit, percentages, durations, numbers, dates, times, weekdays, proper
names, codes and addresses, in English. Wording is not looked at; `domain.grounding.ground` does, and it knows no
catalogue.

Measured on the made-up support bot of `tests/data/grounding`, flagging a groundedness below 1, leaving 12 refusals out:
sensitivity 35 of 48 (73 %) with and without a catalogue, specificity 329 of 334 (98.5 %) without one and 334 of 334
with the one of the demo. 49 of these 382 answers state nothing specific; of the rest 35 of 39 false ones are caught.
What is missed is false wording without a false token. On the 98 research reports, where a false answer has one number
changed: 8 of 8 and 90 of 90. With one digit changed in each right answer, 288 of 291 are seen without a catalogue and
280 with one (its ranges allow more), and 85 of 90 reports.

Where the context itself is wrong, comparing with it finds nothing; the catalogue of the demo then finds 29 of the 43
wrong prices, dates and numbers that the simulated shop's bot can say. That catalogue was written from the texts of the
shop, and the finders of numbers and names were fitted to the corpus: nothing is claimed beyond it, measure on your own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.grounding.catalogue import Catalogue
from domain.grounding.evidence import Evidence
from domain.grounding.naming import judge_naming
from domain.grounding.places import places_of
from domain.grounding.settings import Sentence, read_sentences, setting
from domain.grounding.tokens import SpecificKind, Token, find_tokens
from domain.grounding.values import judge_value
from domain.grounding.verdicts import SpecificVerdict, worst

SPECIFICS_VERSION = "specifics-rules/1"
"""Values of another version are not comparable."""
LONGEST = 20_000
"""In characters; what an answer says later is not read."""
MOST = 500
"""Later specific tokens of one answer are not judged."""
NO_CATALOGUE = Catalogue()


@dataclass(frozen=True, slots=True)
class Specific:
    """One specific token of an answer.

    Attributes:
        start: Where it begins in the answer; *end* is one past its last character.
        reason: Why, in plain words that may quote the answer.
    """

    kind: SpecificKind
    text: str
    start: int
    end: int
    verdict: SpecificVerdict
    reason: str


@dataclass(frozen=True, slots=True)
class Specifics:
    """Every specific token of an answer, in order.

    Attributes:
        is_complete: Nothing was left out because the answer was too long.
    """

    found: tuple[Specific, ...]
    is_complete: bool = True

    @property
    def findings(self) -> tuple[Specific, ...]:
        """Those that neither catalogue nor context bears out."""
        return tuple(one for one in self.found if one.verdict.is_finding)

    @property
    def reason(self) -> str:
        """Say what is wrong, a contradiction first, or that nothing is."""
        findings = sorted(self.findings, key=lambda one: one.verdict is not SpecificVerdict.CONTRADICTED)
        if not self.found:
            return "Nothing is specific."
        if not findings:
            repeats = self.groundedness is None
            where = "only repeats the question" if repeats else "is borne out by the catalogue or the context"
            return f"Everything specific {where}."
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        return f"{findings[0].reason[0].upper()}{findings[0].reason[1:]}{more}"

    @property
    def groundedness(self) -> float | None:
        """The grounded share of those that had to be grounded; None where there are none.

        What only repeats the question is left out.
        """
        grounded = sum(one.verdict.is_grounded for one in self.found)
        checked = grounded + len(self.findings)
        return grounded / checked if checked else None


def check_specifics(
    answer: str, context: Sequence[str], question: str, catalogue: Catalogue = NO_CATALOGUE
) -> Specifics:
    """Judge every specific token of *answer*.

    >>> catalogue = Catalogue.model_validate({"products": [{"name": "Brightcart Kettle", "price": "EUR 45 to 59"}]})
    >>> found = check_specifics("The Brightcart Kettle costs EUR 39.", [], "", catalogue)
    >>> found.groundedness, found.findings[0].reason
    (0.5, 'the price "EUR 39" of Brightcart Kettle lies outside EUR 45 to 59 of the catalogue')
    """
    text, index, evidence = answer[:LONGEST], catalogue.index, Evidence(context, question, catalogue.index)
    tokens = find_tokens(text, index)
    asked = tuple(one.product for one in index.find_products(question[:LONGEST]) if one.is_known)
    sentences = read_sentences(text, places_of(text), tokens[:MOST], asked)
    found = (_judge(token, text, sentence, evidence) for sentence in sentences for token in sentence.tokens)
    return Specifics(tuple(found), is_complete=len(answer) <= LONGEST and len(tokens) <= MOST)


def _judge(token: Token, answer: str, sentence: Sentence, evidence: Evidence) -> Specific:
    written = answer[token.start : token.end]
    if token.facts:
        around = setting(token, sentence, evidence)
        judged = worst([judge_value(fact, f'the {token.kind} "{fact.text}"', around) for fact in token.facts])
    else:
        judged = judge_naming(token, sentence.about, evidence)
    return Specific(token.kind, written, token.start, token.end, judged.verdict, judged.reason)
