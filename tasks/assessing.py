"""Assessing the objectives."""

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.assessor import Assessor
from domain.assessment import Assessment
from domain.projection import Projection


@task(name="assess objectives", task_run_name="assess objectives at {at:%d %b %H:%M}", cache_policy=NO_CACHE)
def assess_objectives(assessor: Assessor, at: datetime) -> list[Assessment]:
    """Say of every objective whether it was kept, and keep the verdicts."""
    return assessor.assess(at)


@task(name="project the month", task_run_name="project the month at {at:%d %b %H:%M}", cache_policy=NO_CACHE)
def project_spend(assessor: Assessor, at: datetime) -> Projection:
    """Say where the month's spend is heading."""
    return assessor.projection(at)
