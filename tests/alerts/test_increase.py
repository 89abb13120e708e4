"""More bad answers than used to be: when it fires, when it is over, and that a window promises no less than all time."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.conditions import Increase
from domain.alerting import Truth
from tests.builders import DAY, HOUR, NOON, SETTLE, every, facts, objective, view

END = NOON - SETTLE
INVENTED = objective("hallucination", signal="hallucination_risk", above=0.15, at_most=0.05)
GOOD, BAD = 1.0, 0.2


def increase(**said):
    shape = {"kind": "increase", "times": 2, "false_alarm_after": 5_000, "over": "7d"}
    about = {} if {"objective", "signal"} & set(said) else {"objective": "hallucination"}
    return Increase.model_validate({**shape, **about, **said})


def days(*bad_in_a_hundred, **more):
    """A hundred judged answers a day to the present, so many of them bad, evenly spread."""
    moments = every(DAY / 100, END - len(bad_in_a_hundred) * DAY, END)
    scores = [
        BAD if (position % 100) * bad % 100 < bad else GOOD
        for position, bad in enumerate(one for one in bad_in_a_hundred for _ in range(100))
    ]
    return facts(moments, faithfulness=scores, **more)


@pytest.mark.parametrize(
    ("of", "said", "truth", "clear"),
    [
        pytest.param(days(*[4] * 7), {}, Truth.FALSE, True, id="as ever, and below four fifths of the budget"),
        pytest.param(days(*[5] * 7), {}, Truth.FALSE, False, id="as ever, at the budget"),
        pytest.param(days(*[5] * 5, 20, 20), {}, Truth.TRUE, False, id="two days of four times as many"),
        pytest.param(days(*[5] * 6, 30), {}, Truth.TRUE, False, id="one day of six times as many"),
        pytest.param(days(*[5] * 6, 8), {}, Truth.FALSE, False, id="a day that is a little worse"),
        pytest.param(days(*[5] * 6, 30), {"false_alarm_after": 10**12}, Truth.FALSE, False, id="not so sure"),
        pytest.param(days(*[5] * 6, 30), {"healthy_share": 0.3}, Truth.FALSE, False, id="more is healthy"),
        pytest.param(days(*[5] * 4, 30, 30, 0), {}, Truth.FALSE, True, id="over, and forgotten within a day"),
    ],
)
def test_evidence_gathers_and_is_forgotten(of, said, truth, clear):
    (found,) = increase(**said).find(view(of, INVENTED))

    assert (truth, clear, 700) == (found.truth, found.clear, found.n)


def test_it_says_the_evidence_and_since_when():
    (found,) = increase().find(view(days(*[0] * 6, 30), INVENTED))

    assert (
        "30 of 700 answers with hallucination risk above 0.15 in 7 days; evidence of 2 times 5.0 %: 44,877, limit 5,000"
        == found.because
    )
    assert "22 Nov 11:59 UTC: 30 of 100" == dict(found.facts)["Since"]
    assert "30 of 100" == dict(found.facts)["Newest day"]


def test_a_signal_and_its_healthy_share_may_be_said_here():
    about = {"signal": "faithfulness", "below": 0.7, "healthy_share": 0.05}
    (found,) = increase(**about).find(view(days(*[5] * 6, 30)))

    assert Truth.TRUE is found.truth
    assert "answers with faithfulness below 0.70" in found.because


def test_only_the_answers_that_it_is_about_count():
    of = days(*[5] * 6, 30, labels={"feature": (["chat"] * 50 + ["search"] * 50) * 7})
    (chat,) = increase(where={"feature": "chat"}).find(view(of, INVENTED))
    (promised,) = increase().find(view(of, INVENTED.model_copy(update={"where": {"feature": "chat"}})))

    assert (350, chat) == (chat.n, promised)


def test_every_judged_answer_counts_once_whatever_its_rate():
    uneven = days(*[5] * 6, 30, rate=[0.1, 1.0] * 350)

    assert increase().find(view(days(*[5] * 6, 30), INVENTED)) == increase().find(view(uneven, INVENTED))


@settings(max_examples=40)
@given(st.lists(st.booleans(), min_size=1, max_size=120), st.integers(1, 6))
def test_a_shorter_window_never_has_more_evidence(bad, over):
    of = facts(
        every(7 * DAY / len(bad), END - 7 * DAY, END)[: len(bad)], faithfulness=[BAD if one else GOOD for one in bad]
    )
    whole, part = (increase(over=f"{days}d").find(view(of, INVENTED))[0] for days in (7, over))

    assert part.truth is Truth.UNKNOWN or (part.value or 0.0) <= (whole.value or 0.0) * (1 + 1e-12)


def test_a_healthy_month_of_looks_raises_no_alarm():
    """300 judged answers a day at just the healthy share, looked at again and again: 9,000 of them, and a limit of 50,000."""
    random = np.random.default_rng(23)
    moments = every(DAY / 300, END - 30 * DAY, END)
    of = facts(moments, faithfulness=np.where(random.random(len(moments)) < 0.05, BAD, GOOD).tolist())
    about = increase(false_alarm_after=50_000)
    looks = (about.find(view(of, INVENTED, slot=slot))[0].truth for slot in every(6 * HOUR, NOON - 23 * DAY, NOON))

    assert {Truth.FALSE} == set(looks)


@pytest.mark.parametrize(
    ("of", "said", "because"),
    [
        pytest.param(view(facts([]), INVENTED), {}, "nothing was judged in 7 days", id="nothing judged"),
        pytest.param(
            view(days(50)), {}, "no objective hallucination limits a share of judged answers here", id="no objective"
        ),
        pytest.param(
            view(days(50), objective("hallucination")),
            {},
            "no objective hallucination limits a share of judged answers here",
            id="an objective of what is not judged",
        ),
        pytest.param(
            view(
                days(50), objective("hallucination", signal="faithfulness", statistic="p50", at_most=None, at_least=0.8)
            ),
            {},
            "2 times 50.0 % is no share: it could never be told",
            id="too large a budget",
        ),
        pytest.param(
            view(facts(faithfulness=[BAD] * 7 + [math.nan] * 3, judgeable=[1.0] * 10), INVENTED),
            {},
            "only 7 of 10 answers could be judged in 7 days",
            id="the judge failed on too many",
        ),
        pytest.param(
            view(days(50), INVENTED, known_until=NOON - HOUR),
            {},
            "traces are read only until 23 Nov 11:00 UTC",
            id="unread",
        ),
        pytest.param(
            replace(view(days(50), INVENTED), judged_until=NOON - 2 * HOUR),
            {},
            "answers are judged only until 23 Nov 10:00 UTC",
            id="judged long ago",
        ),
    ],
)
def test_what_is_not_known_is_unknown(of, said, because):
    assert [(Truth.UNKNOWN, because, False)] == [
        (one.truth, one.because, one.clear) for one in increase(**said).find(of)
    ]


def test_the_worst_answers_of_the_newest_day_are_shown():
    shown = increase().worst(view(days(5, 5, 3), INVENTED), ())

    assert ["risk 0.80"] * 3 == [one.reason for one in shown]
    assert () == increase().worst(view(days(5, 5, 3)), ())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"signal": "faithfulness", "objective": "hallucination"}, "give one of them"),
        ({"objective": None}, "give one of them"),
        ({"objective": "hallucination", "above": 0.1}, "leave above and below out"),
        ({"signal": "failed", "healthy_share": 0.1, "above": 0.5}, "an increase is of judged answers"),
        ({"signal": "nonsense", "healthy_share": 0.1, "above": 0.5}, "an increase is of judged answers"),
        ({"signal": "faithfulness", "healthy_share": 0.1}, "give one of above and below"),
        ({"signal": "faithfulness", "below": 0.5}, "healthy_share is missing"),
        ({"signal": "faithfulness", "below": 0.5, "healthy_share": 0.5}, "2 times 0.5 is no share"),
        ({"over": "12h"}, "over is shorter than a day"),
        ({"times": 1}, "greater than 1"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        increase(**said)


def test_it_looks_back_as_far_as_its_window():
    assert 7 * DAY == increase().looks_back
