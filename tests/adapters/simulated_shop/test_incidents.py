from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from adapters.simulated_shop.conditions import HEALTHY
from adapters.simulated_shop.incidents import (
    BLIP,
    INCIDENTS,
    LAUNCH,
    OUTAGE,
    PROMPT,
    REFUSALS,
    SLOW,
    SPEND,
    WEEK,
    conditions_at,
)
from domain.request import Outcome
from domain.window import Window

pytestmark = pytest.mark.xdist_group("simulated shop")

HOUR = timedelta(hours=1)


def about(rate: float, count: int) -> object:
    """Four standard deviations of a share of *count*."""
    return pytest.approx(rate, abs=4 * (rate * (1 - rate) / count) ** 0.5)


def test_incidents_lie_within_the_week_and_have_titles():
    assert all(WEEK.start <= incident.window.start and incident.window.end <= WEEK.end for incident in INCIDENTS)
    assert len(INCIDENTS) == len({incident.title for incident in INCIDENTS})


def test_the_week_begins_with_healthy_days():
    assert conditions_at(WEEK.start) == HEALTHY
    assert conditions_at(datetime(2026, 11, 3, 12, tzinfo=UTC)) == HEALTHY


def test_incidents_add_up_while_they_overlap():
    conditions = conditions_at(PROMPT.window.start)

    assert conditions.prompt_version == 3
    assert 0 < conditions.upgrade_rate < SPEND.upgrade_rate


def test_an_outage_fails_most_calls_of_one_provider_and_nothing_else(week, share):
    requests = week.during(OUTAGE.window)
    broken = [request for request in requests if request.model.startswith("gpt-4o")]
    others = [request for request in requests if not request.model.startswith("gpt-4o")]

    assert 80 <= len(requests) <= 140
    assert about(0.85, len(broken)) == share(request.outcome.failed for request in broken)
    assert {"provider_503", "connection"} == {request.fault for request in broken} - {None}
    assert share(request.root_failed for request in broken if request.outcome.failed) > 0.75
    assert not any(request.outcome.failed for request in others)


@pytest.mark.parametrize("edge", [OUTAGE.window.start - HOUR, OUTAGE.window.end])
def test_nothing_fails_around_the_outage(week, edge):
    assert not any(request.outcome.failed for request in week.during(Window(edge, edge + HOUR)))


def test_the_new_prompt_serves_everybody_and_invents_until_it_is_rolled_back(week, share):
    during, outside = week.during(PROMPT.window), week.outside(PROMPT.window)
    answers = [request.hallucinated for request in during if request.hallucinated is not None]

    assert {"3"} == {request.prompt_version for request in during}
    assert {"2"} == {request.prompt_version for request in outside}
    assert about(0.45, len(answers)) == share(answers)
    assert about(0.025, len(outside)) == share(request.hallucinated for request in outside)
    assert {"wrong_price", "wrong_date", "wrong_number", "unsupported_claim"} <= {
        request.invention for request in during
    }


def test_first_tokens_are_four_times_slower_for_two_of_five_answers(week, share):
    slow = [request.ttft_ms for request in week.during(SLOW.window) if request.ttft_ms]
    before = Window(SLOW.window.start - 4 * HOUR, SLOW.window.start)
    usual = [request.ttft_ms for request in week.during(before) if request.ttft_ms]

    assert about(0.4, len(slow)) == share(ttft > 500 for ttft in slow)
    assert np.percentile(slow, 95) > 2.5 * np.percentile(usual, 95)
    assert not any(request.outcome.failed for request in week.during(SLOW.window))


def test_the_new_product_is_asked_about_from_its_launch_on(week, share):
    after = week.during(LAUNCH.window)

    assert about(0.55 * 0.98, len(after)) == share(request.feature == "launch" for request in after)
    assert not any(request.feature == "launch" for request in week.outside(LAUNCH.window))


def test_daily_spend_doubles_from_tuesday_to_saturday(week):
    spend = [sum(request.cost_nano_usd for request in day.requests) for day in week.days]
    tuesday, wednesday, thursday, friday, saturday = spend[2:]

    assert tuesday < wednesday < thursday < friday
    assert 1.7 < saturday / tuesday < 2.3


def test_a_blip_is_two_failed_requests_among_few(week):
    blip = week.during(BLIP.window)
    around = week.during(Window(BLIP.window.start - HOUR, BLIP.window.end + HOUR))

    assert [request.outcome for request in blip] == [Outcome.PROVIDER_ERROR] * 2
    assert sum(request.root_failed for request in around) == 2
    assert len(around) < 60


def test_refusals_creep_up_on_the_last_day(week, share):
    noon = REFUSALS.window.start + 12 * HOUR
    day = week.during(REFUSALS.window)

    assert REFUSALS.first_rate == conditions_at(REFUSALS.window.start).refusal_rate
    assert pytest.approx(0.03) == conditions_at(noon).refusal_rate
    assert about(0.031, len(day)) == share(request.refused for request in day)


def test_a_usual_week_is_healthy(week, share):
    usual = week.outside(OUTAGE.window, BLIP.window, SLOW.window)
    quality = week.outside(REFUSALS.window)
    ttft = [request.ttft_ms for request in usual if request.ttft_ms]
    tpot = [request.streaming_ms / (request.output_tokens - 1) for request in week.requests if request.streaming_ms]

    assert share(request.outcome.failed for request in usual) < 0.0006
    assert about(0.003, len(usual)) == share(request.recovered for request in usual)
    assert about(0.012, len(quality)) == share(request.refused for request in quality)
    assert 200 < np.percentile(ttft, 50) < 240
    assert 320 < np.percentile(ttft, 95) < 420
    assert np.percentile(tpot, 95) < 60
    assert 1_500 < np.percentile([request.latency_ms for request in usual], 95) < 2_000
    assert 0.001 < np.mean([request.cost_nano_usd for request in week.requests]) / 1e9 < 0.006


def test_customers_dislike_inventions(week, share):
    thumbs = [request for request in week.requests if request.thumb_up is not None]
    misled = [request.thumb_up for request in thumbs if request.hallucinated]
    content = [request.thumb_up for request in thumbs if request.hallucinated is False]

    assert about(0.08, len(week.requests)) == len(thumbs) / len(week.requests)
    assert about(0.35, len(misled)) == share(misled)
    assert about(0.86, len(content)) == share(content)
