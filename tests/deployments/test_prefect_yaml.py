"""Every deployment of prefect.yaml fits its flow, and has a form that a person can fill."""

from pathlib import Path

import pytest
from prefect.flows import load_flow_from_entrypoint
from ruamel.yaml import YAML

FILE = Path(__file__).parent.parent.parent / "deployments" / "prefect.yaml"
ENTRIES = YAML(typ="safe", pure=True).load(FILE)["deployments"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_a_deployment_fits_its_flow(entry):
    flow = load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)

    for schedule in entry["schedules"]:
        assert flow.validate_parameters({**entry["parameters"], **schedule.get("parameters", {})}) is not None


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_every_parameter_explains_itself(entry):
    flow = load_flow_from_entrypoint(entry["entrypoint"], use_placeholder_flow=False)

    assert [] == [name for name, one in flow.parameters.properties.items() if not one.get("description")]


def test_every_schedule_has_a_zone_and_a_slug_of_its_own():
    schedules = [schedule for entry in ENTRIES for schedule in entry["schedules"]]

    assert all(schedule["timezone"] for schedule in schedules)
    assert len(schedules) == len({schedule["slug"] for schedule in schedules})


def test_no_two_runs_of_one_deployment_overlap():
    assert {(1, "CANCEL_NEW")} == {
        (entry["concurrency_limit"]["limit"], entry["concurrency_limit"]["collision_strategy"]) for entry in ENTRIES
    }
