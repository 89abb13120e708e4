import pytest
from pydantic import ValidationError

from domain.models import ModelTable


def table(*patterns: str) -> ModelTable:
    models = [{"model": one, "context_window": 100 * (n + 1), "source": "its card"} for n, one in enumerate(patterns)]
    return ModelTable.model_validate({"models": models})


def test_the_first_entry_that_matches_the_whole_name_counts():
    assert 100 == table("a-mini", "a-.*").context_window("a-mini")
    assert 200 == table("a-mini", "a-.*").context_window("a-mini-2")


def test_a_name_is_known_with_and_without_what_a_gateway_puts_before_it():
    known = table("local/a-.*", "a-.*")

    assert (200, 100, 200) == tuple(known.context_window(name) for name in ("azure/eu/a-1", "local/a-1", "a-1"))


@pytest.mark.parametrize("model", [None, "", "b", "xa-mini"])
def test_an_unknown_model_has_no_window(model):
    assert table("a-.*").context_window(model) is None


@pytest.mark.parametrize("entry", [{"model": "("}, {"context_window": 0}, {"context_window": -1}, {"price": 1}])
def test_an_entry_that_makes_no_sense_is_refused(entry):
    with pytest.raises(ValidationError):
        ModelTable.model_validate({"models": [{"model": "a", "context_window": 1, "source": "s", **entry}]})
