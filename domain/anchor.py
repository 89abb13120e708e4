"""Anchors: answers kept in a file, texts and all, that a judge is asked about again and again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.calibration import Flips, power
from domain.criterion import FAITHFULNESS, NAME
from domain.transcript import Transcript


class Labelled(BaseModel):
    """One line of a labelled set: an answer with its texts, or a trace that is stored, and what people say of it.

    Attributes:
        bad: What people say; None where nobody has said yet, which is enough for an anchor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    criterion: str = Field(default=FAITHFULNESS, pattern=NAME)
    question: str = ""
    context: tuple[str, ...] = ()
    answer: str | None = Field(default=None, min_length=1)
    trace_id: str | None = Field(default=None, min_length=1, max_length=200)
    bad: bool | None = None

    @model_validator(mode="after")
    def _is_about_something(self) -> "Labelled":
        if (self.answer is None) == (self.trace_id is None):
            raise ValueError("say answer, with question and context, or trace_id: one of them")
        if self.trace_id is not None and self.bad is None:
            raise ValueError("bad is missing: what do people say of this trace?")
        return self

    @property
    def key(self) -> str:
        """The id with a digest of the texts: an anchor that was edited is another one."""
        texts = "\0".join((self.criterion, self.question, *self.context, self.answer or ""))
        return f"{self.id}:{sha256(texts.encode(errors='replace')).hexdigest()[:12]}"

    def transcript(self, at: datetime) -> Transcript:
        """Return the texts as a judge reads them."""
        return Transcript(
            trace_id=f"anchor-{self.id}",
            question=self.question,
            answer=self.answer or "",
            context=self.context,
            ended_at=at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorVerdict:
    """What a judge said of one anchor.

    Attributes:
        flagged: Whether it called the answer bad; None where it gave no verdict.
        served_by: The model that answered, as it calls itself.
    """

    anchor: str
    flagged: bool | None
    served_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCheck:
    """One round of anchors against the accepted round.

    Attributes:
        judge: Who judged, by which *criterion*.
        flips: Verdicts on the same anchors, then and now; None in the first round, which is accepted as it is.
        asked, failed: Anchors of this round, and those without a verdict.
        served_by, served_before: The models that answered, as they call themselves.
    """

    at: datetime
    judge: str
    criterion: str
    asked: int
    failed: int
    flips: Flips | None
    served_by: tuple[str, ...] = ()
    served_before: tuple[str, ...] = ()

    @property
    def has_changed_model(self) -> bool:
        """Whether another model answers than in the accepted round, as far as the endpoint says."""
        return bool(self.served_before) and bool(self.served_by) and self.served_by != self.served_before

    def words(self) -> str:
        """Say it in one sentence."""
        missing = f"; {self.failed} of {self.asked} got no verdict" if self.failed else ""
        if self.flips is None:
            return f"{self.asked} anchors judged for the first time, kept as what to compare with{missing}"
        seen = power(self.flips.n, *USUAL_CHANGE) if self.flips.n else 0.0
        chance = f"; a change of 8 % one way and 1 % the other would be seen with a chance of {seen:.0%}"
        return f"{self.flips.words()}{chance}{missing}"


USUAL_CHANGE = (0.08, 0.01)
"""A change that matters: shares of answers whose verdict turns bad, and good."""


def compared(now: tuple[AnchorVerdict, ...], before: tuple[AnchorVerdict, ...]) -> Flips | None:
    """Return the flips between two rounds, of the anchors that got a verdict in both; None without an earlier round."""
    if not before:
        return None
    then = {one.anchor: one.flagged for one in before}
    pairs = [(then.get(one.anchor), one.flagged) for one in now]
    return Flips.of((was, bool(is_now)) for was, is_now in pairs if was is not None and is_now is not None)


def served(verdicts: tuple[AnchorVerdict, ...]) -> tuple[str, ...]:
    """Return the names of the models that answered."""
    return tuple(sorted({one.served_by for one in verdicts if one.served_by}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """All anchors of one criterion, put to one judge at one time.

    Attributes:
        version: Of the criterion; rounds of another are not compared.
        accepted: Whether this round is what later ones are compared with.
    """

    criterion: str
    version: str
    judge: str
    at: datetime
    accepted: bool
    verdicts: tuple[AnchorVerdict, ...]


def checks_at(rounds: Iterable[Round], until: datetime) -> list[JudgeCheck]:
    """Return the newest round of each criterion and judge that was made by *until*, against the accepted one."""
    by_judge: dict[tuple[str, str], list[Round]] = {}
    for one in sorted(rounds, key=lambda one: one.at):
        if one.at <= until:
            by_judge.setdefault((one.criterion, one.judge), []).append(one)
    return [check(made[-1], _accepted(made)) for made in by_judge.values()]


ENOUGH_VERDICTS = 0.95
"""Of the anchors, for a round to be what later ones are compared with."""


def can_be_accepted(verdicts: Sequence[AnchorVerdict]) -> bool:
    """Whether enough anchors got a verdict: an outage is no baseline."""
    said = sum(one.flagged is not None for one in verdicts)
    return said > 0 and said >= ENOUGH_VERDICTS * len(verdicts)


def check(newest: Round, accepted: Round | None) -> JudgeCheck:
    """Compare the *newest* round with the *accepted* one."""
    before = () if accepted is None or accepted.at == newest.at else accepted.verdicts
    return JudgeCheck(
        at=newest.at,
        judge=newest.judge,
        criterion=newest.criterion,
        asked=len(newest.verdicts),
        failed=sum(one.flagged is None for one in newest.verdicts),
        flips=compared(newest.verdicts, before),
        served_by=served(newest.verdicts),
        served_before=served(before),
    )


def _accepted(made: Sequence[Round]) -> Round | None:
    same = [one for one in made if one.accepted and one.version == made[-1].version]
    return same[-1] if same else None
