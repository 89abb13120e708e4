"""Which judged answers look invented."""

from domain.flagged import flagged_answers
from domain.window import Window
from tests.builders import DAY, MINUTE, NOON, facts, objective

TODAY = Window.ending(NOON, DAY)
STRICT = objective("hallucination", signal="hallucination_risk", above=0.05, at_most=0.01)


def test_the_newest_flagged_answer_comes_first_and_the_unjudged_are_not_counted():
    ended = [NOON - (5 - n) * MINUTE for n in range(5)]
    found = flagged_answers(facts(ended, faithfulness=[0.5, 1.0, 0.9, float("nan"), 0.84]), TODAY, [])

    assert (("trace-4", "trace-0"), 4) == (found.trace_ids, found.judged)


def test_a_risk_of_the_limit_itself_is_not_above_it():
    assert () == flagged_answers(facts(faithfulness=[0.85]), TODAY, []).trace_ids


def test_the_strictest_objective_says_what_is_flagged():
    assert ("trace-0",) == flagged_answers(facts(faithfulness=[0.9]), TODAY, [STRICT]).trace_ids


def test_what_ended_outside_the_window_is_not_in_it():
    found = flagged_answers(facts([NOON - 2 * DAY, NOON], faithfulness=0.0), TODAY, [])

    assert ((), 0) == (found.trace_ids, found.judged)
