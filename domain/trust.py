"""A judged share, and how far to believe it: raw, corrected for the judge's errors, and by people's own look."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.badness import Line
from domain.calibration import (
    Agreement,
    Confusion,
    Corrected,
    Refused,
    Side,
    TwoPhase,
    agreement,
    correct,
    two_phase,
)
from domain.calibration.correction import LEAST_BAD, LEAST_GOOD
from domain.tally import Tally

Judges = Mapping[tuple[str, str], int]
"""Who judged (judge, version), and how many answers."""

OTHERS = 0.05
"""The most of the scores that another judge, such as the fallback, may have given for a correction to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a judged share is worth.

    Attributes:
        judge: Who gave the scores.
        raw: The share as the judge flagged it.
        agreement: How the judge compares with people; None where nobody compared them.
        corrected: By a calibration on labels in whose choice the judge had no say; or why there is none.
        looked_at: By labels of flagged and of passed answers of this very window; or why there is none.
    """

    judge: str
    raw: Tally
    agreement: Agreement | None
    corrected: Corrected | Refused
    looked_at: TwoPhase | Refused

    def words(self) -> str:
        """Say the best that is known: people's own look, else the correction, else why there is neither."""
        best = self.looked_at if isinstance(self.looked_at, TwoPhase) else self.corrected
        known = f"; {self.judge}: {self.agreement.words()}" if self.agreement else ""
        return f"{best.words()}{known}"


class Pair(Protocol):
    """One answer that people and a judge both judged: its score, what people say, and its chance to be judged."""

    @property
    def value(self) -> float:
        """The judge's score."""
        ...

    @property
    def bad(self) -> bool:
        """What people say."""
        ...

    @property
    def rate(self) -> float:
        """With which probability the answer was chosen for judging."""
        ...


def trust_of(raw: Tally, judges: Judges, confusion: Confusion | None, pairs: Iterable[Pair], line: Line) -> Trust:
    """Say what a judged share is worth.

    Args:
        confusion: Of the judge that gave most of the scores, with people.
        pairs: Answers of this window that were labelled because of their verdict, whoever gave it.
    """
    ranked = sorted(judges.items(), key=lambda item: (-item[1], item[0]))
    k, n = raw.effective
    seen = list(pairs)
    flagged, passed = (_side([one for one in seen if line.flags(one.value) is flag]) for flag in (True, False))
    return Trust(
        judge=ranked[0][0][0] if ranked else "nobody",
        raw=raw,
        agreement=agreement(confusion) if confusion is not None and confusion.n else None,
        corrected=_corrected(k, n, ranked, confusion),
        looked_at=two_phase(k, n, flagged, passed),
    )


def is_enough(confusion: Confusion) -> bool:
    """Whether so many labels pass the gate of a correction."""
    return confusion.bad >= LEAST_BAD and confusion.good >= LEAST_GOOD


def _side(pairs: Sequence[Pair]) -> Side:
    return Side.uneven([one.bad for one in pairs], [one.rate for one in pairs]) if pairs else Side(0, 0)


def _corrected(
    k: float, n: float, ranked: Sequence[tuple[tuple[str, str], int]], confusion: Confusion | None
) -> Corrected | Refused:
    others = sum(count for _, count in ranked[1:])
    if others > OTHERS * sum(count for _, count in ranked):
        names = ", ".join(dict.fromkeys(f"{judge} ({version})" for (judge, version), _ in ranked))
        return Refused(because=f"several judges or versions gave the scores: {names}", n=n)
    return correct(k, n, confusion or Confusion(tp=0, fn=0, tn=0, fp=0))
