"""Presets: what differs between promises of one name, by what the application is for."""

from enum import StrEnum

from domain.objective import Objective


class Profile(StrEnum):
    """The kinds of application that have limits of their own."""

    CHAT = "chat"
    VOICE = "voice"
    RAG = "rag"
    BATCH = "batch"


class Domain(StrEnum):
    """What answers are about, by what a wrong one does."""

    GENERAL = "general"
    MEDICAL = "medical"
    LEGAL = "legal"

    @property
    def human_review(self) -> bool:
        """Whether a person must look at every flagged answer."""
        return self is not Domain.GENERAL


class Endpoint(StrEnum):
    """Who waits for the endpoint."""

    CONSUMER = "consumer"
    B2B = "b2b"
    PAYMENT_CRITICAL = "payment-critical"


AVAILABILITY, HALLUCINATION = "availability", "hallucination"
"""The objectives whose limit the endpoint, and the domain, sets; shipped rules know them by these names."""

ANSWERED = {Endpoint.CONSUMER: 0.999, Endpoint.B2B: 0.9995, Endpoint.PAYMENT_CRITICAL: 0.9999}
"""The share of requests that must be answered: 99.9 % consumer-facing, 99.95 % B2B, 99.99 % payment-critical."""

FLAGGED = {Domain.GENERAL: 0.05, Domain.MEDICAL: 0.01, Domain.LEGAL: 0.01}
"""The share of judged answers that may be flagged: 5 % in general, 1 % for medical and legal ones."""


def suited(objective: Objective, domain: Domain, endpoint: Endpoint) -> Objective:
    """Return *objective* with the limit that the domain or the endpoint sets, if it is one of theirs."""
    if objective.name == AVAILABILITY:
        share = ANSWERED[endpoint]
        promise = f"{100 * share:.4g} % of the requests are answered"
        return objective.model_copy(update={"at_least": share, "promise": promise})
    if objective.name == HALLUCINATION:
        share = FLAGGED[domain]
        promise = f"at most {100 * share:.4g} % of the answers look invented"
        return objective.model_copy(update={"at_most": share, "promise": promise})
    return objective


def month_within(budget_usd: float) -> Objective:
    """Return the promise that a calendar month costs no more than its budget.

    >>> month_within(1500).promise
    'the month ends within its budget of $1,500'
    """
    return Objective.model_validate(
        {
            "name": "month",
            "tier": "cost",
            "promise": f"the month ends within its budget of ${budget_usd:,.2f}".removesuffix(".00"),
            "signal": "spend_usd",
            "statistic": "projection",
            "at_most": budget_usd,
        }
    )
