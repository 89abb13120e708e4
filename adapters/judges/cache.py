"""Verdicts that were given before on the very same texts, by the same model, to the same question."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from adapters.judges.configuration import Endpoint
from domain.criterion import Criterion, Ruling

Verdicts = Mapping[str, Sequence[Ruling]]
"""For each criterion the checked rulings."""


class Cache(Protocol):
    """Where verdicts are kept. Failures are never given to it."""

    def find(self, key: str) -> Verdicts | None:
        """Return the verdicts kept under *key*."""
        ...

    def keep(self, found: Mapping[str, Verdicts]) -> None:
        """Keep verdicts, each under its key."""
        ...


class Memory:
    """The cache, and in front of it what was said in batches that nobody knows yet whether to believe."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._new: dict[str, Verdicts] = {}
        self._keys: dict[str, str] = {}

    def find(self, key: str) -> Verdicts | None:
        """Return the verdicts known under *key*."""
        return self._new.get(key) or self._cache.find(key)

    def note(self, trace_id: str, key: str, verdicts: Verdicts) -> None:
        """Note what was said of an answer."""
        self._new[key], self._keys[trace_id] = verdicts, key

    def conclude(self, trace_ids: Collection[str], *, believed: bool) -> None:
        """Keep what was said of these answers, or forget it where it is not believed."""
        keys = [self._keys.pop(one) for one in trace_ids if one in self._keys]
        said = {key: self._new.pop(key) for key in keys if key in self._new}
        if said and believed:
            self._cache.keep(said)

    def keep_all(self) -> None:
        """Keep everything about which nobody said anything else."""
        self.conclude(list(self._keys), believed=True)


@dataclass(frozen=True, slots=True)
class Question:
    """One answer, ready to be put to a judge: cleaned texts and what is asked of them."""

    criteria: Sequence[Criterion]
    question: str
    passages: Sequence[str]
    claims: Sequence[str]

    def key(self, endpoint: Endpoint) -> str:
        """Return what changes with everything that a verdict may depend on; lengths keep texts apart."""
        said = [endpoint.kind, endpoint.url, endpoint.model, repr(endpoint.temperature)]
        said += [one.digest for one in self.criteria]
        said += [self.question, str(len(self.passages)), *self.passages, *self.claims]
        digest = sha256()
        for text in said:
            encoded = text.encode(errors="replace")
            digest.update(f"{len(encoded)}:".encode() + encoded)
        return digest.hexdigest()
