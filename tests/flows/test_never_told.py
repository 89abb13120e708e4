"""Rules that silence each other, or say the same twice."""

import pytest

from domain.message import Severity
from flows.never_told import find_rings, find_twin, ring_words
from tests.builders import rule


def named(**inhibited_by):
    return {name: rule(name=name, inhibited_by=others) for name, others in inhibited_by.items()}


@pytest.mark.parametrize(
    ("rules", "rings"),
    [
        pytest.param(named(a=["b"], b=["c"], c=[]), [], id="a chain"),
        pytest.param(named(a=["b", "c"], b=["c"], c=[]), [], id="two ways to one cause"),
        pytest.param(named(a=["b"], b=["a"]), [("b", "a")], id="two"),
        pytest.param(named(a=["b"], b=["c"], c=["a"], d=["a"]), [("c", "a", "b")], id="three, and one that waits"),
        pytest.param(named(a=["b"], b=["a"], c=["d"], d=["c"]), [("d", "c"), ("b", "a")], id="two rings"),
        pytest.param(named(a=["gone"]), [], id="a name that is not there"),
    ],
)
def test_rings_are_found_once_and_named_from_their_last_rule_on(rules, rings):
    assert rings == list(find_rings(rules))


def test_a_ring_is_spelt_out():
    assert ring_words(("c", "a")) == (
        "'c' keeps quiet for 'a', 'a' keeps quiet for 'c': where all of them fire, nobody would be told"
    )


@pytest.mark.parametrize(
    ("other", "is_twin"),
    [
        pytest.param(rule(name="b"), True, id="another name"),
        pytest.param(rule(name="b", resolve_after="1h"), True, id="another end"),
        pytest.param(rule(name="a"), False, id="itself"),
        pytest.param(rule(name="b").model_copy(update={"severity": Severity.PAGE}), False, id="another severity"),
        pytest.param(
            rule(name="b", when={"kind": "unreachable", "over": "7m", "in_a_row": 2}), False, id="another question"
        ),
    ],
)
def test_one_question_at_one_severity_is_told_twice(other, is_twin):
    assert is_twin is (find_twin(rule(name="a"), [other]) is not None)
