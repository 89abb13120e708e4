"""What a test of rules expects: of an alert, or of what people are told, at one slot or over a stretch of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from alerts.rule_tests.moments import Offset, Said
from domain.alerting import State, Truth
from domain.message import MessageKind, Severity


def _truth(said: object) -> object:
    """Return the truth that YAML takes for a boolean."""
    return str(said).lower() if isinstance(said, bool) else said


class Expectation(Said):
    """One line of what is expected; everything it says must be so.

    Attributes:
        at, by: The slot; or the slot at the latest. Each slot of a stretch (from, until; half-open) is looked at.
        rule, labels: Of whom; of all alerts of the rule that carry these labels.
        becomes: The state that the alert changes to at this slot.
        stands: The state it is in after the slot (`is` in the file).
        says: What its condition says.
        because: Words that stand in its evidence.
        quiet_because: Words that stand in why nobody is told of it.
        told, kind: Who is told, and what: by default that it begins.
        quiet: Nobody is told anything, of the rule if one is named.
    """

    at: Offset | None = None
    by: Offset | None = None
    since: Offset | None = Field(default=None, alias="from")
    until: Offset | None = None
    rule: str | None = None
    labels: Mapping[str, str] = {}
    becomes: State | None = None
    stands: State | None = Field(default=None, alias="is")
    says: Annotated[Truth, BeforeValidator(_truth)] | None = None
    because: str | None = Field(default=None, min_length=1)
    quiet_because: str | None = Field(default=None, min_length=1)
    told: Severity | None = None
    kind: Literal[MessageKind.FIRING, MessageKind.UPDATED, MessageKind.REMINDER, MessageKind.RESOLVED] | None = None
    quiet: Literal[True] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        times = [self.at is not None, self.by is not None, self.since is not None or self.until is not None]
        if sum(times) != 1:
            raise ValueError("when? Say at, by, or from and until; one of them")
        if times[2] and (self.since is None or self.until is None or self.since >= self.until):
            raise ValueError("a stretch goes from one moment until a later one: say both")
        if self.rule is None and (self._is_about_an_alert or self.labels):
            raise ValueError("of which rule? Say rule")
        if not self._is_about_an_alert and not self._is_about_people:
            raise ValueError("what is expected? Say becomes, is, says, because, quiet_because, told or quiet")
        self._check_times(is_stretch=times[2])
        return self

    def _check_times(self, *, is_stretch: bool) -> None:
        if is_stretch and (self.becomes is not None or self.told is not None):
            raise ValueError("becomes and told happen at one slot: say at or by")
        lasting = (self.stands, self.says, self.because, self.quiet_because, self.quiet)
        if self.by is not None and any(one is not None for one in lasting):
            raise ValueError("by is for becomes and told; is, says, because and quiet need at, or from and until")
        if self.kind is not None and self.told is None:
            raise ValueError("kind says what is told: say told as well")
        if self.quiet and self.told is not None:
            raise ValueError("quiet and told contradict each other")
        if self.told is Severity.INFORMATIONAL:
            raise ValueError("nobody is told of informational alerts at once: the digest lists them")

    @property
    def _is_about_an_alert(self) -> bool:
        said = (self.becomes, self.stands, self.says, self.because, self.quiet_because)
        return any(one is not None for one in said)

    @property
    def _is_about_people(self) -> bool:
        return self.told is not None or self.quiet is not None

    @property
    def what(self) -> MessageKind:
        """What is told."""
        return self.kind or MessageKind.FIRING

    @property
    def moments(self) -> tuple[timedelta, ...]:
        """The moments it names."""
        return tuple(one for one in (self.at, self.by, self.since, self.until) if one is not None)

    @property
    def shows_quiet(self) -> bool:
        """Whether it says why a rule keeps quiet."""
        return self.says in {Truth.FALSE, Truth.UNKNOWN} and self.because is not None
