"""The list of wrong engines fits the engine: each changes exactly one place. Trying them is a command of its own."""

import pytest

from tests.alerts.mutants import MUTANTS, PROJECT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_a_mutant_changes_one_place(mutant):
    assert 1 == (PROJECT / mutant.file).read_text(encoding="utf-8").count(mutant.before)
    assert mutant.before != mutant.after
