"""The search for garbage is put off, and always taken up again."""

import gc

import pytest

from adapters.collecting import without_collection


def read_something_broken():
    with without_collection():
        assert not gc.isenabled()
        raise ValueError("broken")


def test_it_goes_on_afterwards_whatever_happened():
    with pytest.raises(ValueError, match="broken"):
        read_something_broken()

    assert gc.isenabled()


def test_who_had_turned_it_off_finds_it_off():
    gc.disable()
    try:
        with without_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
