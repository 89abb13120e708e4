"""What was used, by the kinds that prices are asked by: every token in one bucket, whatever the emitter calls it.

Buckets are exclusive, as Langfuse has them: `input` is what was neither cached nor audio, and a call costs the sum of
tokens times price. Names differ by SDK, gateway and model, so many names lead to each kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

INPUT, OUTPUT = "input", "output"
TOTAL = "total"
"""Of no bucket; what is left where an emitter says nothing else."""

_CACHE_WRITE, _CACHE_WRITES = "cache_write", ("cache_write_5m", "cache_write_1h")
_TIERS_IN_NAMES = ("flex", "priority")
_PLAIN = frozenset({INPUT, OUTPUT, TOTAL})

_NAMES = {
    INPUT: "input_tokens prompt_tokens prompt input_text input_text_tokens input_modality_text "
    "tool_use_prompt_token_count",
    OUTPUT: "output_tokens completion_tokens completion output_text output_text_tokens output_modality_text "
    "output_accepted_prediction_tokens output_rejected_prediction_tokens",
    TOTAL: "total_tokens",
    "cache_read": "input_cached_tokens input_cache_read cache_read_input_tokens input_cache_read_tokens cached_tokens "
    "input_cached cache_read_tokens input_cache_read_input_tokens cached_content_token_count cached_modality_text",
    _CACHE_WRITE: "cache_creation_input_tokens input_cache_creation input_cache_write input_cache_write_tokens "
    "input_cache_creation_tokens cache_write_tokens cache_creation_tokens input_cache_creation_input_tokens",
    "cache_write_5m": "input_cache_creation_5m cache_creation_5m_input_tokens input_ephemeral_5m_input_tokens "
    "cache_creation_ephemeral_5m_input_tokens ephemeral_5m_input_tokens cache_write_5m_tokens",
    "cache_write_1h": "input_cache_creation_1h cache_creation_1h_input_tokens input_ephemeral_1h_input_tokens "
    "cache_creation_ephemeral_1h_input_tokens ephemeral_1h_input_tokens cache_write_1h_tokens",
    "cache_read_audio": "input_cached_audio_tokens cached_modality_audio cache_audio_read_tokens",
    "cache_read_image": "input_cached_image_tokens cached_modality_image cache_image_read_tokens",
    "input_audio": "input_audio_tokens input_modality_audio audio_input_tokens",
    "input_image": "input_image_tokens input_modality_image",
    "input_video": "input_video_tokens input_modality_video",
    "output_reasoning": "output_reasoning_tokens reasoning_tokens reasoning thoughts_token_count",
    "output_audio": "output_audio_tokens output_modality_audio audio_output_tokens",
    "output_image": "output_image_tokens output_modality_image",
    "output_video": "output_video_tokens output_modality_video",
}
_KIND_OF = {name: kind for kind, names in _NAMES.items() for name in (kind, *names.split())}

KINDS = tuple(kind for kind in _NAMES if kind != TOTAL)
"""Ours, in the order in which people read them."""

STANDS_FOR = {"output_reasoning": OUTPUT, "cache_write_5m": _CACHE_WRITE}
"""What is billed as something else where a price does not name it: providers bill thinking as output, and a cache
write is one for five minutes unless somebody asked for an hour. Nothing else is ever assumed."""


@dataclass(frozen=True, slots=True)
class Used:
    """The units of one call that cost something.

    Attributes:
        units: By kind, none of them 0; names that lead to no kind of ours are kept, in lower case.
        service_tier: The tier that the names of the usage tell (`input_flex`), or None.
    """

    units: Mapping[str, int]
    service_tier: str | None = None

    @property
    def input(self) -> int:
        """Every token that went in, cached or not: what thresholds of prices are about."""
        if self.units.keys() <= _PLAIN:
            return self.units.get(INPUT, 0)
        return sum(count for kind, count in self.units.items() if is_input(kind))

    @property
    def output(self) -> int:
        """Every token that came out, reasoning included."""
        if self.units.keys() <= _PLAIN:
            return self.units.get(OUTPUT, 0)
        return sum(count for kind, count in self.units.items() if is_output(kind))


def kind_of(name: str) -> str:
    """Return the kind that *name* leads to, or the name itself in lower case.

    >>> kind_of("cache_read_input_tokens"), kind_of("Web_Searches")
    ('cache_read', 'web_searches')
    """
    lower = name.lower()
    return _KIND_OF.get(lower, lower)


def is_input(kind: str) -> bool:
    """Whether units of this kind went in."""
    return kind.startswith("cache_") or INPUT in kind


def is_output(kind: str) -> bool:
    """Whether units of this kind came out."""
    return OUTPUT in kind


def used(usage: Mapping[str, int]) -> Used:
    """Return what *usage* says was used, each token once.

    Some emitters count cached tokens in `input` as well, reasoning in `output`. Where the total proves it, they are
    taken out: it is what input and output come to, and less than all buckets. Where it proves nothing (no total, or one
    that fits two readings) the buckets count as they say.

    >>> used({"input": 1000, "input_cached_tokens": 800, "output": 50, "total": 1050}).units
    {'input': 200, 'output': 50, 'cache_read': 800}
    """
    if usage.keys() <= _PLAIN:  # as most are
        plain = {kind: count for kind, count in usage.items() if count and kind != TOTAL}
        return Used(plain or _only_a_total(usage))
    base, parts, tier = dict.fromkeys((INPUT, OUTPUT), 0), dict[str, int](), None
    for name, count in usage.items():
        kind, told = _read(name)
        tier = tier or (told if count else None)
        if kind in base and told is None:
            base[kind] += count
        elif kind != TOTAL and count:
            parts[kind] = parts.get(kind, 0) + count
    if not parts and not any(base.values()):
        return Used(_only_a_total(usage))
    _drop_what_its_parts_say(parts)
    _take_out_what_is_counted_twice(base, parts, sum(count for name, count in usage.items() if kind_of(name) == TOTAL))
    for kind, count in parts.items():
        base[kind] = base.get(kind, 0) + count
    return Used({kind: count for kind, count in base.items() if count}, tier)


@lru_cache(maxsize=4096)
def _read(name: str) -> tuple[str, str | None]:
    """Return the kind, and the service tier that stands in the name, as LangChain puts it there."""
    kind = kind_of(name)
    if kind not in _KIND_OF:
        for tier in _TIERS_IN_NAMES:
            for plain in (kind.removesuffix(f"_{tier}"), kind.replace(f"_{tier}_", "_", 1)):
                if plain != kind and plain in _KIND_OF:
                    return _KIND_OF[plain], tier
    return kind, None


def _only_a_total(usage: Mapping[str, int]) -> Mapping[str, int]:
    total = sum(count for name, count in usage.items() if kind_of(name) == TOTAL)
    return {TOTAL: total} if total else {}


def _drop_what_its_parts_say(parts: dict[str, int]) -> None:
    """Leave out the sum of cache writes that Anthropic's API gives beside them."""
    if parts.get(_CACHE_WRITE) and parts[_CACHE_WRITE] == sum(parts.get(kind, 0) for kind in _CACHE_WRITES):
        del parts[_CACHE_WRITE]


def _take_out_what_is_counted_twice(base: dict[str, int], parts: Mapping[str, int], total: int) -> None:
    went_in = sum(count for kind, count in parts.items() if is_input(kind))
    came_out = sum(count for kind, count in parts.items() if is_output(kind))
    whole = sum(base.values()) + went_in + came_out
    if not total or total == whole:
        return
    fitting = [
        (inside, outside)
        for inside, outside in _readings(went_in, came_out)
        if inside <= base[INPUT] and outside <= base[OUTPUT] and total == whole - inside - outside
    ]
    if len(fitting) == 1:
        base[INPUT] -= fitting[0][0]
        base[OUTPUT] -= fitting[0][1]


def _readings(went_in: int, came_out: int) -> Iterator[tuple[int, int]]:
    """Yield what may be counted twice: in the input, in the output, in both."""
    if went_in:
        yield went_in, 0
    if came_out:
        yield 0, came_out
    if went_in and came_out:
        yield went_in, came_out
