"""A shop that does not exist, and a week of its support bot: rows as Langfuse returns them, with known truth.

The demo reads the rows like any other trace source. What goes wrong in the week, and when, is the list
`INCIDENTS`; what is true about each request is a `SimulatedRequest`, which the rows do not contain.
"""

from adapters.simulated_shop.files import WeekFiles, write_week
from adapters.simulated_shop.incidents import INCIDENTS, WEEK, Incident
from adapters.simulated_shop.labelled import labelled_answers, write_labelled
from adapters.simulated_shop.request import SimulatedRequest
from adapters.simulated_shop.rows import APPLICATION, ENVIRONMENT
from adapters.simulated_shop.week import SEED, SimulatedDay, simulate, simulate_day

__all__ = [
    "APPLICATION",
    "ENVIRONMENT",
    "INCIDENTS",
    "SEED",
    "WEEK",
    "Incident",
    "SimulatedDay",
    "SimulatedRequest",
    "WeekFiles",
    "labelled_answers",
    "simulate",
    "simulate_day",
    "write_labelled",
    "write_week",
]
