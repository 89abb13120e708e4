"""The clauses by which genai-prices knows a model's name, as one pattern of ours."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.price_patterns import ModelPattern

_DATED = r"([-@]\d[\d-]*)?"


@dataclass(frozen=True, slots=True)
class Names:
    """How a model may be called.

    Attributes:
        examples: Whole names, the best known first.
        written: The alternatives of the pattern.
        is_wide: Whether all of them count; if not, only names that are known, with or without a date.
    """

    examples: tuple[str, ...]
    written: tuple[str, ...]
    is_wide: bool = True

    @property
    def pattern(self) -> str:
        """The pattern."""
        narrow = tuple(re.escape(name).replace(r"\-", "-") + _DATED for name in self.examples)
        return "|".join(dict.fromkeys(self.written if self.is_wide else narrow))


def names_of(model: str, clause: Any) -> Names | None:
    """Return the names of the model with this id; None where a clause says what no pattern of ours does."""
    written = _patterns(clause)
    if not written:
        return None
    examples = [model, *(_plain(one) for one in written)]
    known = tuple(dict.fromkeys(name for name in examples if name and clause.is_match(name)))
    return next(filter(_is_a_pattern, (Names(known, tuple(written)), Names(known, (), is_wide=False))), None)


def capturing(every: Iterable[Names]) -> Sequence[Names]:
    """Return those whose pattern also matches a name that another one spells out."""
    known = [(names, ModelPattern.of(names.pattern)) for names in every]
    return [
        names
        for names, pattern in known
        if any(pattern.matches(other.examples[:1]) for other, _ in known if other is not names)
    ]


def _is_a_pattern(names: Names) -> bool:
    try:
        ModelPattern.of(names.pattern)
    except ValueError:
        return False
    return bool(names.examples)


def _patterns(clause: Any) -> list[str]:
    """Return alternatives; none where one of them cannot be said."""
    kind = type(clause).__name__.removeprefix("Clause")
    if kind == "Or":
        parts = [_patterns(one) for one in clause.or_]
        return [pattern for part in parts for pattern in part] if all(parts) else []
    if kind == "And":
        return _both(clause.and_)
    if kind == "Regex":
        return [_whole(clause.regex)]
    word = {"Equals": "equals", "StartsWith": "starts_with", "EndsWith": "ends_with", "Contains": "contains"}[kind]
    text = re.escape(getattr(clause, word)).replace(r"\-", "-")
    before = ".*" if kind in {"EndsWith", "Contains"} else ""
    after = ".*" if kind in {"StartsWith", "Contains"} else ""
    return [f"{before}{text}{after}"]


def _both(clauses: Sequence[Any]) -> list[str]:
    """Return a start, and what names with it must not be; the catalogue joins nothing else."""
    not_these = [one.regex.removeprefix("^") for one in clauses if getattr(one, "regex", "").startswith("^(?!")]
    rest = [one for one in clauses if not getattr(one, "regex", "").startswith("^(?!")]
    return [f"{''.join(not_these)}{pattern}" for pattern in _patterns(rest[0])] if len(rest) == 1 else []


def _whole(regex: str) -> str:
    """Return a regular expression that is searched for as one that matches whole names."""
    start = regex.removeprefix("^") if regex.startswith("^") else f".*{regex}"
    return start.removesuffix("$") if start.endswith("$") else f"{start}.*"


def _plain(pattern: str) -> str | None:
    """Return the name, or the start of names, that a pattern without any choice spells out."""
    pattern = pattern.removesuffix(".*")
    name = re.sub(r"\\(.)", r"\1", pattern)
    return name if re.escape(name).replace(r"\-", "-") == pattern else None
