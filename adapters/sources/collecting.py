"""Making many values at once: while a page of rows is read nothing becomes garbage, so nobody needs to look for it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Put the search for garbage off until the block is left.

    Each 700 new containers would start one; over a page of 1,000 rows that takes a third of the time of reading it.
    For blocks that do not wait for anything.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
