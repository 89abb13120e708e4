"""The order of the steps, and the one place where the parts are put together."""

import logging

for room in ("flows", "tasks", "alerts", "adapters"):  # what they tell belongs into the log of a Prefect run
    logging.getLogger(room).setLevel(logging.INFO)
