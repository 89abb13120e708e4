"""The words of a budget that burns."""

from alerts.figures import between, percent, window_words
from domain.error_budget import Burn
from domain.intervals import Interval
from domain.objective import Objective


def pace_words(burn: Burn, what: str = "") -> str:
    """Return how fast a budget burned over a window, with its sample."""
    least = f", surely {burn.at_least:.3g}" if burn.at_least is not None else ""
    when = window_words(burn.over)
    return f"{burn.rate or 0.0:.3g} times{what} over {when} ({burn.k:,} of {burn.n:,}{least})"


def burn_facts(objective: Objective, bad: Interval | None, long: Burn, still: Burn) -> tuple[tuple[str, str], ...]:
    """Return the facts of a burn over two windows; *bad* is the interval of the share of bad ones in the long one."""
    return (
        ("Now", pace_words(still)),
        ("Sure", f"95 % interval {between(bad, percent)} bad over {window_words(long.over)}"),
        (
            "Promise",
            f"{objective.promise}; {percent(objective.budget or 0.0)} may be bad over {window_words(objective.over)}",
        ),
    )
