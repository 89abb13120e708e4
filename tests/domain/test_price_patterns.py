"""Patterns of model names: how specific they are, and that no name keeps one busy."""

from time import process_time

import pytest

from domain.price_patterns import LONGEST_NAME, ModelPattern, spellings


@pytest.mark.parametrize(
    ("pattern", "fixed"),
    [
        ("gpt-4o", 6),
        ("gpt-4o(-mini)?", 6),
        (r"gpt-4o-\d{4}-\d{2}-\d{2}", 9),
        ("gpt-4o|gpt-4o-mini", 6),
        (".*", 0),
        ("[abc]{3}x{2,5}", 2),
        (r"(?!.*-tts(?:$|-))gemini-2\.5-pro.*", 14),
        ("(?i)ab", 2),
        ("", 0),
    ],
)
def test_a_pattern_is_as_specific_as_it_spells_out_characters(pattern, fixed):
    assert fixed == ModelPattern.of(pattern).fixed


@pytest.mark.parametrize("pattern", ["(", "a{9999999999}", "[[a]", "*", "a**", "(?<!x", "x" * 1001, "(?P<n>a)(?P<n>b)"])
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(ValueError, match=r"no regular expression|at most 1000 characters"):
        ModelPattern.of(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|aa)+",
        "(a*)*",
        "a?" * 30 + "a" * 30,
        ".*a.*a.*a",
        r"(x+)\1",
        "(a|b|ab)*c",
        "(?=.*x)(?=.*y)(?=.*z).*",
    ],
)
def test_a_pattern_that_a_name_could_keep_busy_for_ever_is_refused(pattern):
    with pytest.raises(ValueError, match="too many ways"):
        ModelPattern.of(pattern)


@pytest.mark.parametrize("pattern", [".*a.*a", "a?" * 19 + "a" * 19, "(a?){19}b", "(a{0,9}){5}b", "(?:a|a|a){12}b"])
def test_what_is_allowed_is_done_soon_whatever_the_name(pattern):
    compiled = ModelPattern.of(pattern)
    start = process_time()
    for name in ("a" * LONGEST_NAME, "a" * (LONGEST_NAME - 1) + "!"):
        compiled.matches(spellings(name))

    assert process_time() - start < 2


def test_a_name_is_looked_at_whole_in_any_case_and_without_what_a_gateway_puts_before_it():
    pattern = ModelPattern.of("gpt-4o")

    assert pattern.matches(spellings("openai/GPT-4o"))
    assert not pattern.matches(spellings("gpt-4o-mini"))
    assert not pattern.matches(spellings("gpt-4o/x"))


def test_a_name_that_is_longer_than_any_model_has_matches_nothing():
    assert not ModelPattern.of(".*").matches(spellings("x" * (LONGEST_NAME + 1)))
    assert ModelPattern.of(".*").matches(spellings("x" * LONGEST_NAME))
