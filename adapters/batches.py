"""Cutting long lists into pieces: what is read, judged or asked for at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut *items* into pieces of *size*."""
    return (items[start : start + size] for start in range(0, len(items), size))
