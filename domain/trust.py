"""A judged share, and how far to believe it: raw, corrected for the judge's errors, and by people's own look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
from domain.tally import Tally

Judges = Mapping[tuple[str, str], int]
"""Who judged (judge, version), and how many answers."""


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


def trust_of(
    raw: Tally, judges: Judges, confusion: Confusion | None, pairs: Iterable[tuple[float, bool]], line: Line
) -> Trust:
    """Say what a judged share is worth.

    Args:
        confusion: Of the judge that gave most of the scores, with people.
        pairs: Scores of answers of this window that were labelled because of their verdict, and whether people call
            them bad.
    """
    ranked = sorted(judges.items(), key=lambda item: (-item[1], item[0]))
    names = [judge for (judge, _), _ in ranked]
    k, n = raw.effective
    seen = list(pairs)
    sides = [[bad for value, bad in seen if line.flags(value) is flagged] for flagged in (True, False)]
    flagged, passed = (Side(sum(labels), len(labels)) for labels in sides)
    return Trust(
        judge=names[0] if names else "nobody",
        raw=raw,
        agreement=agreement(confusion) if confusion is not None and confusion.n else None,
        corrected=_corrected(k, n, names, confusion),
        looked_at=two_phase(k, n, flagged, passed),
    )


def _corrected(k: float, n: float, names: list[str], confusion: Confusion | None) -> Corrected | Refused:
    if len(names) > 1:
        return Refused(because=f"several judges or versions gave the scores ({', '.join(dict.fromkeys(names))})", n=n)
    return correct(k, n, confusion or Confusion(tp=0, fn=0, tn=0, fp=0))
